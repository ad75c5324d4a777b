/**
 * Defects of aiomultiprocess 0.9.1 by which a caller waits for ever: D1 to D9
 * and D20. Each test ends by its deadline on the seed's behaviour. The table of
 * all is in README.md beside this file.
 */
import process from "node:process";
import {
  CodecError,
  Pool,
  RoundRobin,
  type StartMethod,
  StateError,
  TaskLookupError,
  tasks,
  WorkerLostError,
} from "../../mod.ts";
import { equal, is, match, ok, rejects } from "../support/assert.ts";
import { Meeting } from "../support/meeting.ts";
import { spawnProgram } from "../support/spawn.ts";
import { startMethods } from "../support/start_methods.ts";
import { suite } from "../support/suite.ts";
import { warned } from "../support/warnings.ts";

const test = suite("seed: defects that hang");
const seed = tasks<typeof import("../fixtures/seed.ts")>(
  new URL("../fixtures/seed.ts", import.meta.url),
);
const defects = tasks<typeof import("../fixtures/defects.ts")>(
  new URL("../fixtures/defects.ts", import.meta.url),
);
const dying = tasks<typeof import("../fixtures/dying.ts")>(
  new URL("../fixtures/dying.ts", import.meta.url),
);
const failing = tasks<typeof import("../fixtures/failing.ts")>(
  new URL("../fixtures/failing.ts", import.meta.url),
);
const meetings = tasks<typeof import("../fixtures/meeting.ts")>(
  new URL("../fixtures/meeting.ts", import.meta.url),
);
const program = new URL("../fixtures/programs/seed_exit.ts", import.meta.url);

type Row = (startMethod: StartMethod) => Promise<unknown>;

const rows: Record<string, Row> = {
  async "D1: a task that ends its worker rejects what that had started"(
    startMethod,
  ) {
    await using meeting = await Meeting.open();
    await using pool = new Pool({ workers: 1, startMethod });
    const lost = ["a", "b"].map((name) =>
      rejects(
        pool.apply(meetings.pass, [meeting.path, name]),
        WorkerLostError,
        "Cannot finish pass",
      )
    );
    await meeting.arrived("a");
    await meeting.arrived("b");
    lost.push(
      rejects(pool.apply(dying.exits, [9]), WorkerLostError, "finish exits"),
    );
    for (const { started, exitCode } of await Promise.all(lost)) {
      equal([started, exitCode], [true, 9]);
    }
    is(await pool.apply(seed.two), 2);
  },

  async "D2: a synchronous function is a task"(startMethod) {
    await using pool = new Pool({ workers: 1, startMethod });
    is(await pool.apply(defects.count), 0);
    equal(await pool.map(defects.count, [1, 2, 3]), [1, 1, 1]);
  },

  async "D2: what cannot be called, or throws at once, fails its call only"(
    startMethod,
  ) {
    await using pool = new Pool({ workers: 1, startMethod });
    const before = await pool.apply(seed.place);
    const wrong = failing as unknown as Record<string, typeof seed.two>;
    for (const name of ["generates", "generatesSync", "NotATask", "missing"]) {
      const task = wrong[name] as typeof seed.two;
      await rejects(pool.apply(task), TaskLookupError, name);
    }
    await rejects(pool.apply(defects.throwsAtOnce, ["now"]), RangeError, "now");
    await rejects(pool.map(defects.throwsAtOnce, ["map"]), RangeError, "map");
    // Any number of arguments is right in JavaScript: the types refuse it.
    const many = defects.count as unknown as typeof seed.starmapper;
    equal(await pool.starmap(many, [[], [1, 2, 3]]), [0, 3] as unknown[]);
    is(await pool.apply(seed.place), before);
  },

  async "D3: an argument that does not travel fails its call, and is not queued"(
    startMethod,
  ) {
    const unfinished = new Set<number>();
    let scheduled = 0;
    class Counting extends RoundRobin {
      override scheduleTask(id = 0): number {
        scheduled++;
        unfinished.add(id);
        return super.scheduleTask();
      }
      override completeTask(id = 0): void {
        unfinished.delete(id);
      }
    }
    const scheduler = new Counting();
    await using pool = new Pool({ workers: 1, scheduler, startMethod });
    const args = [{ rows: [1, () => 2] }];
    const error = await rejects(pool.apply(defects.count, args), CodecError);
    equal([error.code, error.path], ["encode", "args[0].rows[1]"]);
    const map = pool.map(defects.count, [1, () => 2, 3]).settled();
    equal((await map).map((one) => one.status), [
      "fulfilled",
      "rejected",
      "fulfilled",
    ]);
    ok(scheduled > 0);
    is(unfinished.size, 0);
  },

  async "D3: a result that does not travel fails its call, the worker lives"(
    startMethod,
  ) {
    await using pool = new Pool({ workers: 1, startMethod });
    const before = await pool.apply(seed.place);
    const error = await rejects(
      pool.apply(failing.returnsFunction),
      CodecError,
    );
    equal([error.code, error.path], ["encode", "result.rows[1]"]);
    const map = pool.map(failing.returnsFunctionOn, [2, 3, 4]).settled();
    equal((await map).map((one) => one.status), [
      "fulfilled",
      "rejected",
      "fulfilled",
    ]);
    is(await pool.apply(seed.place), before);
  },

  "D4: an exception handler that throws": (startMethod) =>
    handlerFails("handlerThrows", startMethod),

  "D4: an exception handler that rejects": (startMethod) =>
    handlerFails("handlerRejects", startMethod),

  async "D5: a failing initializer ends the pool after three tries"(
    startMethod,
  ) {
    await using meeting = await Meeting.open();
    const pool = new Pool({
      workers: 1,
      initializer: defects.refuses,
      initArgs: [meeting.path],
      startMethod,
    });
    const waiting = [
      pool.apply(seed.two),
      pool.map(seed.mapper, [1, 2]).then(() => {}),
    ];
    await Promise.all(
      waiting.map((call) =>
        rejects(call, WorkerLostError, "initializer refused")
      ),
    );
    await rejects(pool.apply(seed.two), StateError, "pool is closed");
    await pool.join();
    equal(meeting.names, ["boot", "boot", "boot"]);
  },

  async "D6: terminate() settles everything"(startMethod) {
    await using meeting = await Meeting.open();
    const pool = new Pool({ workers: 1, concurrency: 1, startMethod });
    const held = pool.apply(meetings.pass, [meeting.path, "in"]);
    await meeting.arrived("in");
    const calls: PromiseLike<unknown>[] = [
      held,
      ...Array.from({ length: 50 }, () => pool.apply(seed.two)),
      pool.map(seed.mapper, [1, 2, 3]),
      pool.map(seed.mapper, [1])[Symbol.asyncIterator]().next(),
      pool.broadcast(seed.two),
    ];
    const ended = calls.map((call) =>
      rejects(call, StateError, "pool is terminated")
    );
    pool.terminate();
    await Promise.all(ended);
    await pool.join();
  },

  async "D6: so does the end of its scope"(startMethod) {
    let call: Promise<unknown>;
    {
      await using pool = new Pool({ workers: 1, startMethod });
      call = rejects(pool.apply(dying.hangs), StateError, "is terminated");
    }
    await call;
  },

  async "D7: close() and join() drain through as many workers as that takes"(
    startMethod,
  ) {
    const pool = new Pool({ workers: 2, maxTasksPerWorker: 1, startMethod });
    const calls = [1, 2, 3].map((n) => pool.apply(seed.mapper, [n]));
    const map = pool.map(seed.mapper, [5, 6]);
    pool.close();
    await pool.join();
    equal(await Promise.all(calls), [2, 4, 6]);
    equal(await map, [10, 12]);
  },

  async "D8: the program ends with thousands of small and large tasks queued"(
    startMethod,
  ) {
    const { code, stdout, stderr, timedOut } = await spawnProgram(program, {
      args: [startMethod],
    });
    is(timedOut, false, `it did not end: ${stdout} ${stderr}`);
    is(stdout, "main done\n", stderr);
    is(code, 0, stderr);
  },

  async "D9: maxTasksPerWorker is exact, whatever the concurrency"(
    startMethod,
  ) {
    await using pool = new Pool({
      workers: 1,
      maxTasksPerWorker: 3,
      concurrency: 16,
      startMethod,
    });
    const counts = new Map<string, number>();
    const calls = Array.from({ length: 7 }, () => pool.apply(seed.place));
    for (const place of await Promise.all(calls)) {
      counts.set(place, (counts.get(place) ?? 0) + 1);
    }
    equal([...counts.values()], [3, 3, 1]);
  },

  async "D20: a result that cannot be decoded fails only its call"(
    startMethod,
  ) {
    await using pool = new Pool({ workers: 1, startMethod });
    const good = pool.apply(seed.mapper, [1]);
    const Real = globalThis.RegExp;
    // No worker sends what its host cannot read; a host can forget how to.
    globalThis.RegExp = function refuse() {
      throw new RangeError("no patterns here");
    } as unknown as RegExpConstructor;
    let reason: unknown;
    try {
      reason = await pool.apply(defects.pattern, ["a+"]).catch((e) => e);
    } finally {
      globalThis.RegExp = Real;
    }
    match(String(reason), /Cannot decode|no patterns here/);
    is(await good, 2);
    equal(await pool.apply(defects.pattern, ["b+"]), /b+/g);
  },
};

async function handlerFails(
  name: "handlerThrows" | "handlerRejects",
  startMethod: StartMethod,
): Promise<void> {
  await using pool = new Pool({
    workers: 1,
    exceptionHandler: defects[name],
    startMethod,
  });
  const before = await pool.apply(seed.place);
  const warning = warned("handler refused");
  await rejects(pool.apply(seed.raises), Error, "raising");
  is(await pool.apply(seed.place), before);
  // Warnings come with other mail; the last is read when the worker is gone.
  pool.close();
  await pool.join();
  match((await warning).message, `${name} failed`);
}

for (const startMethod of startMethods) {
  for (const [name, row] of Object.entries(rows)) {
    test(`${name}: ${startMethod}`, () => row(startMethod));
  }
}

// A thread cannot be killed by others than its program.
test("D1: a kill from outside rejects what the worker had started: process", async () => {
  await using meeting = await Meeting.open();
  await using pool = new Pool({ workers: 1, startMethod: "process" });
  const call = pool.apply(meetings.pass, [meeting.path, "in"]);
  const [pid] = await meeting.arrived("in");
  process.kill(pid as number, "SIGKILL");
  const error = await rejects(call, WorkerLostError, "Cannot finish pass");
  equal([error.started, error.exitCode], [true, -9]);
  is(await pool.apply(seed.two), 2);
});
