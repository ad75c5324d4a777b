/** Calls that are stopped, run too long, or are tried again. */
import {
  Pool,
  tasks,
  TaskTimeoutError,
  WorkerLostError,
} from "../../../mod.ts";
import { Will } from "../../../src/pool/will.ts";
import { equal, instance, is, match, rejects } from "../../support/assert.ts";
import { Meeting } from "../../support/meeting.ts";
import { startMethods } from "../../support/start_methods.ts";
import { suite } from "../../support/suite.ts";
import { open as openGate, reached, sharedWords } from "../../support/words.ts";

const test = suite("Pool wills");
const stopping = tasks<typeof import("../../fixtures/stopping.ts")>(
  new URL("../../fixtures/stopping.ts", import.meta.url),
);
const meeting = tasks<typeof import("../../fixtures/meeting.ts")>(
  new URL("../../fixtures/meeting.ts", import.meta.url),
);
const sleeping = tasks<typeof import("../../fixtures/sleeping.ts")>(
  new URL("../../fixtures/sleeping.ts", import.meta.url),
);

const moving = tasks<typeof import("../../fixtures/moving.ts")>(
  new URL("../../fixtures/moving.ts", import.meta.url),
);

test("wrong wishes are refused before any work", async () => {
  await using pool = new Pool({ workers: 1 });
  const call = (options: object) =>
    pool.apply(stopping.throwsUntil, [1], options);
  match((await rejects(call({ timeout: 0 }), RangeError)).message, "timeout");
  match((await rejects(call({ timeout: "1" }), TypeError)).message, "timeout");
  match((await rejects(call({ retries: -1 }), RangeError)).message, "retries");
  match(
    (await rejects(call({ signal: {} }), TypeError)).message,
    "AbortSignal",
  );
  match((await rejects(call({ retryIf: 1 }), TypeError)).message, "function");
  is(await pool.apply(stopping.throwsUntil, [1]), 1);
});

test("a signal that has fired keeps a call from being queued", async () => {
  await using pool = new Pool({ workers: 1 });
  const reason = new RangeError("no");
  const signal = AbortSignal.abort(reason);
  is(await rejects(pool.apply(stopping.throwsUntil, [1], { signal })), reason);
  is(await rejects(pool.map(stopping.throwsUntil, [1], { signal })), reason);
});

test("a reason that ends many calls tells of one call site, not of all", async () => {
  await using pool = new Pool({ workers: 1, concurrency: 1 });
  const control = new AbortController();
  const { signal } = control;
  const reason = new RangeError("enough");
  const calls = Array.from(
    { length: 200 },
    () => rejects(pool.apply(sleeping.sleep, [1e6], { signal })),
  );
  const map = rejects(pool.map(sleeping.sleep, [1e6, 1e6], { signal }));
  control.abort(reason);
  for (const error of [...await Promise.all(calls), await map]) {
    is(error, reason);
  }
  const sites = String(reason.stack).split("--- pool.").length - 1;
  is(sites, 1, `${sites} call sites`);
});

/** Aborts a call whose task runs, and goes on. */
async function abortIgnoring(pool: Pool, place: Meeting): Promise<void> {
  const control = new AbortController();
  const { signal } = control;
  const call = pool.apply(stopping.ignores, [place.path], { signal });
  await place.arrived("ignores");
  const refused = rejects(call);
  control.abort();
  await refused;
}

for (const startMethod of startMethods) {
  const open = (options: object = {}): Pool =>
    new Pool({ workers: 1, startMethod, gracePeriod: 50, ...options });

  test(`a queued call is taken back, the others stay: ${startMethod}`, async () => {
    await using place = await Meeting.open();
    await using pool = open({ concurrency: 1 });
    const holds = pool.apply(meeting.pass, [place.path, "holds"]);
    await place.arrived("holds");
    const control = new AbortController();
    const { signal } = control;
    const queued = pool.apply(meeting.knock, [place.path, "taken"], { signal });
    const after = pool.apply(meeting.knock, [place.path, "after"]);
    const refused = rejects(queued, RangeError);
    control.abort(new RangeError("enough"));
    is((await refused).message, "enough");
    place.release("holds");
    await holds;
    is(await after, "after");
    equal(place.names, ["holds", "after"]);
  });

  test(`a running task hears why it is to stop, and its worker lives: ${startMethod}`, async () => {
    await using place = await Meeting.open();
    await using pool = open({ gracePeriod: 60_000 });
    const [before] = await Promise.all([pool.apply(meeting.pid)]);
    const control = new AbortController();
    const { signal } = control;
    const call = pool.apply(stopping.untilStopped, [place.path], { signal });
    await place.arrived("waits");
    const refused = rejects(call, RangeError);
    control.abort(new RangeError("enough"));
    is((await refused).message, "enough");
    await place.arrived("RangeError: enough");
    is(await pool.apply(meeting.pid), before);
  });

  test(`a full worker hears it too: ${startMethod}`, async () => {
    await using place = await Meeting.open();
    await using pool = open({ concurrency: 1, gracePeriod: 60_000 });
    const control = new AbortController();
    const { signal } = control;
    const call = pool.apply(stopping.untilStopped, [place.path], { signal });
    await place.arrived("waits");
    const refused = rejects(call);
    control.abort(new RangeError("enough"));
    await refused;
    await place.arrived("RangeError: enough");
  });

  test(`a loop that never yields sees it: ${startMethod}`, async () => {
    await using place = await Meeting.open();
    await using pool = open({ gracePeriod: 60_000 });
    const control = new AbortController();
    const { signal } = control;
    const call = pool.apply(stopping.spinsUntilStopped, [place.path], {
      signal,
    });
    await place.arrived("spins");
    const refused = rejects(call);
    control.abort();
    await refused;
    await place.arrived("saw true");
  });

  test(`a task that never ends costs its worker and no task that waits: ${startMethod}`, async () => {
    await using place = await Meeting.open();
    await using pool = open({ concurrency: 1 });
    const error = await rejects(
      pool.apply(stopping.spins, [place.path], { timeout: 20 }),
      TaskTimeoutError,
    );
    is(error.code, "timeout");
    is(error.timeoutMs, 20);
    match(
      error.message,
      "Cannot finish spins: it ran longer than its timeout of 20 ms",
    );
    equal(
      await Promise.all(
        ["a", "b"].map((name) => pool.apply(meeting.knock, [place.path, name])),
      ),
      ["a", "b"],
    );
  });

  test(`one that ignores its signal leaves its neighbours alone: ${startMethod}`, async () => {
    await using place = await Meeting.open();
    // A worker that is silent for so long is ended with all it holds: longer
    // than one on a busy machine is.
    await using pool = open({ gracePeriod: 3000 });
    const neighbour = pool.apply(meeting.pass, [place.path, "neighbour"]);
    await place.arrived("neighbour");
    await abortIgnoring(pool, place);
    // The old worker takes nothing more: this runs in its successor.
    while (await pool.apply(meeting.knock, [place.path, "next"]) !== "next");
    place.release("neighbour");
    await neighbour;
    pool.close();
    await pool.join();
  });

  test(`only the worker that does not stop is replaced: ${startMethod}`, async () => {
    await using place = await Meeting.open();
    await using pool = open({ workers: 2, concurrency: 1 });
    const held = pool.apply(meeting.pass, [place.path, "held"]);
    await place.arrived("held");
    await abortIgnoring(pool, place);
    // The other worker is full: this runs in a new one.
    is(await pool.apply(moving.workerId), 3);
    place.release("held");
    await held;
    const ids = await pool.broadcast(moving.workerId);
    is(ids.filter((id) => id === 3).length, 1);
    is(ids.filter((id) => id < 3).length, 1);
  });

  test(`a map is stopped as a whole: ${startMethod}`, async () => {
    await using place = await Meeting.open();
    await using pool = open({ gracePeriod: 60_000 });
    const control = new AbortController();
    const { signal } = control;
    const map = pool.map(stopping.untilStopped, [place.path, place.path], {
      signal,
    });
    await place.arrived("waits", 2);
    const refused = rejects(map, RangeError);
    control.abort(new RangeError("enough"));
    await refused;
    await place.arrived("RangeError: enough", 2);
  });

  test(`a task that loses its worker is tried again if asked: ${startMethod}`, async () => {
    await using place = await Meeting.open();
    await using pool = open();
    const once = await rejects(
      pool.apply(stopping.diesUntil, [place.path, 2]),
      WorkerLostError,
    );
    is(once.started, true);
    is(
      await pool.apply(stopping.diesUntil, [place.path, 3], { retries: 2 }),
      3,
    );
    equal(place.names, ["attempt 1", "attempt 1", "attempt 2", "attempt 3"]);
  });

  test(`a task that three workers died with fails alone: ${startMethod}`, async () => {
    await using place = await Meeting.open();
    await using pool = open({ workers: 2, retries: 100 });
    const poison = pool.apply(stopping.diesUntil, [place.path, 1000]);
    const others = Array.from(
      { length: 12 },
      (_, i) => pool.apply(meeting.knock, [place.path, `other ${i}`]),
    );
    instance(await rejects(poison), WorkerLostError);
    equal(await Promise.all(others), others.map((_, i) => `other ${i}`));
    equal(
      place.names.filter((name) => name.startsWith("attempt")),
      ["attempt 1", "attempt 2", "attempt 3"],
    );
  });
}

test("what a killed thread may still come to is not run elsewhere", async () => {
  await using place = await Meeting.open();
  await using pool = new Pool({ workers: 1, concurrency: 2, gracePeriod: 0 });
  const [held, free] = [sharedWords(2), sharedWords(2)];
  openGate(free, 0);
  const control = new AbortController();
  const { signal } = control;
  const call = pool.apply(stopping.ignores, [place.path], { signal });
  await place.arrived("ignores");
  const lists: [Int32Array][] = [[held], [free], [free]];
  const map = pool.starmap(sleeping.blockLater, lists, { chunkSize: 3 })
    .settled();
  await reached(held, 1, 1);
  // Its thread hears nothing, so it is ended, and nobody knows when it stops.
  const refused = rejects(call);
  control.abort();
  await refused;
  for (const outcome of await map) {
    is(outcome.status, "rejected");
    const { reason } = outcome as PromiseRejectedResult;
    instance(reason, WorkerLostError);
    is(reason.started, true);
  }
  is(free[1], 0);
  openGate(held, 0);
});

test("each attempt waits twice as long as the one before, at most ten seconds", () => {
  const options = { retries: 1000, retryIf: () => true };
  const will = new Will(options, { timeout: 0, retries: 0 });
  const waits = Array.from({ length: 10 }, () => {
    is(will.takesAgain(new RangeError("no")), true);
    return will.backoff;
  });
  equal(waits, [100, 200, 400, 800, 1600, 3200, 6400, 1e4, 1e4, 1e4]);
});

test("what is worth another try is the caller's to say", async () => {
  await using pool = new Pool({ workers: 1 });
  match(
    (await rejects(pool.apply(stopping.throwsUntil, [2]))).message,
    "attempt 1",
  );
  const seen: number[] = [];
  const retryIf = (error: unknown, attempt: number): boolean => {
    instance(error, RangeError);
    return seen.push(attempt) > 0;
  };
  is(await pool.apply(stopping.throwsUntil, [3], { retries: 5, retryIf }), 3);
  equal(seen, [1, 2]);
  const all = await pool.map(stopping.throwsUntil, [1, 2, 3], {
    retries: 1,
    retryIf: () => true,
  }).settled();
  equal(all.map(({ status }) => status), [
    "fulfilled",
    "fulfilled",
    "rejected",
  ]);
});

test("calls between two attempts settle when the pool ends", async () => {
  const pool = new Pool({ workers: 1 });
  const call = pool.apply(stopping.throwsUntil, [1000], {
    retries: 1000,
    retryIf: (_, attempt) => {
      if (attempt === 2) pool.terminate();
      return true;
    },
  });
  const error = await rejects(call);
  match(error.message, "pool is terminated");
  await pool.join();
});
