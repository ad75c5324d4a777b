/** Tasks that submit to their own pool. */
import {
  Pool,
  StateError,
  taskContext,
  tasks,
  WorkerLostError,
} from "../../../mod.ts";
import { equal, is, match, rejects, throws } from "../../support/assert.ts";
import { suite } from "../../support/suite.ts";
import { open, reached, sharedWords } from "../../support/words.ts";

const test = suite("nested calls");
const nesting = tasks<typeof import("../../fixtures/nesting.ts")>(
  new URL("../../fixtures/nesting.ts", import.meta.url),
);
const ONE = { workers: 1, concurrency: 1 };

test("a task waits for a nested one with one worker and concurrency 1", async () => {
  await using pool = new Pool(ONE);
  is(await pool.apply(nesting.depth, [1]), 1);
  is(await pool.apply(nesting.sumOf, [50]), 49 * 50);
});

test("recursion goes as deep as it likes: fib(15) with one worker and concurrency 1", async () => {
  await using pool = new Pool(ONE);
  is(await pool.apply(nesting.fib, [15]), 610);
});

test("fib on several workers, from a map", async () => {
  await using pool = new Pool({ workers: 3, concurrency: 2 });
  equal(
    await pool.map(nesting.fib, [1, 5, 9, 12], { chunkSize: 2 }),
    [1, 5, 34, 144],
  );
});

test("waiting tasks may take every cell: what they wait for runs all the same", async () => {
  for (const workers of [1, 2]) {
    await using pool = new Pool({ workers, concurrency: 1, ringCapacity: 8 });
    is(await pool.apply(nesting.depth, [50]), 50);
    is(await pool.apply(nesting.fib, [10]), 55);
    const many = Array.from({ length: 40 }, () => pool.apply(nesting.fib, [4]));
    equal(new Set(await Promise.all(many)), new Set([3]));
    is(await pool.apply(nesting.sumOf, [100, { chunkSize: 7 }]), 9900);
  }
});

test("a worker that takes no more tasks runs what its own wait for", async () => {
  await using pool = new Pool({
    workers: 1,
    concurrency: 4,
    maxTasksPerWorker: 3,
  });
  const calls = [1, 2, 3, 4, 5, 6, 7].map((n) => pool.apply(nesting.fib, [n]));
  equal(await Promise.all(calls), [1, 1, 2, 3, 5, 8, 13]);
});

test("several queues: a nested call may go to another one", async () => {
  await using pool = new Pool({ workers: 2, queueCount: 2, concurrency: 1 });
  const calls = [9, 9, 9, 9].map((n) => pool.apply(nesting.fib, [n]));
  equal(await Promise.all(calls), [34, 34, 34, 34]);
});

test("a nested map is awaited and iterated, and leaving it closes its source", async () => {
  await using pool = new Pool(ONE);
  equal(await pool.apply(nesting.iterates), [2, 4, 6, "a1", "b2"]);
  is(await pool.apply(nesting.leavesEarly), true);
  equal(await pool.apply(nesting.settles), ["1 is odd", 2, "3 is odd", 4]);
  is(await pool.apply(nesting.sumOf, [3000]), 2999 * 3000);
});

test("errors of nested tasks arrive as they were, with both call sites", async () => {
  await using pool = new Pool(ONE);
  const found = await pool.apply(nesting.catches) as [
    boolean,
    string,
    string,
    string,
  ][];
  equal(found.map(([range, name]) => [range, name]), [
    [true, "RangeError"],
    [false, "ProxyError"],
    [false, "TaskLookupError"],
    [false, "CodecError"],
    [false, "CodecError"],
  ]);
  const [range, , lookup, argument, result] = found.map((each) => each[2]);
  is(range, "out of range: 1");
  match(lookup as string, "Cannot find task notThere");
  match(argument as string, "args[0].fn");
  match(result as string, "result");
  match(found[0]?.[3] as string, /failing[^]*--- pool\.apply ---[^]*nesting/);
  const error = await rejects(pool.apply(nesting.rethrows), RangeError);
  match(error.stack ?? "", "nested_suite");
});

test("shared memory and platform values travel through nested calls", async () => {
  await using pool = new Pool({ workers: 2, concurrency: 1 });
  const words = sharedWords(1);
  is(await pool.apply(nesting.shares, [words]), true);
  is(words[0], 7);
  is(await pool.apply(nesting.platform), "nested");
});

test("taskContext() works until the first await of a task, and only in one", async () => {
  const refused = throws(() => taskContext(), StateError, "no task runs here");
  is(refused.code, "not_in_task");
  await using pool = new Pool(ONE);
  is(await pool.apply(nesting.contextAfterAwait), "not_in_task 1");
  is(await pool.apply(nesting.contextInSync), 1);
  equal([...await pool.map(nesting.contextInSync as never, [1, 2])], [1, 1]);
});

test("close() accepts what running tasks submit", async () => {
  const pool = new Pool(ONE);
  const waiting = pool.apply(nesting.fib, [8]);
  const mapped = pool.map(nesting.fib, [6, 7]);
  const words = sharedWords(1);
  const left = pool.apply(nesting.leavesBehind, [words]);
  // A map pulls its items later, so begin it before the close.
  await Promise.resolve();
  pool.close();
  await rejects(pool.apply(nesting.fib, [1]), StateError);
  is(await waiting, 21);
  equal(await mapped, [8, 13]);
  await left;
  await pool.join();
  is(words[0], 1);
});

test("terminate() settles a task that waits for a nested one", async () => {
  const pool = new Pool({ workers: 2, concurrency: 2 });
  const words = sharedWords(1);
  const call = pool.apply(nesting.waitsForever, [words]);
  await reached(words, 0, 1);
  pool.terminate();
  const error = await rejects(call, StateError);
  is(error.code, "pool_closed");
  await pool.join();
});

test("a worker that dies with nested calls takes nothing with it", async () => {
  await using pool = new Pool({ workers: 2, concurrency: 4 });
  for (let i = 0; i < 3; i++) {
    await rejects(pool.apply(nesting.dies), WorkerLostError);
    await rejects(pool.apply(nesting.diesWaiting), WorkerLostError);
    is(await pool.apply(nesting.fib, [5]), 5);
  }
  // Everything it left is gone: the pool closes.
  pool.close();
  await pool.join();
});

test("an answer reaches a worker that is full", async () => {
  await using pool = new Pool({ workers: 2, concurrency: 2 });
  const words = sharedWords(3);
  const call = pool.apply(nesting.hearsWhenFull, [words]);
  await reached(words, 2, 1);
  // Two for each worker and one more for the one that waits: five in all.
  const fill = [1, 2, 3, 4].map(() => pool.apply(nesting.waits, [words, 1]));
  await reached(words, 2, 4);
  open(words, 0);
  is(await call, "heard");
  open(words, 1);
  await Promise.all(fill);
});

test("the pool of a task that has ended refuses calls instead of losing them", async () => {
  await using pool = new Pool(ONE);
  const words = sharedWords(1);
  await pool.apply(nesting.usesItLater, [words]);
  await reached(words, 0, 1);
});

test("retryIf, which cannot travel, is refused by every nested call", async () => {
  await using pool = new Pool(ONE);
  equal(
    await pool.apply(nesting.wishesToRetry),
    ["apply", "map", "starmap"].map((verb) =>
      `TypeError: Cannot ${verb} a task: retryIf is a function and does not travel, leave it out inside a task`
    ),
  );
});
