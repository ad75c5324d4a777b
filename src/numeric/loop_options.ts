/** What a loop can be told, with units, defaults and errors. */
import { MAX_GRAINS, type Shares } from "../../ring/mod.ts";
import { assertOptions, integer } from "../pool/checks.ts";
import { assertWishes, type CallOptions } from "../pool/will.ts";

/** How the workers of a loop share its range. */
export type Schedule = "static" | "dynamic" | "guided";

/** Options of a loop; every one may be left out. */
export interface LoopOptions {
  /**
   * How many grains a worker takes at one time: "dynamic" one; "static" its
   * even part of all; "guided" half its even part of what is left, at last
   * one. Whichever it is, the kernel is called once per grain and nobody waits
   * for a worker that is busy. Default "dynamic"; of a reduction "guided".
   */
  readonly schedule?: Schedule;
  /**
   * Items per call of the kernel, from 1. A loop that is stopped, or fails,
   * stops within one grain. Default: a 64th of what is even for each worker; of
   * a reduction a 1024th of all, whatever the number of workers, because where
   * the digits of a sum come from depends on it.
   */
  readonly grain?: number;
  /**
   * Stops the loop: it rejects with the signal's reason at once, its workers
   * stop within one grain. Default none.
   */
  readonly signal?: AbortSignal;
  /**
   * Milliseconds a worker may be at it; then the loop rejects with
   * `TaskTimeoutError` and is stopped as by `signal`. Default the pool's, at
   * first none.
   */
  readonly timeout?: number;
  /**
   * Hears how many items are done, and of how many: about ten times a second
   * while that grows, and at the end. What it throws is a process warning.
   * Default none.
   */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Options of a reduction. */
export interface ReduceOptions<R = unknown> extends LoopOptions {
  /** Comes before all partial results: `combine(initial, total)`. What an empty range gives. Default none, and an empty range is a `RangeError`. */
  readonly initial?: R;
}

/** Options of a map whose results go into one typed array. */
export interface IntoOptions<O = unknown> extends LoopOptions {
  /** The array, as long as the input; or its class, for a new one in shared memory. */
  readonly into: O | { readonly prototype: O };
}

/** A range: so many items from 0, or those from the first number up to before the second. */
export type LoopRange = number | readonly [from: number, to: number];

/** A loop, checked. */
export interface LoopShape {
  readonly from: number;
  readonly to: number;
  readonly grain: number;
  /** Workers that take part; 0: there is nothing to do. */
  readonly members: number;
  readonly shares: Shares;
}

const NAMES = ["schedule", "grain", "signal", "timeout", "onProgress"];
const SCHEDULES = ["static", "dynamic", "guided"];
/** Grains per worker: enough that the last ones end together. */
const GRAINS_EACH = 64;
/** Grains of a reduction, whoever takes them. */
const LEAVES = 1024;
/** Partial results per worker that are joined at the end, at most about. */
const PARTS_EACH = 32;

/** @throws TypeError for a wrong kind or an unknown name, RangeError for a number out of range */
export function assertLoopOptions(
  options: LoopOptions,
  more: readonly string[],
  action: string,
): void {
  if (Object.hasOwn(Object(options), "transfer")) {
    throw new TypeError(
      `Cannot ${action}: transfer is an option of apply, loops take arrays that are shared(…) without a copy`,
    );
  }
  assertOptions(options, [...NAMES, ...more], action);
  const { schedule } = options;
  if (schedule !== undefined && !SCHEDULES.includes(schedule)) {
    throw new TypeError(
      `Cannot ${action}: schedule must be one of ${
        SCHEDULES.join(", ")
      }, found ${
        typeof schedule === "string"
          ? JSON.stringify(schedule)
          : typeof schedule
      }`,
    );
  }
  assertWishes(options as CallOptions, action);
}

/** A loop for so many workers, from options that were checked. @throws TypeError or RangeError */
export function shapeLoop(
  range: unknown,
  options: LoopOptions,
  workers: number,
  action: string,
  reduces = false,
): LoopShape {
  const [from, to] = ends(range, action);
  const length = to - from;
  const parts = reduces ? LEAVES : GRAINS_EACH * workers;
  const even = Math.max(1, Math.ceil(length / parts));
  const grain = integer(
    options,
    "grain",
    even,
    1,
    Number.MAX_SAFE_INTEGER,
    action,
  );
  const total = Math.ceil(length / grain);
  if (total > MAX_GRAINS) {
    throw new RangeError(
      `Cannot ${action}: grain must be at least ${
        Math.ceil(length / MAX_GRAINS)
      } for ${length} items, found ${grain}`,
    );
  }
  const members = Math.min(workers, total);
  const shares = { total, ...share(options, total, members, reduces) };
  return { from, to, grain, members, shares };
}

function share(
  { schedule }: LoopOptions,
  total: number,
  members: number,
  reduces: boolean,
): Omit<Shares, "total"> {
  const even = Math.ceil(total / members);
  if (!reduces) {
    if (schedule === "static") return { step: even, guide: 0 };
    return { step: 1, guide: schedule === "guided" ? 2 * members : 0 };
  }
  // Whole subtrees: powers of two, each no larger than the one before.
  if (schedule === "static") return { step: powerBelow(even), guide: 0 };
  const step = powerBelow(even / PARTS_EACH);
  return { step, guide: schedule === "dynamic" ? 0 : 2 * members };
}

function powerBelow(wish: number): number {
  return 2 ** Math.floor(Math.log2(Math.max(1, wish)));
}

function ends(range: unknown, action: string): readonly [number, number] {
  const pair = typeof range === "number" ? [0, range] : range;
  if (!Array.isArray(pair) || pair.length !== 2) {
    throw new TypeError(
      `Cannot ${action}: the range must be a number of items or [from, to], found ${
        Array.isArray(pair)
          ? `an array of ${pair.length}`
          : range === null
          ? "null"
          : typeof range
      }`,
    );
  }
  const [from, to] = pair;
  if (typeof from !== "number" || typeof to !== "number") {
    throw new TypeError(
      `Cannot ${action}: the ends of a range must be numbers, found ${typeof from} and ${typeof to}`,
    );
  }
  const sound = [from, to, to - from].every(Number.isSafeInteger);
  if (sound && from <= to) return [from, to];
  const found = typeof range === "number" ? range : `[${from}, ${to}]`;
  throw new RangeError(
    `Cannot ${action}: the range must be from one integer up to another, found ${found}`,
  );
}
