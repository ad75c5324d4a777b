/** The ready-made reductions: their results, their NaN, their empty arrays, and the same digits everywhere. */
import { numeric, Pool, shared } from "../../../mod.ts";
import { equal, is, ok, rejects } from "../../support/assert.ts";
import { rng } from "../../support/rng.ts";
import { suite } from "../../support/suite.ts";

const test = suite("numeric");
const SCHEDULES = ["static", "dynamic", "guided"] as const;
const ONE = { workers: 1 };

/** Numbers of very different size, of exact operations only. */
function numbers(length: number): Float64Array<SharedArrayBuffer> {
  const xs = shared(Float64Array, length);
  let state = 7;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    xs[i] = (state / 2 ** 32 - 0.5) * 2 ** (state % 20) / (1 + i % 1000);
  }
  return xs;
}

function hex(value: number): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return view.getBigUint64(0).toString(16).padStart(16, "0");
}

/** Sum, compensated sum, mean, variance, product, least, largest, where they are, and three counts, in bits. */
const GOLDEN = [
  "40ce02fee6f1d5b0",
  "40ce02fee6f1d5ad",
  "3fd3a903a2d6df45",
  "413b665b523df34c",
  "c1dad5c436cf7729",
  "c0ffeacc2b800000",
  "40f7799018800000",
  "40da5e0000000000",
  "40c9640000000000",
  "4010000000000000",
  "40e86a0000000000",
  "4031000000000000",
];

/** Equal in all but the bits of NaN. */
function same(found: number, expected: number, text = ""): void {
  is(Object.is(found, expected), true, `${found} for ${expected} ${text}`);
}

test(
  "all of them have the same digits for 1, 2, 3 and 16 workers, any schedule and every runtime",
  { deadlineMs: 120_000 },
  async () => {
    const [xs, ys] = [numbers(50_021), numbers(50_021).reverse()];
    for (const workers of [1, 2, 3, 16]) {
      await using pool = new Pool({ workers });
      for (const schedule of SCHEDULES) {
        const options = { schedule };
        const found = [
          await numeric.sum(pool, xs, options),
          await numeric.sum(pool, xs, { ...options, compensated: true }),
          await numeric.mean(pool, xs, options),
          await numeric.variance(pool, xs, { ...options, sample: true }),
          await numeric.dot(pool, xs, ys, options),
          await numeric.min(pool, xs, options),
          await numeric.max(pool, xs, options),
          await numeric.argmin(pool, xs, options),
          await numeric.argmax(pool, xs, options),
          ...(await numeric.histogram(pool, xs, { ...options, bins: 3 }))
            .counts,
        ];
        equal(found.map(hex), GOLDEN, `${workers} ${schedule}`);
      }
    }
  },
);

test("they agree with what one thread computes", async () => {
  await using pool = new Pool({ workers: 2 });
  const random = rng("reductions");
  for (const length of [1, 2, 3, 4, 5, 1000, 5003]) {
    // Integers, whose sums are exact in any order.
    const xs = Array.from({ length }, () => random.below(2001) - 1000);
    const ys = Int16Array.from(xs, (x) => x * 3 % 100);
    const sum = xs.reduce((one, other) => one + other);
    is(await numeric.sum(pool, xs), sum);
    is(
      await numeric.sum(pool, Float64Array.from(xs), { compensated: true }),
      sum,
    );
    is(await numeric.mean(pool, xs), sum / length);
    const products = xs.reduce(
      (total, x, i) => total + x * (ys[i] as number),
      0,
    );
    is(await numeric.dot(pool, xs, ys), products);
    is(await numeric.min(pool, Int32Array.from(xs)), Math.min(...xs));
    is(await numeric.max(pool, Int32Array.from(xs)), Math.max(...xs));
    is(await numeric.argmin(pool, xs), xs.indexOf(Math.min(...xs)));
    is(await numeric.argmax(pool, xs), xs.indexOf(Math.max(...xs)));
    const mean = sum / length;
    const squares = xs.reduce((total, x) => total + (x - mean) ** 2, 0);
    const found = await numeric.variance(pool, xs);
    ok(Math.abs(found - squares / length) <= 1e-12 * squares, `${found}`);
  }
});

test("a compensated sum keeps what a plain one loses", async () => {
  await using pool = new Pool(ONE);
  const xs = [1, 1e100, 1, -1e100];
  is(await numeric.sum(pool, xs, { compensated: true }), 2);
  is(await numeric.sum(pool, xs, { compensated: true, grain: 1 }), 2);
  const many = new Float64Array(100_000).fill(0.1);
  is(await numeric.sum(pool, many, { compensated: true }), 10_000);
  is(many.reduce((one, other) => one + other) === 10_000, false);
  is(await numeric.mean(pool, [3, 1e100, 1, -1e100], { compensated: true }), 1);
});

test("a variance of numbers far from zero keeps its digits", async () => {
  await using pool = new Pool(ONE);
  const xs = [4, 7, 13, 16].map((x) => x + 1e9);
  for (const grain of [1, 2, 4]) {
    is(await numeric.variance(pool, xs, { grain }), 22.5);
    is(await numeric.variance(pool, xs, { grain, sample: true }), 30);
  }
  is(await numeric.variance(pool, [5]), 0);
  same(await numeric.variance(pool, [5], { sample: true }), NaN);
});

const rows: [
  xs: number[],
  sum: number,
  min: number,
  max: number,
  argmin: number,
  argmax: number,
][] = [
  [[1, NaN, -1, NaN], NaN, NaN, NaN, 1, 1],
  [[NaN], NaN, NaN, NaN, 0, 0],
  [[1, Infinity, 2], Infinity, 1, Infinity, 0, 1],
  [[-Infinity, 1, Infinity], NaN, -Infinity, Infinity, 0, 2],
  [[-Infinity, NaN, Infinity], NaN, NaN, NaN, 1, 1],
  [[0, -0, 0], 0, -0, 0, 0, 0],
  [[-0, -0], -0, -0, -0, 0, 0],
  [[3, 1, 2, 1, 3], 10, 1, 3, 1, 0],
  [[5e-324, 0, -5e-324], 0, -5e-324, 5e-324, 2, 0],
  [[1e308, 1e308], Infinity, 1e308, 1e308, 0, 0],
];

test("NaN, infinities, zeros and ties, in one part and in several", async () => {
  await using pool = new Pool({ workers: 2 });
  for (const [xs, ...expected] of rows) {
    for (const grain of [1, 2, 100]) {
      const found = [
        await numeric.sum(pool, xs, { grain }),
        await numeric.min(pool, xs, { grain }),
        await numeric.max(pool, xs, { grain }),
        await numeric.argmin(pool, xs, { grain }),
        await numeric.argmax(pool, xs, { grain }),
      ];
      const text = `${xs} by ${grain}: ${found}`;
      is(found.every((x, i) => Object.is(x, expected[i])), true, text);
      const compensated = await numeric.sum(pool, xs, {
        grain,
        compensated: true,
      });
      same(compensated, expected[0], text);
    }
  }
  same(await numeric.mean(pool, [1, NaN]), NaN);
  for (const odd of [NaN, Infinity]) {
    same(await numeric.variance(pool, [1, odd, 2], { grain: 1 }), NaN);
    same(await numeric.dot(pool, [1, odd], [2, odd]), odd);
  }
  same(await numeric.dot(pool, [0, 1], [Infinity, 1]), NaN);
});

test("bigints are added exactly and compared", async () => {
  await using pool = new Pool({ workers: 2 });
  const xs = BigInt64Array.from(
    { length: 1000 },
    (_, i) => 2n ** 62n - BigInt(i),
  );
  is(await numeric.sum(pool, xs, { grain: 7 }), 1000n * 2n ** 62n - 499_500n);
  is(await numeric.min(pool, xs), 2n ** 62n - 999n);
  is(await numeric.max(pool, [1n, 3n, 2n]), 3n);
  is(await numeric.argmin(pool, xs), 999);
  is(await numeric.argmax(pool, BigUint64Array.of(1n, 5n, 5n)), 1);
  is(await numeric.sum(pool, new BigInt64Array(0)), 0n);
  for (const reduction of [numeric.mean, numeric.variance, numeric.histogram]) {
    await rejects(
      reduction(pool, xs as never),
      TypeError,
      "the array must hold numbers, found bigints",
    );
  }
  await rejects(
    numeric.dot(pool, [1], [1n] as never),
    TypeError,
    "Cannot dot: the array must hold numbers",
  );
});

test("a histogram counts by its edges, the last bin with both of its own", async () => {
  await using pool = new Pool({ workers: 2 });
  const { counts, edges } = await numeric.histogram(pool, [
    0,
    1,
    2,
    3,
    4,
    4,
    NaN,
    -1,
    5,
  ], { bins: 4, low: 0, high: 4, grain: 2 });
  equal([...counts], [1, 1, 1, 3]);
  equal([...edges], [0, 1, 2, 3, 4]);
  const random = rng("histogram");
  // Edges that are no multiples of a power of two.
  const xs = Float64Array.from(
    { length: 20_000 },
    () => random.below(101) / 100,
  );
  const tenths = await numeric.histogram(pool, xs, { low: 0, high: 1 });
  const expected = new Float64Array(10);
  for (const x of xs) {
    let bin = 9;
    while (x < (tenths.edges[bin] as number)) bin--;
    expected[bin] = (expected[bin] as number) + 1;
  }
  equal([...tenths.counts], [...expected]);
  const own = await numeric.histogram(pool, xs.map((x) => x * 7 - 3), {
    bins: 7,
  });
  is(own.edges[0], -3);
  is(own.edges[7], 4);
  is(own.counts.reduce((one, other) => one + other), xs.length);
  const equals = await numeric.histogram(pool, [2, 2, 2], { bins: 2 });
  equal([...equals.counts], [0, 3]);
  equal([...equals.edges], [1.5, 2, 2.5]);
  const none = await numeric.histogram(pool, []);
  equal([...none.counts], new Array(10).fill(0));
});

test("an empty array has a sum, and no extremes", async () => {
  await using pool = new Pool(ONE);
  const xs = new Float32Array(0);
  is(await numeric.sum(pool, xs), 0);
  is(await numeric.sum(pool, [], { compensated: true }), 0);
  is(await numeric.dot(pool, xs, []), 0);
  same(await numeric.mean(pool, xs), NaN);
  same(await numeric.variance(pool, xs), NaN);
  for (const name of ["min", "max", "argmin", "argmax"] as const) {
    for (const none of [xs, new BigInt64Array(0)]) {
      await rejects(
        numeric[name](pool, none),
        RangeError,
        `Cannot take ${name} of an empty array`,
      );
    }
  }
});

test("every kind of array, shared or not", async () => {
  await using pool = new Pool({ workers: 2 });
  const kinds = [
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    Float32Array,
    Float64Array,
  ];
  if (typeof Float16Array !== "undefined") kinds.push(Float16Array as never);
  for (const Kind of kinds) {
    const xs = Kind.from([1, 2, 3, 4, 5]);
    for (
      const items of [
        xs,
        shared(Kind as typeof Int8Array, xs),
        xs.subarray(1, 5),
      ]
    ) {
      const expected = [...items].reduce((one, other) => one + other);
      is(await numeric.sum(pool, items), expected, Kind.name);
      is(await numeric.max(pool, items), 5);
    }
  }
});
