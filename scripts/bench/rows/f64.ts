/** How long does it take to have a worker sum a copied Float64Array? */
import { type Bound, median } from "../figures.ts";
import { oneByOne, pooled } from "./lanes.ts";
import type { Case, Lane, Row } from "./row.ts";

const KB = 1024 / Float64Array.BYTES_PER_ELEMENT;

function sum(numbers: Float64Array): number {
  let total = 0;
  for (let i = 0; i < numbers.length; i++) total += numbers[i] ?? 0;
  return total;
}

/** One copy into shared memory, one out of it, and the sum. */
function enterBare(numbers: Float64Array, boxMs: number): Promise<Lane> {
  const shared = new Float64Array(new SharedArrayBuffer(numbers.byteLength));
  const copy = new Float64Array(numbers.length);
  const once = (): Promise<void> => {
    shared.set(numbers);
    copy.set(shared);
    sum(copy);
    return Promise.resolve();
  };
  return Promise.resolve({
    round: async () =>
      median(await oneByOne(once, { batch: 1, least: 1, boxMs })),
    leave: () => Promise.resolve(),
  });
}

function sumOf(name: string, kb: number, bounds: readonly Bound[]): Case {
  const numbers = Float64Array.from({ length: kb * KB }, (_, i) => i % 1000);
  return {
    name,
    unit: "µs",
    bounds,
    bare: {
      name: "copy in, copy out, sum",
      enter: (_workers, pace) => enterBare(numbers, pace.boxMs),
    },
    enter: (peer, workers, { boxMs }) =>
      pooled(peer, workers, async (pool) => {
        const given = { batch: 1, least: 1, boxMs };
        const call = () => pool.call("sum", numbers);
        return median(await oneByOne(call, given));
      }),
  };
}

export const f64: Row = {
  name: "f64",
  cases: [
    sumOf("f64 64 KB", 64, [{ of: "postMessage", least: 1.5 }]),
    sumOf("f64 8 MB", 8 * 1024, [
      { of: "postMessage", least: 1.5 },
      { of: "bare", most: 1.3 },
    ]),
  ],
};
