/** Random numbers that depend on a seed and an index alone. */
import { Pool, type Random, random, shared, tasks } from "../../../mod.ts";
import { equal, is, ok, throws } from "../../support/assert.ts";
import { digest } from "../../support/digest.ts";
import { startMethods } from "../../support/start_methods.ts";
import { suite } from "../../support/suite.ts";

const test = suite("random");
const drawing = tasks<typeof import("../../fixtures/drawing.ts")>(
  new URL("../../fixtures/drawing.ts", import.meta.url),
);

const drawn = (count: number, draw: () => number) =>
  Float64Array.from({ length: count }, draw);

test("seed 0, index 0 begins with the published block", () => {
  const draw = random(0);
  const words = draw.fill(new Uint32Array(4));
  equal([...words], [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
});

test("the same seed and index give the same numbers, any other gives others", () => {
  const first = (seed: number, index?: number) => random(seed, index).next();
  is(first(7, 3), first(7, 3));
  is(first(7), first(7, 0));
  const most = Number.MAX_SAFE_INTEGER;
  const places: [number, number][] = [];
  for (const seed of [0, 1, 2, 2 ** 32, 2 ** 32 + 1, most]) {
    for (const index of [0, 1, 2, 2 ** 32, 2 ** 32 + 1, most]) {
      places.push([seed, index]);
    }
  }
  is(new Set(places.map((place) => first(...place))).size, places.length);
});

test("next() is a multiple of 2^-53 from 0 up to and without 1", () => {
  const draw = random(1, 1);
  const values = drawn(20_000, () => draw.next());
  for (const value of values) {
    ok(value >= 0 && value < 1 && Number.isInteger(value * 2 ** 53));
  }
  // Some have their last bit set: all 53 are drawn.
  const odd = values.filter((value) => value * 2 ** 53 % 2 === 1).length;
  ok(odd > 9_000 && odd < 11_000, `${odd}`);
  near(mean(values), 0.5, 0.01);
  near(variance(values), 1 / 12, 0.003);
});

test("normal() has the moments of the standard normal distribution", () => {
  const draw = random(2, 2);
  const values = drawn(100_000, () => draw.normal());
  near(mean(values), 0, 0.015);
  near(variance(values), 1, 0.02);
  near(mean(values.map((x) => x ** 3)), 0, 0.05);
  near(mean(values.map((x) => x ** 4)), 3, 0.15);
  near(values.filter((x) => x > 1.959964).length / values.length, 0.025, 0.002);
});

test("generators of neighbouring indices are not correlated", () => {
  const count = 50_000;
  const first = drawn(count, () => 0).map((_, i) => random(3, i).next() - 0.5);
  near(mean(first), 0, 0.006);
  for (const lag of [1, 2, 64]) {
    const products = first.subarray(lag).map((x, i) => x * first[i]!);
    near(mean(products) * 12, 0, 0.02);
  }
});

test("int(n) is uniform, also where words and n do not fit", () => {
  const draw = random(4);
  const cases: [number, number][] = [
    [6, 1],
    // A quarter of all words has to be drawn again.
    [3 * 2 ** 30, 2 ** 30],
    [2 ** 32 - 1, (2 ** 32 - 1) / 3],
    [2 ** 32, 2 ** 30],
    [3 * 2 ** 51, 2 ** 51],
    [Number.MAX_SAFE_INTEGER, 2 ** 51],
  ];
  for (const [n, unit] of cases) {
    const buckets = Math.round(n / unit);
    const counts = new Array<number>(buckets).fill(0);
    for (let i = 0; i < 60_000; i++) {
      const value = draw.int(n);
      ok(
        Number.isInteger(value) && value >= 0 && value < n,
        `${value} of ${n}`,
      );
      counts[Math.min(buckets - 1, Math.floor(value / unit))]!++;
    }
    const wanted = 60_000 / buckets;
    const chi = counts.reduce((sum, c) => sum + (c - wanted) ** 2 / wanted, 0);
    // Far beyond what chance does with at most 5 degrees of freedom.
    ok(chi < 30, `${n}: ${counts}`);
  }
  is(draw.int(1), 0);
});

test("split() depends on its key alone, and disturbs nothing", () => {
  const plain = random(5, 5);
  const split = random(5, 5);
  const children: number[] = [];
  for (let i = 0; i < 40; i++) {
    // At every place within a block.
    if (i % 3 === 0) split.int(2);
    if (i % 3 === 0) plain.int(2);
    children.push(split.split(9).next());
    is(split.next(), plain.next());
  }
  is(new Set(children).size, 1);
  const firsts = new Set<number>();
  const add = (draw: Random) => firsts.add(draw.next());
  for (let key = 0; key < 1000; key++) {
    add(plain.split(key));
    add(plain.split(0).split(key));
    add(plain.split(key + 2 ** 32));
    add(random(5, key));
    add(random(6, key));
  }
  is(firsts.size, 5000);
});

test("fill() draws as next() does, or as many bits as there are", () => {
  const one = random(6);
  const other = random(6);
  equal([...one.fill(new Float64Array(9))], [...drawn(9, () => other.next())]);
  equal([...one.fill(shared(Float64Array, 3))], [
    ...drawn(3, () => other.next()),
  ]);
  const fresh = <A extends Parameters<Random["fill"]>[0]>(array: A): A => {
    is(random(0).fill(array), array);
    return array;
  };
  const word = 0x6627e8d5;
  is(fresh(new Float32Array(1))[0], (word >>> 8) / 2 ** 24);
  is(fresh(new Int32Array(1))[0], word);
  is(fresh(new Int16Array(1))[0], word << 16 >> 16);
  is(fresh(new Uint16Array(1))[0], word & 0xffff);
  is(fresh(new Int8Array(1))[0], word << 24 >> 24);
  is(fresh(new Uint8Array(1))[0], word & 0xff);
  is(fresh(new Uint8ClampedArray(1))[0], word & 0xff);
  is(fresh(new BigUint64Array(1))[0], 0x6627e8d5e169c58dn);
  is(fresh(new BigInt64Array(1))[0], 0x6627e8d5e169c58dn);
  if (typeof Float16Array === "undefined") return;
  is(fresh(new Float16Array(1))[0], (word >>> 21) / 2 ** 11);
});

test("every kind of draw gives the digits of every other runtime", () => {
  const values: number[] = [];
  for (let index = 0; index < 50; index++) {
    const draw = random(2 ** 40 + 7, index);
    for (let i = 0; i < 20; i++) {
      values.push(
        draw.next(),
        draw.normal(),
        draw.int(1000),
        draw.int(2 ** 50),
      );
    }
    values.push(draw.split(index).normal());
  }
  is(digest(Float64Array.from(values)), "0b390d930d59d3bd");
});

const JOB = 500;
const GOLDEN_JOB = "2cf1968b71f5ed22";
const items = Array.from({ length: JOB }, (_, i) => i);

for (const startMethod of startMethods) {
  for (const workers of [1, 2, 3]) {
    test(`a job gives the same digits: ${workers} workers, ${startMethod}`, async () => {
      await using pool = new Pool({ workers, startMethod });
      for (const chunkSize of ["auto", 1, 77] as const) {
        const results = await pool.map(drawing.path, items, { chunkSize });
        is(digest(Float64Array.from(results)), GOLDEN_JOB);
      }
      const results: number[] = [];
      for await (
        const [i, value] of pool.map(drawing.path, items).unordered()
      ) {
        results[i] = value;
      }
      is(digest(Float64Array.from(results)), GOLDEN_JOB);
      const halves = await pool.starmap(drawing.paths, [[0, 123], [123, JOB]]);
      is(digest(Float64Array.from(halves.flat())), GOLDEN_JOB);
    });
  }
}

const refused: [string, () => unknown, typeof TypeError, string][] = [
  [
    "a seed that is text",
    () => random("1" as unknown as number),
    TypeError,
    "Cannot make a generator: seed must be an integer from 0 to 2^53 - 1, found string",
  ],
  ["a negative seed", () => random(-1), RangeError, "found -1"],
  ["a fraction for a seed", () => random(0.5), RangeError, "found 0.5"],
  [
    "a seed beyond 2^53",
    () => random(2 ** 53),
    RangeError,
    "found 9007199254740992",
  ],
  [
    "an index that is no number",
    () => random(1, NaN),
    RangeError,
    "index must be",
  ],
  [
    "none of nothing",
    () => random(1).int(0),
    RangeError,
    "Cannot draw an integer: n must be an integer from 1",
  ],
  [
    "a key that is none",
    () => random(1).split(-3),
    RangeError,
    "Cannot split a generator: key must be",
  ],
  [
    "filling a list",
    () => random(1).fill([0] as unknown as Int8Array),
    TypeError,
    "Cannot fill with random numbers: expected a typed array, found Array",
  ],
  [
    "filling a data view",
    () =>
      random(1).fill(new DataView(new ArrayBuffer(8)) as unknown as Int8Array),
    TypeError,
    "found DataView",
  ],
];

for (const [name, run, Wrong, message] of refused) {
  test(`${name} is refused`, () => void throws(run, Wrong, message));
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function variance(values: Float64Array): number {
  const middle = mean(values);
  return mean(values.map((value) => (value - middle) ** 2));
}

function near(found: number, wanted: number, off: number): void {
  ok(Math.abs(found - wanted) <= off, `found ${found}, not ${wanted} ± ${off}`);
}
