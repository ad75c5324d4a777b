/** Loops over ranges: who runs what, how they end, and what they refuse. */
import {
  Pool,
  ProxyError,
  StateError,
  TaskLookupError,
  tasks,
  TaskTimeoutError,
  WorkerLostError,
} from "../../../mod.ts";
import { equal, is, match, ok, rejects } from "../../support/assert.ts";
import { suite } from "../../support/suite.ts";
import { open, reached, sharedWords } from "../../support/words.ts";

const test = suite("parallelFor");
const loops = tasks<typeof import("../../fixtures/loops.ts")>(
  new URL("../../fixtures/loops.ts", import.meta.url),
);
const counting = tasks<typeof import("../../fixtures/counting.ts")>(
  new URL("../../fixtures/counting.ts", import.meta.url),
);
const math = tasks<typeof import("../../fixtures/arithmetic.ts")>(
  new URL("../../fixtures/arithmetic.ts", import.meta.url),
);
const missing = tasks<{ kernel(from: number, to: number): void }>(
  new URL("../../fixtures/modules/not_there.ts", import.meta.url),
);
const SCHEDULES = ["static", "dynamic", "guided"] as const;
type Ranged = Error & { range?: [number, number] };

function bytes(length: number): Uint8Array<SharedArrayBuffer> {
  return new Uint8Array(new SharedArrayBuffer(length));
}

const RANGES: readonly (number | readonly [number, number])[] = [
  ...[0, 1, 2, 3, 1000],
  ...[[5, 5], [-3, 40], [2 ** 40, 2 ** 40 + 301]] as const,
  [Number.MAX_SAFE_INTEGER - 9, Number.MAX_SAFE_INTEGER],
];

for (const workers of [1, 2, 3]) {
  test(`${workers} workers visit every item of every range once, whatever the schedule and the grain`, async () => {
    await using pool = new Pool({ workers });
    for (const range of RANGES) {
      const [from, to] = typeof range === "number" ? [0, range] : range;
      for (const schedule of SCHEDULES) {
        for (const grain of [undefined, 1, 7, 1e9]) {
          const options = { schedule, ...(grain && { grain }) };
          const visits = bytes(to - from);
          const kernel = grain === 7 ? loops.visitLater : loops.visit;
          await pool.parallelFor(kernel, range, [from, visits], options);
          const text = `${range} ${schedule} ${grain}`;
          is(visits.every((count) => count === 1), true, text);
        }
      }
    }
  });
}

test("the kernel gets at most `grain` items, and ranges begin at multiples of it", async () => {
  await using pool = new Pool({ workers: 2 });
  for (const schedule of SCHEDULES) {
    const words = sharedWords(4);
    words[2] = 10;
    await pool.parallelFor(loops.measure, 1005, [words], {
      schedule,
      grain: 10,
    });
    equal([...words], [10, 101, 10, 0], schedule);
  }
});

test("by default a worker gets 64 grains", async () => {
  await using pool = new Pool({ workers: 2 });
  const words = sharedWords(4);
  words[2] = 50;
  await pool.parallelFor(loops.measure, 128 * 50, [words]);
  equal([...words], [50, 128, 50, 0]);
});

test("the host has no part in it: a loop goes on while its thread is blocked", async () => {
  await using pool = new Pool({ workers: 2 });
  const words = sharedWords(1);
  const loop = pool.parallelFor(loops.dawdle, 20, [words]);
  await reached(words, 0, 1);
  for (let done; (done = Atomics.load(words, 0)) < 20;) {
    Atomics.wait(words, 0, done);
  }
  await loop;
});

test("an abort stops every worker within one grain", async () => {
  await using pool = new Pool({ workers: 2, gracePeriod: 60_000 });
  for (const schedule of SCHEDULES) {
    const words = sharedWords(2);
    const controller = new AbortController();
    const options = { schedule, grain: 1, signal: controller.signal };
    const loop = pool.parallelFor(loops.hold, 1000, [words], options);
    await reached(words, 0, 2);
    const reason = new Error("enough");
    controller.abort(reason);
    is(await rejects(loop), reason);
    open(words, 1);
    // Their workers answer again, so they have stopped.
    await pool.broadcast(math.nothing);
    is(words[0], 2, schedule);
  }
});

test("a signal that has fired stops a loop before it begins", async () => {
  await using pool = new Pool({ workers: 1 });
  const words = sharedWords(1);
  const signal = AbortSignal.abort(new Error("never mind"));
  const loop = pool.parallelFor(loops.dawdle, 9, [words], { signal });
  await rejects(loop, Error, "never mind");
  await pool.broadcast(math.nothing);
  is(words[0], 0);
});

test("an error stops the others within one grain, and the loop settles when they have stopped", async () => {
  await using pool = new Pool({ workers: 3, exceptionHandler: loops.letGo });
  const words = sharedWords(2);
  const loop = pool.parallelFor(loops.holdOrThrow, 1000, [words, 3], {
    grain: 1,
  });
  const error: Ranged = await rejects(loop, RangeError, "no item 0");
  is(words[0], 3);
  equal(error.range, [0, 1]);
});

for (const later of [false, true]) {
  test(`an error arrives as it was, with the range it came from${later ? ", from a promise" : ""}`, async () => {
    await using pool = new Pool({ workers: 2 });
    const error: Ranged = await rejects(
      pool.parallelFor(loops.throwsAt, [100, 1000], [345, later], {
        grain: 10,
      }),
      RangeError,
      "no item 345",
    );
    is(error.constructor, RangeError);
    equal(error.range, [340, 350]);
    match(error.stack ?? "", "throwsAt");
    match(error.stack ?? "", "items 340 to 349 of pool.parallelFor");
    match(error.stack ?? "", "parallel_for_suite");
  });
}

test("what is no error arrives as ProxyError, with its range", async () => {
  await using pool = new Pool({ workers: 1 });
  const error = await rejects(
    pool.parallelFor(loops.throwsText, 9, [], { grain: 1 }),
    ProxyError,
  );
  is(error.value, "no four");
  equal((error as Ranged).range, [4, 5]);
  match(error.stack ?? "", "item 4 of pool.parallelFor");
});

test("a worker that dies fails its loop with the range it died in, and is replaced", async () => {
  await using pool = new Pool({ workers: 2 });
  for (const schedule of SCHEDULES) {
    const options = { schedule, grain: 10 };
    const loop = pool.parallelFor(loops.exitsAt, 1000, [555], options);
    const error = await rejects(loop, WorkerLostError, "at items 550 to 559");
    is(error.started, true);
    equal((error as Ranged).range, [550, 560]);
    const visits = bytes(100);
    await pool.parallelFor(loops.visit, 100, [0, visits]);
    is(visits.every((count) => count === 1), true);
  }
});

test("a loop does not wait for a worker that is busy, and that one finds nothing left", async () => {
  await using pool = new Pool({ workers: 2, concurrency: 1 });
  const words = sharedWords(2);
  const busy = pool.apply(counting.countAndBlock, [words, 0, 1]);
  await reached(words, 0, 1);
  for (const schedule of SCHEDULES) {
    const visits = bytes(500);
    await pool.parallelFor(loops.visit, 500, [0, visits], { schedule });
    is(visits.every((count) => count === 1), true);
  }
  const ranges = sharedWords(4);
  ranges[2] = 1;
  await pool.parallelFor(loops.measure, 50, [ranges], { grain: 1 });
  open(words, 1);
  await busy;
  await pool.broadcast(math.nothing);
  is(ranges[1], 50);
});

test("nor for one that became busy between two of its ranges", async () => {
  await using pool = new Pool({ workers: 2 });
  const words = sharedWords(1);
  const gate = sharedWords(2);
  const loop = pool.parallelFor(loops.dawdle, 30, [words], { grain: 1 });
  await reached(words, 0, 2);
  const busy = pool.apply(counting.countAndBlock, [gate, 0, 1]);
  await reached(gate, 0, 1);
  await loop;
  is(words[0], 30);
  is(Atomics.load(gate, 1), 0);
  open(gate, 1);
  await busy;
});

test("nor for one that became busy after the last range of all", async () => {
  await using pool = new Pool({ workers: 2, concurrency: 2 });
  const words = sharedWords(2);
  const gate = sharedWords(2);
  const loop = pool.parallelFor(loops.lastWaits, 2, [words], { grain: 1 });
  await reached(words, 0, 1);
  // The other member has found nothing more, and the host has heard of it.
  for (let i = 0; i < 2; i++) is(await pool.apply(math.increment, [1]), 2);
  const args = [gate, 0, 1] as const;
  const first = pool.apply(counting.countAndBlock, [...args]);
  await reached(gate, 0, 1);
  const second = pool.apply(counting.countAndBlock, [...args]);
  open(words, 1);
  await reached(gate, 0, 2);
  await loop;
  is(Atomics.load(gate, 1), 0);
  open(gate, 1);
  await Promise.all([first, second]);
});

test("other tasks of a worker get their turn while a loop runs", async () => {
  await using pool = new Pool({ workers: 1 });
  const words = sharedWords(1);
  const loop = pool.parallelFor(loops.dawdle, 20, [words], { grain: 1 });
  await reached(words, 0, 1);
  is(await pool.apply(math.increment, [1]), 2);
  ok(Atomics.load(words, 0) < 20);
  await loop;
});

test("loops at the same time do not see each other", async () => {
  await using pool = new Pool({ workers: 2 });
  const visits = Array.from({ length: 20 }, () => bytes(1000));
  await Promise.all(visits.map((each, i) => {
    const schedule = SCHEDULES[i % 3] as typeof SCHEDULES[number];
    const options = { schedule, grain: 1 + i };
    return pool.parallelFor(loops.visitLater, 1000, [0, each], options);
  }));
  for (const each of visits) is(each.every((count) => count === 1), true);
});

test("loops after one another share their memory", async () => {
  await using pool = new Pool({ workers: 2 });
  const visits = bytes(100);
  await pool.parallelFor(loops.visit, 100, [0, visits]);
  const Original = globalThis.SharedArrayBuffer;
  let made = 0;
  globalThis.SharedArrayBuffer = new Proxy(Original, {
    construct(target, args, self) {
      made++;
      return Reflect.construct(target, args, self);
    },
  });
  try {
    for (let i = 0; i < 50; i++) {
      await pool.parallelFor(loops.visit, 100, [0, visits]);
    }
  } finally {
    globalThis.SharedArrayBuffer = Original;
  }
  // One more while a worker has not yet said that its part of the last is done.
  ok(made < 5, `${made} were made`);
});

test("a kernel is a task in each of its ranges", async () => {
  await using pool = new Pool({ workers: 2 });
  const workers = sharedWords(40);
  await pool.parallelFor(loops.context, 40, [workers], { grain: 1 });
  is(workers.every((id) => id === 1 || id === 2), true);
});

test("its kernels are asked to stop by a signal and by the timeout of the loop or of the pool", async () => {
  const limit = { timeout: 30 };
  const late = (error: unknown): boolean | Promise<never> =>
    error instanceof TaskTimeoutError || Promise.reject(error);
  for (const [own, pools] of [[limit, {}], [{}, limit]]) {
    await using pool = new Pool({ workers: 2, gracePeriod: 60_000, ...pools });
    const words = sharedWords(2);
    const options = { grain: 1, ...own };
    const loop = pool.parallelFor(loops.untilStopped, 100, [words], options);
    const error = await rejects(loop, TaskTimeoutError, "untilStopped");
    is(error.timeoutMs, 30);
    // The timeout of the pool is that of this call too, which waits for both.
    while (await pool.broadcast(math.nothing).catch(late) === true);
    await reached(words, 1, words[0] as number);
    ok((words[0] as number) <= 2);
  }
  await using pool = new Pool({ workers: 2, gracePeriod: 60_000 });
  const words = sharedWords(2);
  const controller = new AbortController();
  const { signal } = controller;
  const options = { grain: 1, signal };
  const loop = pool.parallelFor(loops.untilStopped, 100, [words], options);
  await reached(words, 0, 2);
  controller.abort(new Error("stop"));
  await rejects(loop, Error, "stop");
  await reached(words, 1, 2);
});

test("workers that take few tasks are replaced between loops", async () => {
  await using pool = new Pool({ workers: 2, maxTasksPerWorker: 1 });
  for (let i = 0; i < 4; i++) {
    const visits = bytes(300);
    await pool.parallelFor(loops.visit, 300, [0, visits], { grain: 1 });
    is(visits.every((count) => count === 1), true);
  }
});

test("a loop may go to workers of several queues, and a scheduler hears nothing of it", async () => {
  await using pool = new Pool({ workers: 3, queueCount: 3 });
  const visits = bytes(300);
  await pool.parallelFor(loops.visit, 300, [0, visits], { grain: 1 });
  is(visits.every((count) => count === 1), true);
});

test("close() lets a loop finish, terminate() ends it", async () => {
  const pool = new Pool({ workers: 2 });
  const words = sharedWords(1);
  const loop = pool.parallelFor(loops.dawdle, 10, [words], { grain: 1 });
  pool.close();
  await rejects(
    pool.parallelFor(loops.dawdle, 10, [words]),
    StateError,
    "Cannot parallelFor a task: pool is closed",
  );
  await pool.join();
  await loop;
  is(words[0], 10);
  const other = new Pool({ workers: 2 });
  const begun = sharedWords(2);
  const ended = other.parallelFor(loops.untilStopped, 10, [begun]);
  const another = other.parallelFor(loops.untilStopped, 10, [sharedWords(2)]);
  await reached(begun, 0, 1);
  const errors = [ended, another].map((each) =>
    rejects(each, StateError, "is terminated")
  );
  other.terminate();
  for (const error of await Promise.all(errors)) {
    is((error as Ranged).range, undefined);
  }
  await other.join();
});

test("a kernel that is not there fails the loop as it fails a call", async () => {
  await using pool = new Pool({ workers: 2 });
  const error: Ranged = await rejects(
    pool.parallelFor(missing.kernel, 10),
    TaskLookupError,
    "there is no module",
  );
  is(error.range, undefined);
});
