/**
 * Defects of aiomultiprocess 0.9.1 in how work is shared and what is left
 * behind: D10 to D14 and D18, D19. The table of all is in README.md beside this
 * file.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setImmediate } from "node:timers";
import {
  Pool,
  RoundRobin,
  type StartMethod,
  type TaskId,
  tasks,
  Worker,
  WorkerLostError,
} from "../../mod.ts";
import { equal, is, ok, rejects } from "../support/assert.ts";
import { Meeting } from "../support/meeting.ts";
import { runtimeName } from "../support/runtime.ts";
import { spawnProgram } from "../support/spawn.ts";
import { startMethods } from "../support/start_methods.ts";
import { suite } from "../support/suite.ts";
import { collected } from "../support/collected.ts";

const test = suite("seed: defects of sharing");
const seed = tasks<typeof import("../fixtures/seed.ts")>(
  new URL("../fixtures/seed.ts", import.meta.url),
);
const defects = tasks<typeof import("../fixtures/defects.ts")>(
  new URL("../fixtures/defects.ts", import.meta.url),
);
const dying = tasks<typeof import("../fixtures/dying.ts")>(
  new URL("../fixtures/dying.ts", import.meta.url),
);
const meetings = tasks<typeof import("../fixtures/meeting.ts")>(
  new URL("../fixtures/meeting.ts", import.meta.url),
);
const untimed = new URL("../fixtures/programs/untimed.ts", import.meta.url);

/** A folder for the time of a test. */
function folder(): Disposable & { path: string } {
  const path = mkdtempSync(join(tmpdir(), "whorl-contract-"));
  return {
    path,
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** Knows which tasks are unfinished, and tells when none is. */
class Ledger extends RoundRobin {
  readonly unfinished: Set<TaskId> = new Set();
  #quiet: (() => void) | null = null;

  override scheduleTask(id: TaskId = 0): number {
    this.unfinished.add(id);
    return super.scheduleTask();
  }

  override completeTask(id: TaskId = 0): void {
    this.unfinished.delete(id);
    if (this.unfinished.size === 0) this.#quiet?.();
  }

  async quiet(): Promise<void> {
    if (this.unfinished.size === 0) return;
    await new Promise<void>((resolve) => this.#quiet = resolve);
  }
}

/** Child processes of this one; null where nobody tells. */
function children(): number[] | null {
  if (!existsSync("/proc/self/stat")) return null;
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name))
    .filter((name) => parentOf(name) === process.pid).map(Number);
}

function parentOf(pid: string): number {
  const [state, parent] = statOf(pid) ?? ["Z"];
  return state === "Z" ? -1 : Number(parent);
}

/** What the system knows of a process: its state, its parent and so on. */
function statOf(pid: number | string): string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name before it may contain anything.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return null;
  }
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

type Row = (startMethod: StartMethod) => Promise<unknown>;

const rows: Record<string, Row> = {
  async "D10: slow tasks are shared, whoever woke first"(startMethod) {
    using place = folder();
    await using pool = new Pool({ workers: 2, startMethod });
    // Two by two: it never ends if one worker keeps what the other could run.
    const calls = Array.from(
      { length: 6 },
      () => pool.apply(defects.meets, [place.path, 2]),
    );
    const counts = new Map<string, number>();
    for (const where of await Promise.all(calls)) {
      counts.set(where, (counts.get(where) ?? 0) + 1);
    }
    equal([...counts.values()], [3, 3]);
  },

  async "D13: nothing is kept of a map that failed"(startMethod) {
    const scheduler = new Ledger();
    await using pool = new Pool({ workers: 2, scheduler, startMethod });
    const left = await (async () => {
      const items = Array.from(
        { length: 200 },
        (_, n) => ({ n, fails: n === 3 }),
      );
      const map = pool.map(defects.wrapsUnless, items, { chunkSize: 1 });
      await rejects(map, RangeError, "item 3");
      const values: unknown[] = [];
      for (const one of await map.settled()) {
        if (one.status === "fulfilled") values.push(one.value);
      }
      is(values.length, 199);
      await scheduler.quiet();
      return [map, ...items, ...values].map((one) =>
        new WeakRef(one as object)
      );
    })();
    await collected(left);
    is(scheduler.unfinished.size, 0);
    is(await pool.apply(seed.two), 2);
  },

  async "D13: nothing is kept of an iteration that was left"(startMethod) {
    const scheduler = new Ledger();
    await using pool = new Pool({ workers: 2, scheduler, startMethod });
    const left: WeakRef<object>[] = [];
    await (async () => {
      function* endless() {
        for (let n = 0;; n++) {
          const item = { n, fails: false };
          left.push(new WeakRef(item));
          yield item;
        }
      }
      const map = pool.map(defects.wrapsUnless, endless(), { chunkSize: 1 });
      left.push(new WeakRef(map));
      let seen = 0;
      for await (const value of map) {
        left.push(new WeakRef(value));
        if (++seen === 50) break;
      }
    })();
    await scheduler.quiet();
    await collected(left);
    is(scheduler.unfinished.size, 0);
    is(await pool.apply(seed.two), 2);
  },

  async "D14: a map may be awaited and iterated many times"(startMethod) {
    await using pool = new Pool({ workers: 2, startMethod });
    const map = pool.map(seed.mapper, [1, 2, 3]);
    for (let i = 0; i < 2; i++) {
      equal(await map, [2, 4, 6]);
      const seen: number[] = [];
      for await (const value of map) seen.push(value);
      equal(seen, [2, 4, 6]);
    }
    const both = pool.map(seed.mapper, [4, 5]);
    equal(await Promise.all([both, both]), [[8, 10], [8, 10]]);
  },

  async "D18: the program goes on while workers boot, and boot again"(
    startMethod,
  ) {
    await using meeting = await Meeting.open();
    // A worker boots when this thread, by its event loop, has let it.
    await using pool = new Pool({
      workers: 1,
      initializer: defects.setsUp,
      initArgs: [meeting.path],
      startMethod,
    });
    const first = pool.apply(dying.exits, [1]);
    await meeting.arrived("setUp", 1);
    meeting.release("setUp");
    await rejects(first, WorkerLostError);
    is(await pool.apply(seed.two), 2);
    is((await meeting.arrived("setUp", 2)).length, 2);
  },

  async "D19: there are workers, and nothing beside them"(startMethod) {
    const before = children();
    await using pool = new Pool({ workers: 2, startMethod });
    const pids = await pool.broadcast(meetings.pid);
    const added = children()?.filter((pid) => !before?.includes(pid));
    const apart = startMethod === "process";
    is(new Set(await pool.broadcast(seed.place)).size, 2);
    if (added) equal(added.sort(), apart ? [...pids].sort() : []);
    else is(new Set([...pids, process.pid]).size, apart ? 3 : 1);

    const worker = new Worker({ target: seed.two, startMethod });
    worker.start();
    const [mine] = [worker.pid as number];
    const now = children()?.filter((pid) => !before?.includes(pid));
    if (now) is(now.length, apart ? 3 : 0);
    is(mine === process.pid, !apart);
    await worker;
    await pool[Symbol.asyncDispose]();
    if (before) equal(children()?.filter((pid) => !before.includes(pid)), []);
  },
};

for (const startMethod of startMethods) {
  for (const [name, row] of Object.entries(rows)) {
    test(`${name}: ${startMethod}`, () => row(startMethod));
  }

  test(`D11, D12: results come although no timer ever fires: ${startMethod}`, {
    unless: runtimeName === "bun" || runtimeName === "deno"
      ? "node:timers cannot be replaced here; the library is the same"
      : "",
  }, async () => {
    const { code, stdout, stderr } = await spawnProgram(untimed, {
      args: [startMethod],
    });
    is(stdout, "answered\nquiet\nno timer per call\n", stderr);
    is(code, 0, stderr);
  });
}

// What a thread answers is in memory when its host hears of it.
test("D18: the program goes on while a large result is half there: process", {
  unless: existsSync("/proc/self/stat") ? "" : "nobody tells that it sleeps",
}, async () => {
  using place = folder();
  await using pool = new Pool({ workers: 1, startMethod: "process" });
  const [mark, go] = [join(place.path, "mark"), join(place.path, "go")];
  const [pid] = await pool.broadcast(meetings.pid) as [number];
  const size = 32_000_000;
  const call = pool.apply(defects.answersMuch, [mark, go, size]);
  while (!existsSync(mark)) await turn();
  // This thread reads nothing meanwhile, so no pipe takes all of it: the worker
  // sleeps before it is through.
  mkdirSync(go);
  for (let sleeps = 0; sleeps < 500;) {
    sleeps = statOf(pid)?.[0] === "S" ? sleeps + 1 : 0;
  }
  process.kill(pid, "SIGSTOP");
  let settled = false;
  void call.then(() => settled = true);
  for (let i = 0; i < 1000; i++) await turn();
  is(settled, false);
  await using other = new Pool({ workers: 1, startMethod: "process" });
  is(await other.apply(seed.two), 2);
  is(settled, false);
  process.kill(pid, "SIGCONT");
  const bytes = await call;
  is(bytes.length, size);
  ok(bytes.every((byte) => byte === 7));
});
