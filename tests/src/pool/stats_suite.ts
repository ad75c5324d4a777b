/** What `pool.stats()` says, on threads and in processes. */
import { Pool, type PoolStats, tasks } from "../../../mod.ts";
import { equal, is, ok, rejects } from "../../support/assert.ts";
import { startMethods } from "../../support/start_methods.ts";
import { suite } from "../../support/suite.ts";
import { open, reached, sharedWords } from "../../support/words.ts";

const test = suite("Pool.stats()");
const math = tasks<typeof import("../../fixtures/arithmetic.ts")>(
  new URL("../../fixtures/arithmetic.ts", import.meta.url),
);
const failing = tasks<typeof import("../../fixtures/failing.ts")>(
  new URL("../../fixtures/failing.ts", import.meta.url),
);
const counting = tasks<typeof import("../../fixtures/counting.ts")>(
  new URL("../../fixtures/counting.ts", import.meta.url),
);
const sleeping = tasks<typeof import("../../fixtures/sleeping.ts")>(
  new URL("../../fixtures/sleeping.ts", import.meta.url),
);
const dying = tasks<typeof import("../../fixtures/dying.ts")>(
  new URL("../../fixtures/dying.ts", import.meta.url),
);

for (const startMethod of startMethods) {
  test(`${startMethod}: counts what settled, failed, was retried and lost, and who was started again`, async () => {
    await using pool = new Pool({ workers: 1, startMethod });
    await pool.map(math.increment, [1, 2, 3, 4, 5]);
    await rejects(pool.apply(failing.throwsRange, [1]), RangeError, /./);
    await rejects(pool.map(failing.throwsOn, [1, 3]), Error, /./);
    await rejects(
      pool.apply(dying.exits, [3], { retries: 1 }),
      Error,
      /was lost/,
    );
    is(await pool.apply(math.increment, [1]), 2);
    const stats = pool.stats();
    is(stats.done, 10);
    is(stats.retried, 1);
    is(stats.lost, 2);
    is(stats.restarts, 2);
    is(stats.queued, 0);
    equal(stats.cells, { used: 0, capacity: 1024 });
    is(stats.failed, 3);
    is(stats.workers.length, 1);
    is(stats.workers[0]?.workerId, 3);
    ok(stats.workers[0]?.ready);
  });

  test(`${startMethod}: measures runs and waits, and adds up what threads did`, async () => {
    await using pool = new Pool({ workers: 1, startMethod });
    await pool.apply(sleeping.burn, [30]);
    const { runMs, waitMs, busyMs, workers } = await until(
      pool,
      (stats) => stats.busyMs >= 25,
    );
    equal(workers[0]?.runMs, runMs, "it is the only one");
    equal(workers[0]?.waitMs, waitMs);
    is(runMs.count, 1);
    ok(runMs.p50 >= 25 && runMs.p50 <= runMs.max * 1.125 + 1, `${runMs.p50}`);
    equal([runMs.p50, runMs.p90, runMs.p99], [runMs.max, runMs.max, runMs.max]);
    is(waitMs.count, 1);
    ok(waitMs.max >= 0);
    ok(busyMs >= 25, `${busyMs}`);
  });
}

test("tells the times of workers apart", async () => {
  await using pool = new Pool({ workers: 2, maxTasksPerWorker: 300 });
  const ones = Array.from({ length: 200 }, () => 1);
  const timed = ({ workers }: PoolStats): number =>
    workers.reduce((sum, { runMs }) => sum + runMs.count, 0);
  // One call in 64 is timed; a map sends its items one by one here.
  await pool.map(math.increment, ones);
  let stats = pool.stats();
  is(timed(stats), stats.runMs.count);
  ok(stats.runMs.count > 0);
  // Times of workers that are gone stay with the pool.
  while (stats.restarts < 2) {
    await pool.map(math.increment, ones);
    stats = pool.stats();
  }
  ok(timed(stats) < stats.runMs.count);
});

test("tells what waits from what runs", async () => {
  await using pool = new Pool({ workers: 1, concurrency: 1 });
  const words = sharedWords(2);
  const calls = [1, 2, 3].map(() =>
    pool.apply(counting.countAndWait, [words, 0, 1])
  );
  await reached(words, 0, 1);
  const { queued, running, cells, workers } = pool.stats();
  equal([queued, running, cells.used], [2, 1, 3]);
  is(workers[0]?.running, 1);
  open(words, 1);
  await Promise.all(calls);
  equal([pool.stats().queued, pool.stats().running], [0, 0]);
});

test("stays good after the end of the pool", async () => {
  const pool = new Pool({ workers: 1 });
  await pool.apply(math.increment, [1]);
  pool.terminate();
  await pool.join();
  const { done, workers, restarts } = pool.stats();
  equal([done, workers.length, restarts], [1, 0, 0]);
});

/** The first stats that `holds` of, looked at in later turns: busy time is published when a worker has nothing to do. */
async function until(
  pool: Pool,
  holds: (stats: PoolStats) => boolean,
): Promise<PoolStats> {
  for (;;) {
    const stats = pool.stats();
    if (holds(stats)) return stats;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
