/** What only workers that are processes do. All else is in tests/contract. */
import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { CodecError, Pool, tasks, WorkerLostError } from "../../../mod.ts";
import {
  equal,
  instance,
  is,
  match,
  ok,
  rejects,
} from "../../support/assert.ts";
import { Meeting } from "../../support/meeting.ts";
import { launchArgs, runtimeName } from "../../support/runtime.ts";
import { suite } from "../../support/suite.ts";

const test = suite("process context");
const meeting = tasks<typeof import("../../fixtures/meeting.ts")>(
  new URL("../../fixtures/meeting.ts", import.meta.url),
);
const passing = tasks<typeof import("../../fixtures/passing.ts")>(
  new URL("../../fixtures/passing.ts", import.meta.url),
);
const defects = tasks<typeof import("../../fixtures/defects.ts")>(
  new URL("../../fixtures/defects.ts", import.meta.url),
);
const turn = () => new Promise((resolve) => setTimeout(resolve, 1));
const host = new URL("../../fixtures/programs/orphans.ts", import.meta.url);

function open(options: { workers?: number; concurrency?: number } = {}): Pool {
  return new Pool({ workers: 1, ...options, startMethod: "process" });
}

test("every worker is a process of its own", async () => {
  await using place = await Meeting.open();
  await using pool = open({ workers: 2, concurrency: 1 });
  const calls = [1, 2].map(() => pool.apply(meeting.pass, [place.path, "in"]));
  const pids = await place.arrived("in", 2);
  is(new Set([...pids, process.pid]).size, 3);
  place.release("in");
  equal((await Promise.all(calls)).sort(), pids.toSorted());
});

test("a kill takes what had started, and nothing else", async () => {
  await using place = await Meeting.open();
  await using pool = open({ concurrency: 2 });
  const held = ["a", "b"].map((name) =>
    pool.apply(meeting.pass, [place.path, name])
  );
  const [pid] = await place.arrived("a") as [number];
  await place.arrived("b");
  const waiting = Array.from(
    { length: 20 },
    (_, i) => pool.apply(meeting.knock, [place.path, `late ${i}`]),
  );
  process.kill(pid, "SIGKILL");
  for (const call of held) {
    const error = await rejects(call, WorkerLostError);
    is(error.started, true);
    is(error.exitCode, -9);
    match(error.message, "while it ran");
  }
  equal(await Promise.all(waiting), waiting.map((_, i) => `late ${i}`));
  const late = place.names.filter((name) => name.startsWith("late"));
  is(late.length, 20);
  is(new Set(late).size, 20);
});

// CPython's "result decode": half a result is in the stream when its writer dies.
test("a kill in the middle of a result takes that one, and nothing else", async () => {
  const folder = mkdtempSync(join(tmpdir(), "whorl-half-"));
  const [mark, go] = [join(folder, "mark"), join(folder, "go")];
  await using pool = open({ concurrency: 1 });
  const [pid] = await pool.broadcast(meeting.pid) as [number];
  const size = 32_000_000;
  const args = [mark, go, size] as const;
  const lost = rejects(pool.apply(defects.answersMuch, args), WorkerLostError);
  const waiting = Array.from({ length: 20 }, () => pool.apply(meeting.pid));
  while (!existsSync(mark)) await turn();
  // No stream takes all of it while this thread reads nothing. How long that
  // is decides only how much of it is there.
  mkdirSync(go);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  process.kill(pid, "SIGKILL");
  const { started, exitCode } = await lost;
  equal([started, exitCode], [true, -9]);
  for (const other of await Promise.all(waiting)) ok(other !== pid);
  rmSync(folder, { recursive: true });
});

test("a kill takes the items of a chunk that had started, and nothing else", async () => {
  await using place = await Meeting.open();
  await using pool = open({ concurrency: 3 });
  const names = Array.from({ length: 10 }, (_, i) => `item ${i}`);
  for (const name of names.slice(3)) place.release(name);
  const map = pool.starmap(
    meeting.pass,
    names.map((name) => [place.path, name] as const),
    { chunkSize: 10 },
  );
  const outcomes = map.settled();
  const [pid] = await place.arrived("item 2") as [number];
  await place.arrived("item 0");
  await place.arrived("item 1");
  process.kill(pid, "SIGKILL");
  const all = await outcomes;
  equal(
    all.map((one) => one.status),
    names.map((_, i) => i < 3 ? "rejected" : "fulfilled"),
  );
  is(new Set(place.names).size, 10);
  is(place.names.length, 10);
});

test("an endless loop ends with the pool", async () => {
  await using place = await Meeting.open();
  const pool = open();
  const call = pool.apply(meeting.knockAndSpin, [place.path, "in"]);
  const [pid] = await place.arrived("in") as [number];
  const lost = rejects(call);
  pool.terminate();
  await lost;
  await pool.join();
  // Reaped: there is no such process any more.
  instance(
    await rejects(Promise.resolve().then(() => process.kill(pid, 0))),
    Error,
  );
});

test("a task that exits takes finished results not with it", async () => {
  await using place = await Meeting.open();
  await using pool = open({ concurrency: 4 });
  const done = Array.from({ length: 3 }, () => pool.apply(meeting.pid));
  const exits = pool.apply(meeting.knockAndExit, [place.path, "in", 3]);
  const error = await rejects(exits, WorkerLostError);
  is(error.exitCode, 3);
  for (const pid of await Promise.all(done)) ok(pid > 0);
});

test("large values travel both ways", async () => {
  await using pool = open();
  const numbers = Float64Array.from({ length: 1 << 20 }, (_, i) => i / 3);
  const text = "größer als eine Zelle ".repeat(100_000);
  equal(await pool.apply(passing.later, [numbers]), numbers);
  is(await pool.apply(passing.later, [text]), text);
  const many = await Promise.all(
    Array.from(
      { length: 30 },
      (_, i) => pool.apply(passing.later, [numbers.subarray(i, i + 30_000)]),
    ),
  );
  many.forEach((one, i) => equal(one, numbers.slice(i, i + 30_000)));
});

test("shared memory and platform objects are refused, both ways, with their path", async () => {
  await using pool = open();
  const shared = new Float64Array(new SharedArrayBuffer(8));
  const there = await rejects(
    pool.apply(passing.later, [{ rows: [shared] }]),
    CodecError,
  );
  is(there.path, "args[0].rows[0]");
  match(
    there.message,
    'shared memory does not leave its process: pass a copy, or use startMethod "thread"',
  );
  const blob = await rejects(
    pool.apply(passing.later, [new Blob(["a"])]),
    CodecError,
  );
  match(blob.message, "does not leave its process");
  const back = await rejects(pool.apply(passing.makesShared), CodecError);
  match(back.message, "result");
  match(back.message, "shared memory does not leave its process");
  is(await pool.apply(passing.later, [1]), 1);
});

for (const what of ["spins", "waits"]) {
  test(`no process and no file outlives a host that is killed: a task that ${what}`, async () => {
    const folder = mkdtempSync(join(tmpdir(), "whorl-orphans-"));
    await using place = await Meeting.open();
    const program = spawn(process.execPath, [
      ...launchArgs(runtimeName),
      fileURLToPath(host),
      what,
      place.path,
    ], {
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, TMPDIR: folder },
    });
    const pids = await place.arrived("worker", 2);
    is(new Set(pids).size, 2);
    // Host and workers all hold this stream: it ends when the last of them does.
    const ended = new Promise((resolve) =>
      program.stderr.once("close", resolve)
    );
    program.stderr.resume();
    program.kill("SIGKILL");
    await ended;
    equal(readdirSync(folder), []);
    rmSync(folder, { recursive: true });
  });
}
