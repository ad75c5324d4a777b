/** Large arrays: one that all workers see, one that is handed over and back. */
import { isMainThread, move, Pool, random, shared, task } from "whorl";

const draw = task(
  import.meta.url,
  function draw(all: Float64Array, from: number, to: number) {
    for (let i = from; i < to; i++) all[i] = random(2026, i).normal();
  },
);
const sort = task(import.meta.url, function sort(values: Float64Array) {
  return move(values.sort());
});

if (isMainThread) {
  await using pool = new Pool({ workers: 2 });
  const all = shared(Float64Array, 100_000);
  await pool.starmap(draw, [[all, 0, 50_000], [all, 50_000, 100_000]]);
  const own = all.slice();
  const call = pool.apply(sort, [move(own)]);
  console.log(own.length, all.length);
  const sorted = await call;
  console.log(sorted[0], sorted[50_000], sorted[99_999]);
}
