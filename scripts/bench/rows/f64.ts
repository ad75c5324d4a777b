/** How long does it take to have a worker sum a Float64Array, copied or shared? */
import { type Bound, median } from "../figures.ts";
import { oneByOne, pooled } from "./lanes.ts";
import { type Bare, type Case, FEW, type Row } from "./row.ts";

const KB = 1024 / Float64Array.BYTES_PER_ELEMENT;

/** As `sum` of jobs/functions.mjs. */
function sum(numbers: Float64Array): number {
  const { length } = numbers;
  let total = -0;
  for (let i = 0; i < length; i++) total += numbers[i] as number;
  return total;
}

/** The time of something done on this thread. */
function bareTime(name: string, once: () => unknown): Bare {
  return {
    name,
    enter: (_workers, { boxMs }) =>
      Promise.resolve({
        round: async () =>
          median(
            await oneByOne(() => Promise.resolve(once()), {
              batch: 1,
              least: 1,
              boxMs,
            }),
          ),
        leave: () => Promise.resolve(),
      }),
  };
}

/** One copy into shared memory, one out of it, and the sum. */
function copies(numbers: Float64Array): Bare {
  const shared = new Float64Array(new SharedArrayBuffer(numbers.byteLength));
  const copy = new Float64Array(numbers.length);
  return bareTime("copy in, copy out, sum", () => {
    shared.set(numbers);
    copy.set(shared);
    return sum(copy);
  });
}

function sumOf(
  name: string,
  numbers: Float64Array,
  bare: Bare,
  bounds: readonly Bound[],
): Case {
  return {
    name,
    unit: "µs",
    bounds,
    bare,
    quickPeers: FEW,
    enter: (peer, workers, { boxMs }) =>
      pooled(peer, workers, async (pool) => {
        const given = { batch: 1, least: 1, boxMs };
        const call = () => pool.call("sum", numbers);
        return median(await oneByOne(call, given));
      }),
  };
}

function copied(name: string, kb: number, bounds: readonly Bound[]): Case {
  const numbers = Float64Array.from({ length: kb * KB }, (_, i) => i % 1000);
  return sumOf(name, numbers, copies(numbers), bounds);
}

function inPlace(name: string, kb: number, bounds: readonly Bound[]): Case {
  const buffer = new SharedArrayBuffer(kb * 1024);
  const numbers = new Float64Array(buffer).map((_, i) => i % 1000);
  const shared = new Float64Array(buffer);
  shared.set(numbers);
  const bare = bareTime("the sum here", () => sum(shared));
  return sumOf(name, shared, bare, bounds);
}

export const f64: Row = {
  name: "f64",
  weight: 2,
  cases: [
    copied("f64 64 KB", 64, [{ of: "postMessage", least: 1.5 }]),
    copied("f64 8 MB", 8 * 1024, [
      { of: "postMessage", least: 1.5 },
      { of: "bare", most: 1.3 },
    ]),
  ],
};

export const f64Shared: Row = {
  name: "f64 shared",
  weight: 2,
  cases: [
    inPlace("f64 shared 64 KB", 64, [{ of: "postMessage", least: 1.5 }]),
    // What the sum itself takes, and a call.
    inPlace("f64 shared 8 MB", 8 * 1024, [{ of: "bare", most: 1.1 }]),
  ],
};
