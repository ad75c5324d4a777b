/** Long work with a bar: on a terminal only, elsewhere cli-progress is silent. */
import { Presets, SingleBar } from "cli-progress";
import { isMainThread, Pool, task, taskContext } from "whorl";

const digits = task(import.meta.url, function digits(count: number): number {
  const context = taskContext();
  let sum = 0;
  for (let k = 0; k < count; k++) {
    sum += (k % 2 === 0 ? 4 : -4) / (2 * k + 1);
    if (k % 100_000 === 0) context.progress(k);
  }
  return sum;
});
const square = task(import.meta.url, function square(n: number): number {
  return n * n;
});

if (isMainThread) {
  await using pool = new Pool({ workers: 2 });
  const bar = new SingleBar({}, Presets.shades_classic);

  bar.start(10_000_000, 0);
  const pi = await pool.apply(digits, [10_000_000], {
    onProgress: (done) => bar.update(done as number),
  });
  bar.stop();

  bar.start(1_000_000, 0);
  const items = Float64Array.from({ length: 1_000_000 }, (_, i) => i);
  const squares = await pool.map(square, items, {
    onProgress: (done) => bar.update(done),
  });
  bar.stop();
  console.log(pi.toFixed(6), squares.at(-1));
}
