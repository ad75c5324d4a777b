/** What ready-made reductions refuse, exactly and before any work. */
import { numeric, Pool, UnsupportedError } from "../../../mod.ts";
import { match, rejects } from "../../support/assert.ts";
import { suite } from "../../support/suite.ts";

const test = suite("numeric refusals");

type Row = [
  run: (pool: Pool) => Promise<unknown>,
  Class: typeof TypeError | typeof RangeError,
  message: string,
];

const rows: Row[] = [
  [
    (pool) => numeric.sum(pool, "12" as never),
    TypeError,
    "Cannot sum: the input must be a typed array or an array of numbers, found string",
  ],
  [
    (pool) => numeric.min(pool, [1, "2"] as never),
    TypeError,
    "Cannot min: input[1] must be a number, found string",
  ],
  [
    (pool) => numeric.dot(pool, [1], [1, 2]),
    RangeError,
    "the arrays must be of one length, found 1 and 2",
  ],
  [
    (pool) => numeric.histogram(pool, [1], { bins: 0 }),
    RangeError,
    "Cannot histogram: bins must be an integer from 1",
  ],
  [
    (pool) => numeric.histogram(pool, [1], { low: 2, high: 1 }),
    RangeError,
    "low and high must be finite and in order, found 2 and 1",
  ],
  [
    (pool) => numeric.histogram(pool, [1], { low: "1" as never }),
    TypeError,
    "low must be a number, found string",
  ],
  [
    (pool) => numeric.histogram(pool, [1, NaN]),
    RangeError,
    "found NaN and NaN, give both",
  ],
  [
    (pool) => numeric.sum(pool, [1], { step: 1 } as never),
    TypeError,
    "Cannot sum: there is no option step, the options are schedule, grain, signal, timeout, onProgress, compensated",
  ],
  [
    (pool) => numeric.argmin(pool, [], { initial: 1 } as never),
    TypeError,
    "Cannot argmin: there is no option initial",
  ],
  [
    (pool) => numeric.histogram(pool, [1], { width: 1 } as never),
    TypeError,
    "Cannot histogram: there is no option width, the options are schedule, grain, signal, timeout, onProgress, bins, low, high",
  ],
  [
    (pool) => numeric.mean(pool, [1], { compensated: "no" as never }),
    TypeError,
    "Cannot mean: compensated must be true or false, found string",
  ],
  [
    (pool) => numeric.variance(pool, [1], { sample: 1 as never }),
    TypeError,
    "Cannot variance: sample must be true or false, found number",
  ],
  [
    (pool) => numeric.dot(pool, [1], [1], null as never),
    TypeError,
    "Cannot dot: options must be an object, found null",
  ],
  [
    () => numeric.max([1, 2] as never, [1]),
    TypeError,
    "Cannot max: the first argument must be a pool, found Array",
  ],
  [
    () => numeric.sum(undefined as never, [1]),
    TypeError,
    "Cannot sum: the first argument must be a pool, found undefined",
  ],
];

test("what they cannot do they say before any work", async () => {
  await using pool = new Pool({ workers: 1 });
  for (const [run, Class, message] of rows) {
    await rejects(run(pool), Class, message);
  }
  await using apart = new Pool({ workers: 1, startMethod: "process" });
  const error = await rejects(numeric.sum(apart, [1]), UnsupportedError);
  match(error.message, "processes share no memory");
});
