/** Loops over shared memory: workers take the next part themselves, no result travels. */
import { isMainThread, numeric, Pool, shared, task } from "whorl";

type Row = Float64Array;
const root = task(import.meta.url, function root(x: number) {
  return Math.sqrt(x);
});
const smooth = task(
  import.meta.url,
  function smooth(from: number, to: number, xs: Row, ys: Row) {
    for (let i = from; i < to; i++) {
      ys[i] = ((xs[i - 1] ?? 0) + xs[i]! + (xs[i + 1] ?? 0)) / 3;
    }
  },
);
const chain = task(import.meta.url, function chain(from: number, to: number) {
  let longest = [0, 0];
  for (let start = from; start < to; start++) {
    let steps = 0;
    for (let n = start; n > 1; steps++) n = n % 2 === 0 ? n / 2 : 3 * n + 1;
    if (steps > longest[0]!) longest = [steps, start];
  }
  return longest;
});
const longer = task(
  import.meta.url,
  function longer(one: number[], other: number[]) {
    return other[0]! > one[0]! ? other : one;
  },
);

if (isMainThread) {
  await using pool = new Pool();
  const [xs, ys] = [shared(Float64Array, 1e6), shared(Float64Array, 1e6)];
  await pool.mapInto(xs, root, xs.length);
  await pool.parallelFor(smooth, xs.length, [xs, ys]);
  console.log(await numeric.max(pool, ys), await numeric.sum(pool, ys));
  console.log(...await pool.parallelReduce(chain, longer, [1, 100_000]));
}
