/** The program of one worker prints what its task returned, and how it ended. */
import { is } from "../support/assert.ts";
import { spawnProgram } from "../support/spawn.ts";
import { suite } from "../support/suite.ts";

const test = suite("examples/process");

test("process.ts prints a greeting and the exit code", async () => {
  const run = await spawnProgram(
    new URL("../../examples/process.ts", import.meta.url),
  );
  is(run.code, 0, run.stderr);
  is(run.stdout, "Hello, whorl 0\n");
});
