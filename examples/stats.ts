/** What a pool does, looked at while it does it: the counters cost its tasks nothing. */
import { isMainThread, Pool, task } from "whorl";

const work = task(import.meta.url, function work(size: number): number {
  let sum = 0;
  for (let i = 0; i < size; i++) sum += Math.sqrt(i);
  return sum;
});

if (isMainThread) {
  await using pool = new Pool({ workers: 2 });
  const look = (): void => {
    const { queued, running, done, busyMs, runMs, workers } = pool.stats();
    console.log(
      `${done} done, ${running} running, ${queued} queued, busy ${busyMs} ms,`,
      `half of all below ${runMs.p50.toFixed(3)} ms,`,
      `by worker ${workers.map((worker) => worker.done).join(" and ")}`,
    );
  };
  const timer = setInterval(look, 50);
  await Promise.all(
    Array.from(
      { length: 2000 },
      (_, i) => pool.apply(work, [1000 * (i % 100)]),
    ),
  );
  clearInterval(timer);
  look();
}
