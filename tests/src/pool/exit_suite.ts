/** Programs end by themselves when they are done, and not before. */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { equal, is, match, not } from "../../support/assert.ts";
import { Meeting } from "../../support/meeting.ts";
import { launchArgs, runtimeName } from "../../support/runtime.ts";
import { spawnProgram } from "../../support/spawn.ts";
import { startMethods } from "../../support/start_methods.ts";
import { suite } from "../../support/suite.ts";

const test = suite("program exit");
const program = new URL("../../fixtures/programs/exits.ts", import.meta.url);

async function run(
  name: string,
  method = "thread",
): ReturnType<typeof spawnProgram> {
  const folder = mkdtempSync(join(tmpdir(), "whorl-exit-"));
  const outcome = await spawnProgram(program, {
    args: [name, method],
    env: { TMPDIR: folder },
    toTheLast: true,
  });
  is(
    outcome.timedOut,
    false,
    `it, or a process of it, did not end: ${outcome.stdout} ${outcome.stderr}`,
  );
  equal(readdirSync(folder), []);
  rmSync(folder, { recursive: true });
  return outcome;
}

const endings: Record<string, string> = {
  forgottenIdle: "2\n",
  neverUsed: "made\n",
  pendingApply: "settled 5\n",
  pendingMap: "settled 1 2 3\n",
  closedAndJoined: "settled 5\njoined\n",
  closedOnly: "settled 5\n",
  terminatedWithQueue: "rejected 100000\n",
  terminatedOnly: "",
  terminatedWhileComputing: "pool_closed\n",
  unrefWithWork: "unreferenced\n",
  timerLeftBehind: "left\n",
  disposed: "2\n",
  manyEmpty: "all gone\n",
  refIdle: "still here\n",
};

/** Programs that need memory they share with their workers. */
const threadsOnly = new Set(["terminatedWhileComputing"]);

for (const method of startMethods) {
  for (const [name, printed] of Object.entries(endings)) {
    if (method === "process" && threadsOnly.has(name)) continue;
    test(`the program ${name} ends with 0, after all it had to do: ${method}`, async () => {
      const { code, stdout, stderr } = await run(name, method);
      is(stdout, printed, stderr);
      is(code, 0, stderr);
    });
  }
}

for (const method of startMethods) {
  test(`an error nobody caught in the main program ends it, workers or not: ${method}`, async () => {
    const { code, stderr } = await run("throwsInMain", method);
    not.equal(code, 0);
    match(stderr, "thrown in main");
  });

  test(`an error of a task that nobody handles ends the program: ${method}`, async () => {
    const { code, stderr } = await run("unhandledTaskError", method);
    not.equal(code, 0);
    match(stderr, "Cannot find task missing");
  });

  for (const held of ["parked", "spinning"]) {
    test(`process.exit() is obeyed while workers are ${held}: ${method}`, async () => {
      equal(await leave(held, method, "exit"), [7, null, ""]);
    });

    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      test(`${signal} ends a program while workers are ${held}: ${method}`, async () => {
        equal(await leave(held, method, "killed", signal), [null, signal, ""]);
      });

      test(`a program that handles ${signal} ends as it wants while workers are ${held}: ${method}`, async () => {
        equal(
          await leave(held, method, "handled", signal),
          [5, null, "joined\n"],
        );
      });
    }
  }

  test(`a signal to the program and all its workers, as a terminal sends it: ${method}`, async () => {
    const outcome = await leave("spinning", method, "handled", "SIGINT", true);
    equal(outcome, [5, null, "joined\n"]);
  });
}

/**
 * Runs a program that holds two workers until it leaves; answers code, signal
 * and what it printed. Nothing of it may be left then: its processes all hold
 * the stream that has to end, its files lie in a folder of their own.
 */
async function leave(
  name: string,
  method: string,
  how: string,
  signal?: "SIGINT" | "SIGTERM",
  everybody = false,
): Promise<[number | null, string | null, string]> {
  const folder = mkdtempSync(join(tmpdir(), "whorl-exit-"));
  await using place = await Meeting.open();
  const args = [fileURLToPath(program), name, method, place.path, how];
  const child = spawn(process.execPath, [...launchArgs(runtimeName), ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    detached: everybody,
    env: { ...process.env, NO_COLOR: "1", TMPDIR: folder },
  });
  let printed = "";
  child.stdout.on("data", (text) => printed += String(text));
  child.stderr.on("data", (text) => printed += String(text));
  const closed = new Promise<[number | null, string | null]>((resolve) =>
    child.once("close", (code, by) => resolve([code, by]))
  );
  const pids = await place.arrived("worker", 2);
  is(new Set(pids).size, method === "process" ? 2 : 1);
  place.release("program");
  if (signal !== undefined) {
    await place.arrived("ready");
    process.kill((everybody ? -1 : 1) * (child.pid as number), signal);
  }
  const [code, by] = await closed;
  equal(readdirSync(folder), []);
  rmSync(folder, { recursive: true });
  return [code, by, printed];
}
