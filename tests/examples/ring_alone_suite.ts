/** The rings work without the pool, as ring/README.md says. */
import { is } from "../support/assert.ts";
import { spawnProgram } from "../support/spawn.ts";
import { suite } from "../support/suite.ts";

const test = suite("examples/ring_alone");

test("ring_alone.ts prints three doubled numbers and ends by itself", async () => {
  const run = await spawnProgram(
    new URL("../../examples/ring_alone.ts", import.meta.url),
  );
  is(run.code, 0, run.stderr);
  is(run.stdout, "2\n4\n6\n");
});
