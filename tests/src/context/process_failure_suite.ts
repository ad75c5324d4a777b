/** Processes that do not start, do not end, or do not keep to their streams. */
import process from "node:process";
import { CodecError, Pool, tasks, WorkerLostError } from "../../../mod.ts";
import { instance, is, match, ok, rejects } from "../../support/assert.ts";
import { Meeting } from "../../support/meeting.ts";
import { suite } from "../../support/suite.ts";
import { warned } from "../../support/warnings.ts";

const test = suite("process failures");
const meeting = tasks<typeof import("../../fixtures/meeting.ts")>(
  new URL("../../fixtures/meeting.ts", import.meta.url),
);
const streams = tasks<typeof import("../../fixtures/streams.ts")>(
  new URL("../../fixtures/streams.ts", import.meta.url),
);
const stopping = tasks<typeof import("../../fixtures/stopping.ts")>(
  new URL("../../fixtures/stopping.ts", import.meta.url),
);
const hooks = tasks<typeof import("../../fixtures/hooks.ts")>(
  new URL("../../fixtures/hooks.ts", import.meta.url),
);

function open(): Pool {
  return new Pool({ workers: 1, startMethod: "process" });
}

// The second is the length of a frame that would be half a gigabyte long, the
// third a frame of a kind there is not.
for (const text of ["AAAAAAAA", "        ", "\x10\0\0\0\x63\0\0\0abcdefgh"]) {
  test(`a process that writes ${JSON.stringify(text)} to its host is killed`, async () => {
    await using pool = open();
    const error = await rejects(
      pool.apply(streams.writesGarbage, [text]),
      WorkerLostError,
    );
    is(error.exitCode, -9);
    instance(error.cause, CodecError);
    match((error.cause as Error).message, "Cannot read the stream");
    ok(await pool.apply(meeting.pid) > 0);
  });
}

test("an exit is heard although another process holds the streams", async () => {
  await using place = await Meeting.open();
  await using pool = open();
  const error = await rejects(
    pool.apply(streams.leavesHeir, [place.path, 5]),
    WorkerLostError,
  );
  is(error.exitCode, 5);
  ok(await pool.apply(meeting.pid) > 0);
  const [heir] = place.names.map((name) => Number(name.split(" ")[1]));
  process.kill(heir as number, "SIGKILL");
});

test("a stopped process ends with its pool", async () => {
  await using place = await Meeting.open();
  const pool = open();
  const call = pool.apply(meeting.pass, [place.path, "in"]);
  const [pid] = await place.arrived("in") as [number];
  process.kill(pid, "SIGSTOP");
  const lost = rejects(call);
  pool.terminate();
  await lost;
  await pool.join();
  await rejects(Promise.resolve().then(() => process.kill(pid, 0)));
});

test("a runtime that cannot be started fails the calls and ends the pool", async () => {
  const path = process.execPath;
  process.execPath = "/nonexistent/runtime";
  try {
    const pool = open();
    const error = await rejects(pool.apply(meeting.pid), WorkerLostError);
    match(error.message, "3 workers in a row could not start");
    match(error.message, "/nonexistent/runtime");
    is(error.started, false);
    await pool.join();
  } finally {
    process.execPath = path;
  }
});

test("without a place for temporary files no worker starts, and the pool ends", async () => {
  await using place = await Meeting.open();
  const pool = open();
  const held = rejects(pool.apply(meeting.pass, [place.path, "in"]));
  const [pid] = await place.arrived("in") as [number];
  const before = process.env["TMPDIR"];
  process.env["TMPDIR"] = "/nonexistent/folder";
  try {
    const refused = await rejects(Promise.resolve().then(open));
    match(
      (refused as Error).message,
      "none can be made in /nonexistent/folder",
    );
    const waiting = rejects(pool.apply(meeting.pid), WorkerLostError);
    process.kill(pid, "SIGKILL");
    await held;
    match((await waiting).message, "none can be made in /nonexistent/folder");
    await pool.join();
  } finally {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
  }
});

test("what an exception handler fails with is told while its process lives", async () => {
  await using pool = new Pool({
    workers: 1,
    startMethod: "process",
    exceptionHandler: hooks.refuses,
  });
  const warning = warned("Cannot handle an error in worker 1");
  await rejects(pool.apply(hooks.refuses));
  await warning;
  ok(await pool.apply(meeting.pid) > 0);
});

test("nothing waits behind a task that never yields while another process is free", async () => {
  await using pool = new Pool({ workers: 2, startMethod: "process" });
  // Quick tasks, after which one might be tempted to send ahead.
  await Promise.all(Array.from({ length: 200 }, () => pool.apply(meeting.pid)));
  const never = rejects(pool.apply(stopping.loops));
  const others = Array.from({ length: 30 }, () => pool.apply(meeting.pid));
  for (const pid of await Promise.all(others)) ok(pid > 0);
  pool.terminate();
  await never;
});
