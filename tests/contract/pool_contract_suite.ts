/**
 * The 12 tests of tests/pool.py and the 2 of tests/scheduler.py of
 * aiomultiprocess 0.9.1, on threads and on processes. What was changed, and
 * why, is in README.md beside this file.
 */
import {
  Pool,
  type QueueId,
  RoundRobin,
  type StartMethod,
  StateError,
  tasks,
} from "../../mod.ts";
import { equal, is, match, not, rejects, throws } from "../support/assert.ts";
import { startMethods } from "../support/start_methods.ts";
import { suite } from "../support/suite.ts";

const test = suite("seed: PoolTest");
const seed = tasks<typeof import("../fixtures/seed.ts")>(
  new URL("../fixtures/seed.ts", import.meta.url),
);
const needy = tasks<typeof import("../fixtures/modules/needs_preload.ts")>(
  new URL("../fixtures/modules/needs_preload.ts", import.meta.url),
);
const preloaded = new URL("../fixtures/modules/preloaded.ts", import.meta.url);

const TEN = Array.from({ length: 10 }, (_, n) => n);
const DOUBLED = TEN.map((n) => n * 2);

async function list<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const rows: Record<string, (startMethod: StartMethod) => unknown> = {
  async test_pool_worker_max_tasks(startMethod) {
    await using pool = new Pool({
      workers: 1,
      maxTasksPerWorker: 1,
      startMethod,
    });
    is(await pool.apply(seed.mapper, [5]), 10);
    const places = [1, 2].map(() => pool.apply(seed.place));
    is(new Set(await Promise.all(places)).size, 2);
  },

  async test_pool_worker_stop(startMethod) {
    const pool = new Pool({ workers: 1, maxTasksPerWorker: 2, startMethod });
    const first = await pool.apply(seed.place);
    // Alive after one of its two; what is queued comes before the end.
    const rest = [pool.apply(seed.place), pool.apply(seed.place)];
    pool.close();
    await pool.join();
    const [second, third] = await Promise.all(rest);
    is(second, first);
    not.equal(third, first);
  },

  async test_pool_worker_exceptions(startMethod) {
    const pool = new Pool({ workers: 1, startMethod });
    const before = await pool.apply(seed.place);
    const error = await rejects(pool.apply(seed.raises), Error, "raising");
    match(String(error.stack), "RuntimeError: raising");
    is(await pool.apply(seed.place), before);
    pool.close();
    await pool.join();
  },

  async test_pool(startMethod) {
    await using pool = new Pool({
      workers: 2,
      maxTasksPerWorker: 5,
      startMethod,
    });
    is(pool.workers, 2);
    is(new Set(await pool.broadcast(seed.place)).size, 2);
    is(await pool.apply(seed.mapper, [10]), 20);
    equal(await pool.map(seed.mapper, TEN), DOUBLED);
    equal(await pool.starmap(seed.starmapper, [TEN, TEN]), [DOUBLED, DOUBLED]);
  },

  async test_pool_map(startMethod) {
    await using pool = new Pool({ workers: 2, startMethod });
    const result = pool.map(seed.mapper, TEN);
    is(result.constructor.name, "MapResult");
    equal(await result, DOUBLED);
    equal(await list(pool.map(seed.mapper, TEN)), DOUBLED);
  },

  async test_pool_starmap(startMethod) {
    await using pool = new Pool({ workers: 2, startMethod });
    const lists = Array.from({ length: 5 }, () => TEN);
    const expected = lists.map(() => DOUBLED);
    equal(await pool.starmap(seed.starmapper, lists), expected);
    const listed = await list(pool.starmap(seed.starmapper, lists));
    is(listed.length, 5);
    equal(listed, expected);
  },

  async test_pool_exception(startMethod) {
    await using pool = new Pool({ workers: 2, startMethod });
    const error = await rejects(pool.apply(seed.raises), Error);
    is(error.name, "RuntimeError");
    is(error.message, "raising");
    equal((error as Error & { args: unknown }).args, ["raising"]);
  },

  async test_pool_exception_handler(startMethod) {
    await using pool = new Pool({
      workers: 1,
      exceptionHandler: seed.exceptionHandler,
      startMethod,
    });
    const error = await rejects(pool.apply(seed.raises), Error, "raising");
    const place = await pool.apply(seed.place);
    is((error as Error & { handled: string }).handled, `true raising ${place}`);
  },

  test_pool_args(startMethod) {
    throws(
      () => new Pool({ workers: 4, queueCount: 9, startMethod }),
      RangeError,
      "queueCount must be <= workers",
    );
  },

  async test_pool_closed(startMethod) {
    await using pool = new Pool({ workers: 1, startMethod });
    pool.close();
    const closed = [StateError, "pool is closed"] as const;
    await rejects(pool.apply(seed.two), ...closed);
    throws(() => pool.map(seed.mapper, TEN), ...closed);
    throws(() => pool.starmap(seed.starmapper, [TEN]), ...closed);
  },

  async test_pool_early_join(startMethod) {
    await using pool = new Pool({ workers: 1, startMethod });
    await rejects(pool.join(), StateError, "pool is still open");
  },

  async test_pool_uvloop(startMethod) {
    await using pool = new Pool({
      workers: 1,
      preload: [preloaded],
      startMethod,
    });
    is(await pool.apply(needy.preloaded), "yes");
    throws(
      () => new Pool({ loopInitializer: seed.two, startMethod } as never),
      TypeError,
      "there is no option loopInitializer",
    );
  },

  async test_roundrobin_scheduler_one(startMethod) {
    const scheduler = new RoundRobin();
    const qid = scheduler.registerQueue();
    scheduler.registerProcess(qid);
    for (let i = 0; i < 10; i++) is(scheduler.scheduleTask(), qid);
    equal(await queuesOf(1, 10, startMethod), Array(10).fill(0));
  },

  async test_roundrobin_scheduler_two(startMethod) {
    const scheduler = new RoundRobin();
    const [one, two] = [scheduler.registerQueue(), scheduler.registerQueue()];
    not.equal(one, two);
    scheduler.registerProcess(one);
    scheduler.registerProcess(two);
    for (let i = 0; i < 5; i++) {
      is(scheduler.scheduleTask(), one);
      is(scheduler.scheduleTask(), two);
    }
    equal(
      await queuesOf(2, 10, startMethod),
      Array.from({ length: 10 }, (_, i) => i % 2),
    );
  },
};

/** The queues of `count` calls in a pool with so many queues, each with one worker. */
async function queuesOf(
  queueCount: number,
  count: number,
  startMethod: StartMethod,
): Promise<QueueId[]> {
  const chosen: QueueId[] = [];
  class Seen extends RoundRobin {
    override scheduleTask(): QueueId {
      const queue = super.scheduleTask();
      chosen.push(queue);
      return queue;
    }
  }
  await using pool = new Pool({
    workers: queueCount,
    queueCount,
    scheduler: new Seen(),
    startMethod,
  });
  const places = await Promise.all(
    Array.from({ length: count }, () => pool.apply(seed.place)),
  );
  // A queue has one worker, and its tasks run nowhere else.
  const servers = chosen.map((queue) => places[queue]);
  equal(places, servers);
  is(new Set(places).size, queueCount);
  return chosen;
}

for (const startMethod of startMethods) {
  for (const [name, row] of Object.entries(rows)) {
    test(`${name}: ${startMethod}`, () => row(startMethod));
  }
}

test("all rows are here, without the benchmark", () => {
  is(Object.keys(rows).length, 12 + 2);
});
