/**
 * The 18 tests of tests/core.py of aiomultiprocess 0.9.1, on threads and on
 * processes. What was changed, and why, is in README.md beside this file.
 */
import process from "node:process";
import * as whorl from "../../mod.ts";
import {
  getContext,
  Process,
  setStartMethod,
  type StartMethod,
  StateError,
  tasks,
  UnsupportedError,
  Worker,
  WorkerLostError,
} from "../../mod.ts";
import { is, not, ok, rejects, throws } from "../support/assert.ts";
import { Meeting } from "../support/meeting.ts";
import { startMethods } from "../support/start_methods.ts";
import { suite } from "../support/suite.ts";

const test = suite("seed: CoreTest");
const seed = tasks<typeof import("../fixtures/seed.ts")>(
  new URL("../fixtures/seed.ts", import.meta.url),
);
const meetings = tasks<typeof import("../fixtures/meeting.ts")>(
  new URL("../fixtures/meeting.ts", import.meta.url),
);
const dying = tasks<typeof import("../fixtures/dying.ts")>(
  new URL("../fixtures/dying.ts", import.meta.url),
);

/** A process that is at the meeting and stays there; boxed, as it is a thenable. */
async function held(
  meeting: Meeting,
  startMethod: StartMethod,
): Promise<{ p: Process }> {
  const args = [meeting.path, "in"] as const;
  const p = new Process({ target: meetings.pass, args, startMethod });
  p.start();
  await meeting.arrived("in");
  return { p };
}

const rows: Record<string, (startMethod: StartMethod) => unknown> = {
  async test_process(startMethod) {
    await using meeting = await Meeting.open();
    const p = new Process({
      target: meetings.pass,
      args: [meeting.path, "in"],
      name: "test_process",
      startMethod,
    });
    p.start();
    is(p.name, "test_process");
    ok(p.pid);
    is(p.alive, true);
    await meeting.arrived("in");
    is(p.alive, true);
    meeting.release("in");
    await p.join();
    is(p.alive, false);
  },

  async test_process_await(startMethod) {
    const unstarted = new Process({ target: seed.two, startMethod });
    is(unstarted.exitCode, null);
    is(await unstarted, undefined);
    is(unstarted.exitCode, 0);
    const started = new Process({ target: seed.two, startMethod });
    started.start();
    is(await started, undefined);
    is(started.exitCode, 0);
  },

  async test_process_join(startMethod) {
    const p = new Process({ target: seed.two, startMethod });
    await rejects(p.join(), StateError, "must start process");
    p.start();
    await p.join();
    is(p.exitCode, 0);
  },

  async test_process_daemon(startMethod) {
    for (const daemon of [true, false]) {
      const p = new Process({ target: seed.two, daemon, startMethod });
      is(p.daemon, daemon);
      p.daemon = !daemon;
      is(p.daemon, !daemon);
      p.start();
      throws(() => p.daemon = daemon, StateError, "was started already");
      is(p.daemon, !daemon);
      await p;
    }
  },

  async test_process_terminate(startMethod) {
    const p = new Process({ target: dying.hangs, startMethod });
    p.start();
    p.terminate();
    await rejects(p.join(), WorkerLostError);
    is(p.exitCode, -15);
  },

  async test_process_kill(startMethod) {
    const p = new Process({ target: dying.hangs, startMethod });
    p.start();
    p.kill();
    await rejects(p.join(), WorkerLostError);
    is(p.exitCode, -9);
  },

  async test_process_close(startMethod) {
    await using meeting = await Meeting.open();
    const { p } = await held(meeting, startMethod);
    throws(() => p.close(), StateError, "process is still running");
    meeting.release("in");
    await p.join();
    p.close();
    throws(() => p.exitCode, StateError, "process is closed");
  },

  async test_process_timeout(startMethod) {
    await using meeting = await Meeting.open();
    const { p } = await held(meeting, startMethod);
    const error = await rejects(p.join({ signal: AbortSignal.timeout(1) }));
    is(error.name, "TimeoutError");
    is(p.alive, true);
    meeting.release("in");
    await p.join();
    is(p.exitCode, 0);
  },

  async test_worker(startMethod) {
    const p = new Worker({ target: meetings.pid, startMethod });
    throws(() => p.result, StateError, "task is not completed");
    p.start();
    throws(() => p.result, StateError, "task is not completed");
    const { pid } = p;
    await p.join();
    is(p.alive, false);
    is(p.result, pid);
    is(p.result === process.pid, startMethod === "thread");
    // Of a thread the number of the process says nothing.
    const place = await new Worker({ target: seed.place, startMethod });
    not.equal(place, await new Worker({ target: seed.place, startMethod }));
  },

  async test_worker_join(startMethod) {
    const joined = new Worker({ target: seed.mapper, args: [5], startMethod });
    joined.start();
    is(await joined.join(), 10);
    const awaited = new Worker({ target: seed.mapper, args: [6], startMethod });
    is(await awaited, 12);
  },

  async test_spawn_method(startMethod) {
    is(getContext().startMethod, "thread");
    const local = async () => await Promise.resolve(2);
    throws(
      () => new Worker({ target: local, startMethod }),
      TypeError,
      "a worker needs to know where local lives",
    );
    is(await new Worker({ target: seed.two, startMethod }), 2);
  },

  async test_set_start_method(startMethod) {
    throws(() => setStartMethod("foo" as StartMethod), RangeError, '"foo"');
    throws(() => setStartMethod("fork" as StartMethod), UnsupportedError);
    is(getContext().startMethod, "thread");
    try {
      setStartMethod(startMethod);
      const p = new Worker({ target: meetings.pid });
      // Only what is made later is affected.
      setStartMethod(null);
      is(await p === process.pid, startMethod === "thread");
      setStartMethod("spawn");
      is(getContext().startMethod, "process");
    } finally {
      setStartMethod();
    }
    is(getContext().startMethod, "thread");
  },

  test_set_context(startMethod) {
    is("setContext" in whorl, false);
    is(getContext(startMethod).startMethod, startMethod);
    throws(() => getContext("foo" as StartMethod), RangeError, '"foo"');
    throws(() => getContext("fork" as StartMethod), UnsupportedError);
  },

  async test_initializer(startMethod) {
    const p = new Worker({
      target: seed.getDummy,
      initializer: seed.initializer,
      initArgs: [10],
      startMethod,
    });
    is(await p, 10);
  },

  async test_async_initializer(startMethod) {
    const p = new Worker({
      target: seed.getDummy,
      initializer: seed.asyncInitializer,
      initArgs: [11],
      startMethod,
    });
    is(await p, 11);
  },

  async test_raise(startMethod) {
    const p = new Worker({ target: seed.raises, startMethod });
    const error = await rejects(p, Error, "raising");
    is(error.name, "RuntimeError");
    is(throws(() => p.result), error);
    is(p.exitCode, 1);
  },

  async test_sync_target(startMethod) {
    is(await new Worker({ target: seed.place, startMethod }) === "", false);
    for (const target of [null, "two", {}, () => 2]) {
      const options = { target, startMethod } as never;
      throws(() => new Process(options), TypeError, "Cannot run");
    }
  },

  test_not_implemented(startMethod) {
    const options = { startMethod } as never;
    throws(() => new Process(options), TypeError, "Cannot run a task");
    throws(() => new Worker(options), TypeError, "Cannot run a task");
  },
};

for (const startMethod of startMethods) {
  for (const [name, row] of Object.entries(rows)) {
    test(`${name}: ${startMethod}`, () => row(startMethod));
  }
}

test("all rows are here", () => {
  is(Object.keys(rows).length, 18);
});
