/** Once on every worker. */
import {
  Pool,
  StateError,
  tasks,
  TaskTimeoutError,
  WorkerLostError,
} from "../../../mod.ts";
import { equal, is, rejects } from "../../support/assert.ts";
import { suite } from "../../support/suite.ts";
import { open, reached, sharedWords } from "../../support/words.ts";

const test = suite("Pool.broadcast");
const math = tasks<typeof import("../../fixtures/arithmetic.ts")>(
  new URL("../../fixtures/arithmetic.ts", import.meta.url),
);
const counting = tasks<typeof import("../../fixtures/counting.ts")>(
  new URL("../../fixtures/counting.ts", import.meta.url),
);
const dying = tasks<typeof import("../../fixtures/dying.ts")>(
  new URL("../../fixtures/dying.ts", import.meta.url),
);
const passing = tasks<typeof import("../../fixtures/passing.ts")>(
  new URL("../../fixtures/passing.ts", import.meta.url),
);
const failing = tasks<typeof import("../../fixtures/failing.ts")>(
  new URL("../../fixtures/failing.ts", import.meta.url),
);

test("runs once on each worker, those that boot included, in their order", async () => {
  await using pool = new Pool({ workers: 3 });
  const first = await pool.broadcast(counting.thread);
  is(new Set(first).size, 3);
  for (let i = 0; i < 20; i++) {
    equal(await pool.broadcast(counting.thread), first);
  }
});

test("carries arguments of every kind to all", async () => {
  await using pool = new Pool({ workers: 2, queueCount: 2 });
  equal(await pool.broadcast(math.add, [1, 2]), [3, 3]);
  equal(await pool.broadcast(math.echo, [{ a: [1] }]), [{ a: [1] }, {
    a: [1],
  }]);
  equal(await pool.broadcast(passing.blobSize, [new Blob(["odd"])]), [3, 3]);
});

test("more than there are cells", async () => {
  await using pool = new Pool({ workers: 4, ringCapacity: 1 });
  const words = sharedWords(1);
  const rounds = Array.from(
    { length: 10 },
    () => pool.broadcast(counting.count, [words, 0]),
  );
  await Promise.all(rounds);
  is(words[0], 40);
});

test("rejects as apply does; the others run all the same", async () => {
  await using pool = new Pool({ workers: 2 });
  await rejects(pool.broadcast(failing.throwsRange, [5]), RangeError);
  await rejects(
    pool.broadcast(math.echo, [() => 1]),
    Error,
    "functions do not travel",
  );
  equal(await pool.broadcast(math.increment, [1]), [2, 2]);
});

test("a worker that dies before it starts is replaced by one that runs it", async () => {
  await using pool = new Pool({ workers: 2, concurrency: 1 });
  const words = sharedWords(3);
  const lost = [0, 0].map(() =>
    rejects(pool.apply(dying.exitsWhen, [words, 0, 1]), WorkerLostError)
  );
  await reached(words, 0, 2);
  const all = pool.broadcast(counting.count, [words, 2]);
  open(words, 1);
  await Promise.all(lost);
  equal(await all, [2, 2]);
  is(words[2], 2);
});

test("a worker that dies of it is a WorkerLostError", async () => {
  await using pool = new Pool({ workers: 1 });
  const error = await rejects(
    pool.broadcast(dying.exits, [3]),
    WorkerLostError,
  );
  is(error.started, true);
  equal(await pool.broadcast(math.increment, [1]), [2]);
});

test("the pool's timeout ends it in each worker", async () => {
  await using pool = new Pool({ workers: 2, timeout: 50, gracePeriod: 0 });
  const error = await rejects(pool.broadcast(dying.hangs), TaskTimeoutError);
  is(error.timeoutMs, 50);
  // The other worker may be about to be ended, with what it runs.
  is(await pool.apply(math.increment, [1], { retries: 4 }), 2);
});

test("the pool's retries try it again, by the successor of a worker that died of it", async () => {
  await using pool = new Pool({ workers: 2, retries: 1 });
  const words = sharedWords(1);
  const before = await pool.broadcast(counting.thread);
  const after = await pool.broadcast(dying.exitsFirst, [words]);
  is(words[0], 3);
  const same = after.filter((thread, place) => thread === before[place]);
  is(same.length, 1);
  equal(await pool.broadcast(counting.thread), after);
});

test("works while workers are recycled", async () => {
  const pool = new Pool({ workers: 2, maxTasksPerWorker: 1 });
  const words = sharedWords(1);
  const rounds = [1, 2, 3].map(() =>
    pool.broadcast(counting.count, [words, 0])
  );
  pool.close();
  await pool.join();
  await Promise.all(rounds);
  is(words[0], 6);
});

test("a closed pool refuses, an ended one rejects", async () => {
  const pool = new Pool({ workers: 1 });
  const call = rejects(pool.broadcast(dying.hangs), StateError);
  pool.terminate();
  await call;
  await rejects(pool.broadcast(counting.thread), StateError, "pool is closed");
  await pool.join();
});
