/** Programs end by themselves when they are done, and not before. */
import { is, match, not } from "../../support/assert.ts";
import { spawnProgram } from "../../support/spawn.ts";
import { suite } from "../../support/suite.ts";

const test = suite("program exit");
const program = new URL("../../fixtures/programs/exits.ts", import.meta.url);

async function run(
  name: string,
  method = "thread",
): ReturnType<typeof spawnProgram> {
  const outcome = await spawnProgram(program, { args: [name, method] });
  is(
    outcome.timedOut,
    false,
    `it did not end: ${outcome.stdout} ${outcome.stderr}`,
  );
  return outcome;
}

const endings: Record<string, string> = {
  forgottenIdle: "2\n",
  neverUsed: "made\n",
  pendingApply: "settled 5\n",
  pendingMap: "settled 1 2 3\n",
  closedAndJoined: "settled 5\njoined\n",
  closedOnly: "settled 5\n",
  terminatedWithQueue: "rejected 5000\n",
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

for (const method of ["thread", "process"]) {
  for (const [name, printed] of Object.entries(endings)) {
    if (method === "process" && threadsOnly.has(name)) continue;
    test(`the program ${name} ends with 0, after all it had to do: ${method}`, async () => {
      const { code, stdout, stderr } = await run(name, method);
      is(stdout, printed, stderr);
      is(code, 0, stderr);
    });
  }
}

test("an error nobody caught in the main program ends it, workers or not", async () => {
  const { code, stderr } = await run("throwsInMain");
  not.equal(code, 0);
  match(stderr, "thrown in main");
});

test("an error of a task that nobody handles ends the program", async () => {
  const { code, stderr } = await run("unhandledTaskError");
  not.equal(code, 0);
  match(stderr, "Cannot find task missing");
});
