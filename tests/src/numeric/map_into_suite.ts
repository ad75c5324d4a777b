/** Maps into memory: every kind of array, in and out, and what they refuse. */
import process from "node:process";
import { fileURLToPath } from "node:url";
import { Pool, type Task, tasks, WorkerLostError } from "../../../mod.ts";
import { equal, is, match, ok, rejects } from "../../support/assert.ts";
import { command } from "../../support/command.ts";
import { launchArgs, runtimeName } from "../../support/runtime.ts";
import { suite } from "../../support/suite.ts";

const test = suite("mapInto");
const mapping = tasks<typeof import("../../fixtures/mapping.ts")>(
  new URL("../../fixtures/mapping.ts", import.meta.url),
);
const missing = tasks<{ task(x: number): number }>(
  new URL("../../fixtures/modules/not_there.ts", import.meta.url),
);

/** Any kind of typed array, for rows that have them all. */
// deno-lint-ignore no-explicit-any
type Kind = any;
type Ranged = Error & { range?: [number, number] };

const NUMBERS: Kind[] = [
  ...[Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array],
  ...[Int32Array, Uint32Array, Float32Array, Float64Array],
  ...(typeof Float16Array === "undefined" ? [] : [Float16Array]),
];
const BIGS: Kind[] = [BigInt64Array, BigUint64Array];
const KINDS = [...NUMBERS, ...BIGS];
const LENGTH = 301;
const VALUES = [0, -0, 1, -1, 0.5, -2.5, 127, 128, 255, 256, 300, -129];
const EDGES = [
  65535,
  65536,
  2 ** 31,
  2 ** 32,
  1e300,
  NaN,
  Infinity,
  -Infinity,
  5e-324,
];

function filled(kind: Kind, shared: boolean): Kind {
  const bytes = LENGTH * kind.BYTES_PER_ELEMENT;
  const array = new kind(
    shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes),
  );
  const isBig = BIGS.includes(kind);
  const values = isBig
    ? VALUES.map((x) => BigInt(Math.trunc(x)))
    : [...VALUES, ...EDGES];
  for (let i = 0; i < LENGTH; i++) array[i] = values[i % values.length];
  return array;
}

function taskFor(
  from: Kind,
  to: Kind,
): [Task, (x: never, i: number) => unknown] {
  const isBig = [from, to].map((kind) => BIGS.includes(kind));
  if (isBig[0] && isBig[1]) {
    return [mapping.big, (x: bigint, i: number) => x * 5n + BigInt(i)] as never;
  }
  if (isBig[0]) {
    return [
      mapping.fromBig,
      (x: bigint, i: number) => Number(x) / 4 - i,
    ] as never;
  }
  if (isBig[1]) {
    return [
      mapping.toBig,
      (x: number, i: number) => BigInt(Math.trunc(x)) * 3n - BigInt(i),
    ] as never;
  }
  return [mapping.weigh, (x: number, i: number) => x * 1.5 + i] as never;
}

for (const from of KINDS) {
  test(`from ${from.name} into every kind of array, shared and ordinary`, async () => {
    await using pool = new Pool({ workers: 2 });
    for (const to of KINDS) {
      for (
        const [sharedIn, sharedOut] of [[true, true], [false, true], [
          true,
          false,
        ], [false, false]]
      ) {
        const input = filled(from, sharedIn as boolean);
        // Numbers that no bigint can be made of.
        if (BIGS.includes(to) && !BIGS.includes(from)) {
          for (let i = 0; i < LENGTH; i++) {
            if (!Number.isFinite(input[i])) input[i] = i;
          }
        }
        const output = filled(to, sharedOut as boolean);
        const [task, fn] = taskFor(from, to);
        is(await pool.mapInto(output, task as never, input), output);
        const expected = new to(LENGTH);
        for (let i = 0; i < LENGTH; i++) expected[i] = fn(input[i] as never, i);
        // By bytes, so that NaN and -0 count.
        equal(
          bytesOf(output),
          bytesOf(expected),
          `${to.name} ${sharedIn} ${sharedOut}`,
        );
      }
    }
  });
}

function bytesOf(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
    .slice();
}

test("an array of numbers, one of bigints and a length are inputs as well", async () => {
  await using pool = new Pool({ workers: 2 });
  const output = new Float64Array(4);
  equal([...await pool.mapInto(output, mapping.weigh, [1, -0.5, NaN, 8])], [
    1.5,
    0.25,
    NaN,
    15,
  ]);
  equal([...await pool.mapInto(output, mapping.weigh, 4)], [0, 2.5, 5, 7.5]);
  const bigs = [2n ** 63n - 1n, -(2n ** 63n), 0n, 7n];
  const out = new BigInt64Array(4);
  await pool.mapInto(out, mapping.big, bigs);
  equal([...out], bigs.map((x, i) => BigInt.asIntN(64, x * 5n + BigInt(i))));
  for (const empty of [[], 0, new Int8Array(0)] as number[][]) {
    is(
      (await pool.mapInto(new Float64Array(0), mapping.weigh, empty)).length,
      0,
    );
  }
});

test("views with an offset are read and written where they lie", async () => {
  await using pool = new Pool({ workers: 2 });
  const buffer = new SharedArrayBuffer(800);
  const all = new Float64Array(buffer).fill(9);
  const output = new Float64Array(buffer, 80, 10);
  const input = new Int32Array(buffer, 400, 10);
  for (let i = 0; i < 10; i++) input[i] = i;
  await pool.mapInto(output, mapping.weigh, input);
  equal([...all.subarray(0, 22)], [
    ...new Array(10).fill(9),
    ...Array.from({ length: 10 }, (_, i) => i * 2.5),
    9,
    9,
  ]);
});

test("in place is defined: the same elements, of one kind or of two of one size", async () => {
  await using pool = new Pool({ workers: 2 });
  for (const shared of [true, false]) {
    const buffer = shared ? new SharedArrayBuffer(8000) : new ArrayBuffer(8000);
    const xs = new Float64Array(buffer);
    for (let i = 0; i < 1000; i++) xs[i] = i;
    is(await pool.mapInto(xs, mapping.negate, xs), xs);
    is(xs.every((x, i) => Object.is(x, -i)), true);
    const bigs = new BigInt64Array(buffer);
    await pool.mapInto(bigs, mapping.toBig, xs);
    is(bigs.every((x, i) => x === -4n * BigInt(i)), true);
  }
});

test("arrays that overlap in part are refused, neighbours are not", async () => {
  await using pool = new Pool({ workers: 1 });
  for (const shared of [true, false]) {
    const buffer = shared ? new SharedArrayBuffer(800) : new ArrayBuffer(800);
    const view = (kind: Kind, offset: number) => new kind(buffer, offset, 10);
    const text = "output and input overlap in part";
    for (
      const [output, input] of [
        [view(Float64Array, 8), view(Float64Array, 0)],
        [view(Float64Array, 0), view(Float64Array, 72)],
        [view(Float64Array, 0), view(Float32Array, 0)],
        [view(Float32Array, 4), view(Float64Array, 0)],
      ]
    ) {
      await rejects(
        pool.mapInto(output, missing.task as never, input),
        RangeError,
        text,
      );
    }
    const [output, input]: Float64Array[] = [
      view(Float64Array, 0),
      view(Float64Array, 80),
    ];
    await pool.mapInto(
      output as Float64Array,
      mapping.negate,
      input as Float64Array,
    );
  }
});

test("an ordinary output is not touched by a map that fails, a shared one may be", async () => {
  await using pool = new Pool({ workers: 1 });
  const output = new Float64Array(100).fill(9);
  const error: Ranged = await rejects(
    pool.mapInto(output, mapping.throwsAt77, 100),
    RangeError,
    "no 77",
  );
  equal(error.range, [77, 78]);
  match(error.stack ?? "", "item 77 of pool.mapInto");
  match(error.stack ?? "", "throwsAt77");
  match(error.stack ?? "", "map_into_suite");
  is(output.every((x) => x === 9), true);
});

test("a worker that dies names the range it was in", async () => {
  await using pool = new Pool({ workers: 2 });
  const lost = pool.mapInto(new Float64Array(100), mapping.exitsAt77, 100, {
    grain: 10,
  });
  await rejects(lost, WorkerLostError, "at items 70 to 79");
});

test(
  "where no code may be made of text, maps do the same",
  runtimeName === "bun" ? { unless: "Bun has no way to forbid it" } : {},
  async () => {
    const flag = "--disallow-code-generation-from-strings";
    const run = await command(
      process.execPath,
      [
        ...launchArgs(runtimeName),
        runtimeName === "deno" ? `--v8-flags=${flag}` : flag,
        fileURLToPath(
          new URL("../../fixtures/programs/no_code.ts", import.meta.url),
        ),
      ],
      { env: { NO_COLOR: "1" } },
    );
    is(run.code, 0, run.stderr);
    is(run.stdout, "false 0,2.5,5,7.5 -1,-2,-3 0,-4,-8 TypeError 1,2\n");
  },
);

test("a signal stops a map", async () => {
  await using pool = new Pool({ workers: 1 });
  const signal = AbortSignal.abort(new Error("never mind"));
  await rejects(
    pool.mapInto(new Float64Array(9), missing.task, 9, { signal }),
    Error,
    "never mind",
  );
});

test("map with `into` is the same road, and its task gets the item alone", async () => {
  await using pool = new Pool({ workers: 2 });
  const made = await pool.map(mapping.negate, [1, 2, 3], {
    into: Float64Array,
  });
  equal(made, new Float64Array([-1, -2, -3]));
  ok(made.buffer instanceof SharedArrayBuffer);
  const given = new Int16Array(3);
  const options = { into: given, grain: 1, schedule: "static" } as const;
  is(await pool.map(mapping.negate, new Uint8Array([1, 2, 3]), options), given);
  equal([...given], [-1, -2, -3]);
  equal([...await pool.map(mapping.count, [1, 2], { into: Uint8Array })], [
    1,
    1,
  ]);
  equal([...await pool.map(mapping.negate, 3, { into: Int8Array })], [
    0,
    -1,
    -2,
  ]);
  is(await pool.map(mapping.negate, 3, { into: given }), given);
  equal([...given], [0, -1, -2]);
  equal([...await pool.map(mapping.count, [1, 2])], [1, 1]);
  const into = { into: Float64Array };
  const waits = pool.map(mapping.later as never, [1], into);
  const error = await rejects(waits, TypeError, "use map without into");
  match(error.stack ?? "", "item 0 of pool.map");
  match(error.stack ?? "", "map_into_suite");
});
