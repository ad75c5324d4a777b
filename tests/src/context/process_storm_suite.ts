/** Processes are killed again and again while tasks flow. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { Pool, tasks, WorkerLostError } from "../../../mod.ts";
import { equal, instance, is, ok } from "../../support/assert.ts";
import { suite } from "../../support/suite.ts";

const test = suite("process storm");
const marking = tasks<typeof import("../../fixtures/marking.ts")>(
  new URL("../../fixtures/marking.ts", import.meta.url),
);

const TASKS = 1200;
const LANES = 24;
const KILL_EVERY = 200;

test("whoever is killed, every call settles and no task runs twice", async () => {
  const folder = mkdtempSync(join(tmpdir(), "whorl-storm-"));
  const path = join(folder, "marks");
  writeFileSync(path, "");
  await using pool = new Pool({
    workers: 3,
    concurrency: 4,
    startMethod: "process",
  });
  const done: number[] = [];
  const lost: number[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let id = next++; id < TASKS; id = next++) {
      try {
        const result = await pool.apply(marking.marks, [path, id]);
        is(result.id, id);
        // It answered, so it lives, or died meanwhile of another lane.
        if (done.push(id) % KILL_EVERY === 0) kill(result.pid);
      } catch (error) {
        instance(error, WorkerLostError);
        is((error as WorkerLostError).started, true);
        lost.push(id);
      }
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  const marks = readFileSync(path, "utf8").trim().split("\n").map(Number);
  rmSync(folder, { recursive: true });
  is(new Set(marks).size, marks.length);
  is(done.length + lost.length, TASKS);
  const ran = new Set(marks);
  equal(done.filter((id) => !ran.has(id)), []);
  // What waited in it and what it had finished and not sent: 8 are sent ahead.
  ok(lost.length <= (done.length / KILL_EVERY) * 12);
});

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It is gone already.
  }
}
