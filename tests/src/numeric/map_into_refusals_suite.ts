/** What maps into memory refuse: what is no map, and what tasks answer. */
import { Pool, tasks, UnsupportedError } from "../../../mod.ts";
import { equal, rejects } from "../../support/assert.ts";
import { suite } from "../../support/suite.ts";

const test = suite("mapInto refusals");
const mapping = tasks<typeof import("../../fixtures/mapping.ts")>(
  new URL("../../fixtures/mapping.ts", import.meta.url),
);
// There is no such module: whatever reached a worker would fail with that.
const { task } = tasks<{ task(x: number): number }>(
  new URL("../../fixtures/modules/not_there.ts", import.meta.url),
);

type Ranged = Error & { range?: [number, number] };
type Class = typeof TypeError | typeof RangeError;

const xs = new Float64Array(3);
const inputs: [output: unknown, input: unknown, Class, message: string][] = [
  [
    [1, 2, 3],
    3,
    TypeError,
    "Cannot mapInto a task: output must be a typed array, found Array",
  ],
  [new DataView(new ArrayBuffer(8)), 1, TypeError, "found DataView"],
  [null, 1, TypeError, "found null"],
  [
    xs,
    "abc",
    TypeError,
    "the input must be a typed array or an array of numbers, found string",
  ],
  [xs, new Set([1]), TypeError, "found Set"],
  [
    xs,
    [1, 2],
    RangeError,
    "the output must have as many elements as there are items, found 3 for 2",
  ],
  [xs, 4, RangeError, "found 3 for 4"],
  [xs, NaN, RangeError, "found 3 for NaN"],
  [xs, new Int8Array(2), RangeError, "found 3 for 2"],
  [xs, [1, "2", 3], TypeError, "input[1] must be a number, found string"],
  [xs, [1, 2n, 3], TypeError, "input[1] must be a number, found bigint"],
  [xs, [1n, 2n, 3], TypeError, "input[2] must be a bigint, found number"],
  [xs, [1, , 3], TypeError, "input[1] must be a number, found undefined"],
  [
    xs,
    [1n, 2n ** 63n, 3n],
    RangeError,
    "input[1] must fit into 64 bits, found 9223372036854775808",
  ],
];

test("what makes no map is refused exactly, before any work", async () => {
  await using pool = new Pool({ workers: 1 });
  for (const [output, input, Class, message] of inputs) {
    const map = pool.mapInto(output as never, task as never, input as never);
    await rejects(map, Class, message);
  }
  const options: [object, Class, string][] = [
    [{ grain: 0 }, RangeError, "grain must be"],
    [{ into: xs }, TypeError, "there is no option into"],
    [{ chunkSize: 1 }, TypeError, "there is no option chunkSize"],
  ];
  for (const [each, Class, message] of options) {
    await rejects(pool.mapInto(xs, task, 3, each), Class, message);
  }
  const bare = pool.mapInto(xs, (() => 1) as never, 3);
  await rejects(bare, TypeError, "Cannot mapInto a bare function");
  await using apart = new Pool({ workers: 1, startMethod: "process" });
  await rejects(
    apart.mapInto(xs, task, 3),
    UnsupportedError,
    "Cannot mapInto a task: processes share no memory",
  );
});

const intos: [items: unknown, options: object, Class, message: string][] = [
  [
    [1],
    { into: Array },
    TypeError,
    "Cannot map a task: into must be a typed array or the class of one, found Array",
  ],
  [[1], { into: {} }, TypeError, "found Object"],
  [[1], { into: null }, TypeError, "found null"],
  [
    new Set([1]),
    { into: Float64Array },
    TypeError,
    "the input must be a typed array or an array of numbers, found Set",
  ],
  [-1, { into: Float64Array }, RangeError, "an integer from 0, found -1"],
  [4, { into: xs }, RangeError, "found 3 for 4"],
  [
    [1],
    { into: undefined },
    TypeError,
    "into must be a typed array or the class of one, found undefined",
  ],
  [[1], { into: xs }, RangeError, "found 3 for 1"],
  [
    [1],
    { into: Float64Array, chunkSize: 1 },
    TypeError,
    "there is no option chunkSize",
  ],
  [
    [1],
    { into: Float64Array, transfer: [] },
    TypeError,
    "Cannot map a task: transfer is an option of apply, loops take arrays that are shared(…)",
  ],
];

test("the same of map with `into`", async () => {
  await using pool = new Pool({ workers: 1 });
  const map = (items: unknown, options: object) =>
    pool.map(task, items as number[], options as { into: Float64Array });
  for (const [items, options, Class, message] of intos) {
    await rejects(map(items, options), Class, message);
  }
  await rejects(map([1], { into: new BigInt64Array(1) }), Error);
  pool.close();
  const closed = "Cannot map a task: pool is closed";
  await rejects(map([1], { into: Float64Array }), Error, closed);
});

const numbers = new Float64Array(100);
const bigs = new BigInt64Array(100);
const results: [
  output: unknown,
  task: unknown,
  item: number,
  message: string,
][] = [
  [
    numbers,
    mapping.oddAt77,
    77,
    "Cannot put the result of item 77 into a Float64Array: expected a number, found undefined",
  ],
  [
    numbers,
    mapping.halfBig,
    77,
    "into a Float64Array: expected a number, found bigint",
  ],
  [
    numbers,
    mapping.later,
    0,
    "into a Float64Array: expected a number, found Promise, use map without into",
  ],
  [
    bigs,
    mapping.same,
    0,
    "into a BigInt64Array: expected a bigint, found number",
  ],
];

test("what a task answers must be a number, or a bigint: the error names the item", async () => {
  await using pool = new Pool({ workers: 2 });
  for (const [output, task, item, message] of results) {
    const map = pool.mapInto(output as never, task as never, 100 as never, {
      grain: 100,
    });
    const error: Ranged = await rejects(map, TypeError, message);
    equal(error.range, [item, item + 1]);
  }
});
