/** Schedulers at work: by load, by key, and those that go wrong. */
import {
  Keyed,
  LeastLoaded,
  Pool,
  type PoolOptions,
  type QueueId,
  RoundRobin,
  type ScheduleOptions,
  type Task,
  type TaskId,
  tasks,
} from "../../../mod.ts";
import { equal, is, ok, rejects, throws } from "../../support/assert.ts";
import { suite } from "../../support/suite.ts";
import { warned } from "../../support/warnings.ts";
import { open, reached, sharedWords } from "../../support/words.ts";

const test = suite("Schedulers");
const math = tasks<typeof import("../../fixtures/arithmetic.ts")>(
  new URL("../../fixtures/arithmetic.ts", import.meta.url),
);
const counting = tasks<typeof import("../../fixtures/counting.ts")>(
  new URL("../../fixtures/counting.ts", import.meta.url),
);
const failing = tasks<typeof import("../../fixtures/failing.ts")>(
  new URL("../../fixtures/failing.ts", import.meta.url),
);
const dying = tasks<typeof import("../../fixtures/dying.ts")>(
  new URL("../../fixtures/dying.ts", import.meta.url),
);
const hooks = tasks<typeof import("../../fixtures/hooks.ts")>(
  new URL("../../fixtures/hooks.ts", import.meta.url),
);

test("LeastLoaded names the queue with the fewest unfinished tasks per worker", () => {
  const scheduler = new LeastLoaded();
  const [one, two] = [scheduler.registerQueue(), scheduler.registerQueue()];
  for (const queue of [one, two, one]) scheduler.registerProcess(queue);
  const named = [1, 2, 3, 4, 5, 6].map((id) => scheduler.scheduleTask(id));
  is(named.filter((queue) => queue === one).length, 4);
  for (let i = 0; i < 6; i++) {
    if (named[i] === two) scheduler.completeTask(i + 1);
  }
  equal([7, 8].map((id) => scheduler.scheduleTask(id)), [two, two]);
  scheduler.completeTask(99);
});

test("LeastLoaded counts the items of a chunk, and serves equals by turns", () => {
  const scheduler = new LeastLoaded();
  const queues = [scheduler.registerQueue(), scheduler.registerQueue()];
  for (const queue of queues) scheduler.registerProcess(queue);
  const first = scheduler.scheduleTask(1, undefined, [], { items: 3 });
  const rest = [2, 3, 4].map((id) => scheduler.scheduleTask(id));
  ok(rest.every((queue) => queue !== first));
  for (const id of [1, 2, 3, 4]) scheduler.completeTask(id);
  const alone = [5, 6].map((id) => {
    const queue = scheduler.scheduleTask(id);
    scheduler.completeTask(id);
    return queue;
  });
  is(new Set(alone).size, 2);
});

test("LeastLoaded leaves a worker alone that is busy", async () => {
  await using pool = new Pool({
    workers: 2,
    queueCount: 2,
    scheduler: new LeastLoaded(),
  });
  const words = sharedWords(2);
  const busy = pool.apply(counting.countAndBlock, [words, 0, 1]);
  await reached(words, 0, 1);
  // By turns, every other one of these would wait for the busy worker for ever.
  for (let i = 0; i < 10; i++) is(await pool.apply(math.increment, [i]), i + 1);
  open(words, 1);
  await busy;
});

test("Keyed names the same queue for the same key", () => {
  const scheduler = new Keyed();
  for (let i = 0; i < 4; i++) scheduler.registerQueue();
  const object = {};
  const keys = [1, "1", null, true, 10n, object, () => 1, Symbol("key"), NaN];
  const named = (key: unknown): QueueId =>
    scheduler.scheduleTask(1, undefined, [], { key });
  const first = keys.map(named);
  equal(keys.map(named), first);
  ok(first.every((queue) => queue >= 0 && queue < 4));
  const spread = Array.from({ length: 200 }, (_, n) => named(`user ${n}`));
  for (let queue = 0; queue < 4; queue++) {
    const share = spread.filter((one) => one === queue).length;
    ok(share > 20, `queue ${queue} got ${share} of 200`);
  }
  const turns = Array.from({ length: 8 }, () => scheduler.scheduleTask(1));
  is(new Set(turns).size, 4);
});

test("Keyed: the same key, the same worker", async () => {
  await using pool = new Pool({ workers: 3, scheduler: new Keyed() });
  is(pool.queueCount, 3);
  const seen = new Map<number, Set<number>>();
  await Promise.all(Array.from({ length: 90 }, async (_, n) => {
    const key = n % 9;
    const thread = n % 2 === 0
      ? await pool.apply(counting.thread, [], { key })
      // Not for the rings: these must not go astray either.
      : await pool.apply(hooks.threadOf, [new Blob(["odd"])], { key });
    const threads = seen.get(key) ?? new Set();
    seen.set(key, threads.add(thread));
  }));
  ok([...seen.values()].every((threads) => threads.size === 1));
  ok(new Set([...seen.values()].flatMap((threads) => [...threads])).size > 1);
});

test("Keyed: items of a map go by their key, in chunks of one key", async () => {
  const chunks: [unknown, number | undefined][] = [];
  class Watched extends Keyed {
    override scheduleTask(
      id: TaskId,
      task: Task,
      args: readonly unknown[],
      options: ScheduleOptions,
    ): QueueId {
      chunks.push([options.key, options.items]);
      is(args.length, options.items);
      return super.scheduleTask(id, task, args, options);
    }
  }
  await using pool = new Pool({ workers: 2, scheduler: new Watched() });
  const items = [1, 1, 1, 2, 2, 3];
  const threads = await pool.map(hooks.threadOf, items, {
    chunkSize: 6,
    key: (item: number) => item,
  });
  equal(chunks, [[1, 3], [2, 2], [3, 1]]);
  is(new Set(threads.slice(0, 3)).size, 1);
  is(new Set(threads.slice(3, 5)).size, 1);
  const all = await pool.map(hooks.threadOf, items, { key: "all" });
  is(new Set(all).size, 1);
});

test("a key function that throws fails its item", async () => {
  await using pool = new Pool({ workers: 2, scheduler: new Keyed() });
  const key = (item: number, index: number): number => {
    if (item === 20) throw new RangeError(`no key for ${index}`);
    return item;
  };
  const found: string[] = [];
  const map = pool.map(math.increment, [10, 20, 30], { key, chunkSize: 3 });
  for await (const one of map.settled()) {
    found.push(one.status === "fulfilled" ? `${one.value}` : `${one.reason}`);
  }
  equal(found, ["11", "RangeError: no key for 1", "31"]);
});

test("a worker's replacement inherits its keys", async () => {
  await using pool = new Pool({ workers: 2, scheduler: new Keyed() });
  const [one, two] = ["a", "b", "c", "d", "e", "f"];
  const threads = await Promise.all(
    [one, two].map((key) => pool.apply(counting.thread, [], { key })),
  );
  await rejects(pool.apply(dying.exits, [1], { key: one }));
  const after = await pool.apply(counting.thread, [], { key: one });
  ok(!threads.includes(after));
  is(await pool.apply(counting.thread, [], { key: one }), after);
});

const wrong: [PoolOptions, typeof Error, string][] = [
  [
    { workers: 3, queueCount: 2, scheduler: new Keyed() },
    RangeError,
    "the scheduler wants a queue per worker, found 2 queues for 3 workers",
  ],
  [
    { scheduler: {} as never },
    TypeError,
    "scheduler must have the methods registerQueue, registerProcess, scheduleTask, completeTask, found no registerQueue",
  ],
  [{ scheduler: 5 as never }, TypeError, "found no registerQueue"],
  [{ maxTasksPerWorker: -1 }, RangeError, "maxTasksPerWorker must be"],
  [{ maxTasksPerWorker: 0.5 }, RangeError, "found 0.5"],
  [{ finalizer: (() => {}) as never }, TypeError, "Cannot finalize workers"],
  [{ exceptionHandler: 5 as never }, TypeError, "Cannot handle errors with"],
];

wrong.forEach(([options, Class, text], at) => {
  test(`wrong options ${at}: ${text}`, () => {
    is(throws(() => new Pool(options), Class, text).constructor, Class);
  });
});

test("two queues of one name are refused", () => {
  class Same extends RoundRobin {
    override registerQueue(): QueueId {
      return 7;
    }
  }
  throws(
    () => new Pool({ workers: 2, queueCount: 2, scheduler: new Same() }),
    RangeError,
    "the scheduler gave two queues the id 7",
  );
});

test("apply refuses options it does not know", async () => {
  await using pool = new Pool({ workers: 1 });
  await rejects(
    pool.apply(math.increment, [1], { kye: 1 } as never),
    TypeError,
    "Cannot apply a task: there is no option kye, the options are key",
  );
});

/** Throws, or names what is not there, for what it is told to. */
class Moody extends RoundRobin {
  readonly open = new Set<TaskId>();
  mood: "fine" | "throws" | "astray" | "throws later" = "fine";

  override scheduleTask(id?: TaskId): QueueId {
    if (this.mood === "throws") throw new RangeError("moody");
    this.open.add(id as TaskId);
    return this.mood === "astray" ? 99 : super.scheduleTask();
  }

  override completeTask(id?: TaskId): void {
    if (!this.open.delete(id as TaskId)) throw new Error(`twice: ${id}`);
    if (this.mood === "throws later") throw new RangeError("moody later");
  }
}

for (
  const [mood, text] of [["throws", "moody"], [
    "astray",
    "the scheduler named queue 99, there are 0, 1",
  ]] as const
) {
  test(`a scheduler that is ${mood} fails that call and that chunk only`, async () => {
    const scheduler = new Moody();
    const pool = new Pool({ workers: 2, queueCount: 2, scheduler });
    const before = pool.apply(math.increment, [1]);
    scheduler.mood = mood;
    await rejects(pool.apply(math.increment, [1]), RangeError, text);
    await rejects(pool.apply(math.echo, ["text"]), RangeError, text);
    const map = pool.map(math.increment, [1, 2, 3], { chunkSize: 3 });
    const statuses: string[] = [];
    for await (const one of map.settled()) statuses.push(one.status);
    equal(statuses, ["rejected", "rejected", "rejected"]);
    scheduler.mood = "fine";
    is(await pool.apply(math.increment, [1]), 2);
    is(await before, 2);
    pool.close();
    await pool.join();
    is(scheduler.open.size, 0);
  });
}

test("every task that was scheduled is completed once, however it ends", async () => {
  const scheduler = new Moody();
  const pool = new Pool({ workers: 2, queueCount: 2, scheduler });
  await rejects(pool.apply(failing.throwsRange, [1]));
  await rejects(pool.apply(math.echo, [() => 1]));
  await rejects(pool.apply(dying.exits, [1]));
  await rejects(pool.map(math.echo, [1, () => 2, 3], { chunkSize: 3 }).then());
  await pool.broadcast(math.increment, [1]);
  await Promise.all(
    Array.from({ length: 50 }, (_, n) => pool.apply(math.increment, [n])),
  );
  const lost = rejects(pool.apply(dying.hangs));
  pool.terminate();
  await lost;
  await pool.join();
  is(scheduler.open.size, 0);
});

test("a completeTask that throws is one warning, and changes nothing", async () => {
  const scheduler = new Moody();
  await using pool = new Pool({ workers: 2, queueCount: 2, scheduler });
  scheduler.mood = "throws later";
  const warning = warned("moody later");
  for (let i = 0; i < 5; i++) is(await pool.apply(math.increment, [i]), i + 1);
  is(
    (await warning).message,
    "Cannot tell the scheduler that increment settled: completeTask failed with RangeError: moody later",
  );
});
