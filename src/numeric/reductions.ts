/**
 * Ready-made reductions of arrays, on all workers of a pool. Each is one
 * `parallelReduce`, so its digits depend on the array and the grain alone, not
 * on the number of workers, the schedule or the runtime. An array in shared
 * memory is not copied, any other once.
 */
import type { Pool } from "../pool/pool.ts";
import { integer } from "../pool/checks.ts";
import { type Task, tasks } from "../task.ts";
import { shown } from "./shared.ts";
import type { Compensated, Extreme, Moments } from "./kernels.ts";
import type { LoopOptions } from "./loop_options.ts";
import {
  type ItemOf,
  type NumberArray,
  type NumericArray,
  type NumericItems,
} from "./operands.ts";
import { isOfBigints, itemsOf, numbersOf, someOf } from "./reduction_input.ts";

// The source runs as .ts, the published package as .js.
const suffix = import.meta.url.endsWith(".ts") ? "ts" : "js";
const kernels = tasks<typeof import("./kernels.ts")>(
  new URL(`./kernels.${suffix}`, import.meta.url),
);

/** What reduces: a pool of threads. */
export type Reducer = Pick<Pool, "parallelReduce">;

/** Numbers: in shared memory they are not copied. */
export type Numbers = NumberArray | readonly number[];

/** Options of a sum. */
export interface SumOptions extends LoopOptions {
  /** Adds up what roundings lose, by Neumaier's method: as exact as with twice the digits, for about twice the time. Default false. */
  readonly compensated?: boolean;
}

/** Options of a variance. */
export interface VarianceOptions extends LoopOptions {
  /** Divides by the count less one, as for a sample of something larger. Default false: the array is all there is. */
  readonly sample?: boolean;
}

/** Options of a histogram. */
export interface HistogramOptions extends LoopOptions {
  /** Bins of equal width, from 1. Default 10. */
  readonly bins?: number;
  /** Lower edge of the first bin. Default the least number; a `RangeError` if that is not finite. */
  readonly low?: number;
  /** Upper edge of the last bin, which contains it. Default the largest number, as `low`. */
  readonly high?: number;
}

/** Numbers, counted. */
export interface Histogram {
  /** How many lie in each bin. */
  readonly counts: Float64Array;
  /** Where bins begin and end: one more than there are bins. */
  readonly edges: Float64Array;
}

/**
 * The sum; NaN if one of them is, or if both infinities are there. Bigints are
 * added exactly. Of an empty array 0.
 */
export async function sum<A extends NumericItems>(
  pool: Reducer,
  xs: A,
  options: SumOptions = {},
): Promise<ItemOf<A>> {
  const items = itemsOf("sum", { pool, xs, options }, ["compensated"]);
  const { compensated = false, ...rest } = options;
  const { sumOfBigints, addBigints } = kernels;
  const total = isOfBigints(items)
    ? await reduced(pool, sumOfBigints, addBigints, [items], rest, 0n)
    : await sumOf(pool, items, compensated, rest);
  return total as ItemOf<A>;
}

/** The sum divided by the length. NaN if one is NaN, and of an empty array. */
export async function mean(
  pool: Reducer,
  xs: Numbers,
  options: SumOptions = {},
): Promise<number> {
  const items = numbersOf("mean", { pool, xs, options }, ["compensated"]);
  const { compensated = false, ...rest } = options;
  const total = await sumOf(pool, items, compensated, rest);
  return total / items.length;
}

/**
 * The mean of the squares of the distances from the mean, without the loss of
 * digits that a sum of squares has. NaN if one is not finite, and of an empty
 * array; of a sample also if it is one number.
 */
export async function variance(
  pool: Reducer,
  xs: Numbers,
  options: VarianceOptions = {},
): Promise<number> {
  const items = numbersOf("variance", { pool, xs, options }, ["sample"]);
  const { sample = false, ...rest } = options;
  const { moments, joinMoments } = kernels;
  const none = [0, NaN, NaN];
  const [count, , squares] = await reduced(
    pool,
    moments,
    joinMoments,
    [items],
    rest,
    none,
  ) as Moments;
  return squares / (sample ? count - 1 : count);
}

/** The sum of the products of two arrays of one length. NaN as {@link sum}; 0 of empty ones. @throws RangeError (as a rejection) for two lengths */
export async function dot(
  pool: Reducer,
  xs: Numbers,
  ys: Numbers,
  options: LoopOptions = {},
): Promise<number> {
  const pair = [xs, ys].map((xs) => numbersOf("dot", { pool, xs, options }));
  const [one, other] = pair.map(({ length }) => length);
  if (one !== other) {
    throw new RangeError(
      `Cannot dot: the arrays must be of one length, found ${one} and ${other}`,
    );
  }
  return await reduced(
    pool,
    kernels.dot,
    kernels.add,
    pair,
    options,
    0,
  ) as number;
}

/** The least, by the rules of `Math.min`: NaN if one is NaN, and -0 is less than 0. @throws RangeError (as a rejection) for an empty array */
export async function min<A extends NumericItems>(
  pool: Reducer,
  xs: A,
  options: LoopOptions = {},
): Promise<ItemOf<A>> {
  const items = someOf("min", { pool, xs, options });
  if (isOfBigints(items)) {
    return (await extreme(pool, "argmin", items, options))[1] as ItemOf<A>;
  }
  return await reduced(
    pool,
    kernels.min,
    kernels.lesser,
    [items],
    options,
  ) as ItemOf<A>;
}

/** The largest, by the rules of `Math.max`: NaN if one is NaN, and 0 is more than -0. @throws RangeError (as a rejection) for an empty array */
export async function max<A extends NumericItems>(
  pool: Reducer,
  xs: A,
  options: LoopOptions = {},
): Promise<ItemOf<A>> {
  const items = someOf("max", { pool, xs, options });
  if (isOfBigints(items)) {
    return (await extreme(pool, "argmax", items, options))[1] as ItemOf<A>;
  }
  return await reduced(
    pool,
    kernels.max,
    kernels.greater,
    [items],
    options,
  ) as ItemOf<A>;
}

/** The index of the least: of the first, if there are several (-0 and 0 are equal), and of the first NaN, if there is one. @throws RangeError (as a rejection) for an empty array */
export async function argmin(
  pool: Reducer,
  xs: NumericItems,
  options: LoopOptions = {},
): Promise<number> {
  const items = someOf("argmin", { pool, xs, options });
  return (await extreme(pool, "argmin", items, options))[0];
}

/** The index of the largest, as {@link argmin}. */
export async function argmax(
  pool: Reducer,
  xs: NumericItems,
  options: LoopOptions = {},
): Promise<number> {
  const items = someOf("argmax", { pool, xs, options });
  return (await extreme(pool, "argmax", items, options))[0];
}

/**
 * How many numbers lie in each of some bins of equal width: a bin contains its
 * lower edge, the last one both. NaN and what lies outside is not counted. If
 * all are equal, the bins without `low` and `high` reach half to both sides.
 * Without one of them the array is read once for it before it is read to count;
 * `onProgress` hears of each pass from its beginning.
 *
 * @throws RangeError (as a rejection) for edges that are not finite or not in order
 */
export async function histogram(
  pool: Reducer,
  xs: Numbers,
  options: HistogramOptions = {},
): Promise<Histogram> {
  const items = numbersOf("histogram", { pool, xs, options }, [
    "bins",
    "low",
    "high",
  ]);
  const bins = integer(options, "bins", 10, 1, 2 ** 24, "histogram");
  const { bins: _, low: from, high: to, ...rest } = options;
  for (const [name, edge] of Object.entries({ low: from, high: to })) {
    if (edge === undefined || typeof edge === "number") continue;
    throw new TypeError(
      `Cannot histogram: ${name} must be a number, found ${shown(edge)}`,
    );
  }
  const { min, max, lesser, greater } = kernels;
  let low = from ??
    await reduced(pool, min, lesser, [items], rest, 0) as number;
  let high = to ??
    await reduced(pool, max, greater, [items], rest, 1) as number;
  if (low === high && from === undefined && to === undefined) {
    low -= 0.5;
    high += 0.5;
  }
  if (!(low < high && Number.isFinite(high - low))) {
    throw new RangeError(
      `Cannot histogram: low and high must be finite and in order, found ${low} and ${high}, give both`,
    );
  }
  const edges = Float64Array.from(
    { length: bins + 1 },
    (_, bin) => bin === bins ? high : low + (high - low) * (bin / bins),
  );
  const { histogram, addCounts } = kernels;
  const none = new Float64Array(bins);
  const counts = await reduced(
    pool,
    histogram,
    addCounts,
    [items, edges],
    rest,
    none,
  );
  return { counts: counts as Float64Array, edges };
}

// ---- how ------------------------------------------------------------------------

/** Reduces the first of `args`; `empty` is what an empty one gives, if it may be empty. */
async function reduced(
  pool: Reducer,
  kernel: Task,
  combine: Task,
  args: readonly unknown[],
  options: LoopOptions,
  empty?: unknown,
): Promise<unknown> {
  const [items] = args as [NumericArray];
  if (items.length === 0) return empty;
  return await pool.parallelReduce(
    kernel as Task<[number, number, ...unknown[]], unknown>,
    combine as Task<[unknown, unknown], unknown>,
    items.length,
    args,
    options,
  );
}

async function sumOf(
  pool: Reducer,
  items: NumericArray,
  compensated: boolean,
  options: LoopOptions,
): Promise<number> {
  if (!compensated) {
    return await reduced(
      pool,
      kernels.sum,
      kernels.add,
      [items],
      options,
      0,
    ) as number;
  }
  const { sumCompensated, addCompensated } = kernels;
  const [total, lost] = await reduced(
    pool,
    sumCompensated,
    addCompensated,
    [items],
    options,
    [0, 0],
  ) as Compensated;
  // Of an infinite sum nothing can be said to be lost, and 0 would unsign -0.
  return Number.isFinite(total) && lost !== 0 ? total + lost : total;
}

async function extreme(
  pool: Reducer,
  which: "argmin" | "argmax",
  items: NumericArray,
  options: LoopOptions,
): Promise<Extreme> {
  const { firstLeast, firstMost } = kernels;
  const combine = which === "argmin" ? firstLeast : firstMost;
  return await reduced(
    pool,
    kernels[which],
    combine,
    [items],
    options,
  ) as Extreme;
}
