/** Programs with processes end by themselves when they are done, and not before. */
import { is, match, not } from "../../support/assert.ts";
import { spawnProgram } from "../../support/spawn.ts";
import { startMethods } from "../../support/start_methods.ts";
import { suite } from "../../support/suite.ts";

const test = suite("process program exit");
const program = new URL(
  "../../fixtures/programs/processes.ts",
  import.meta.url,
);

async function run(...args: string[]): ReturnType<typeof spawnProgram> {
  const outcome = await spawnProgram(program, {
    args,
    toTheLast: true,
  });
  is(outcome.timedOut, false, `${outcome.stdout} ${outcome.stderr}`);
  return outcome;
}

const endings: Record<string, string> = {
  neverStarted: "made\n",
  startedOnly: "0 5\n",
  daemonLeft: "null true\n",
  daemonAwaited: "5\n",
  daemonNoLongerAwaited: "given up\n",
  failsUnheard: "1\n",
};

for (const method of startMethods) {
  for (const [name, printed] of Object.entries(endings)) {
    test(`${method}: the program ${name} ends with 0, after all it had to do`, async () => {
      const { code, stdout, stderr } = await run(name, method);
      is(stdout, printed, stderr);
      is(code, 0, stderr);
    });
  }

  test(`${method}: an error that is awaited and not caught ends the program`, async () => {
    const { code, stderr } = await run("failsHeard", method);
    not.equal(code, 0);
    match(stderr, "out of range: 7");
  });
}

test("a thread that computes is killed", async () => {
  const { code, stdout, stderr } = await run("killedWhileComputing");
  is(stdout, "worker_lost -9\n", stderr);
  is(code, 0, stderr);
});
