/** The loops of numeric.ts give what one thread gives. */
import { is } from "../support/assert.ts";
import { spawnProgram } from "../support/spawn.ts";
import { suite } from "../support/suite.ts";

const test = suite("examples/numeric");

test("numeric.ts prints a maximum, a sum and the longest chain", async () => {
  const run = await spawnProgram(
    new URL("../../examples/numeric.ts", import.meta.url),
  );
  is(run.code, 0, run.stderr);
  is(run.stdout, "999.9989999994167 666665833.1256555\n350 77031\n");
});
