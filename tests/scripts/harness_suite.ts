/** Proves that a bad suite cannot pass: each fixture must end non-zero. */
import { fileURLToPath } from "node:url";
import { equal, is, match, not } from "../support/assert.ts";
import { type Rng, rng } from "../support/rng.ts";
import { spawnProgram } from "../support/spawn.ts";
import { suite } from "../support/suite.ts";

const test = suite("harness");
const folderUrl = new URL("../fixtures/bad_suites/", import.meta.url);
const folder = fileURLToPath(folderUrl);
const main = new URL("../main.ts", import.meta.url);

const bad: Record<string, RegExp> = {
  throws_string: /not an Error was thrown: "a string"/,
  zero_tests: /no test/,
  hangs: /Not finished after 200 ms/,
  throws_at_import: /at import/,
  unhandled_rejection: /forgotten/,
  exits: /before all tests had run/,
  asks_for_hook: /before is not a function/,
  says_same_twice: /Cannot declare "same" in "bad" twice/,
  skips_everything: /a reason/,
  late_failure: /in a timer/,
  "matches nothing": /no suite matches/,
};

for (const [name, text] of Object.entries(bad)) {
  test(`a run of "${name}" fails and says why`, async () => {
    const run = await runFixture(name);
    is.not(run.code, 0);
    match(run.stderr, text);
  });
}

test("a run of a good suite passes", async () => {
  const run = await runFixture("good");
  is(run.code, 0, run.stderr);
  match(run.stdout, /1 passed, 0 failed/);
});

test("a suite that is run by itself fails and names main.ts", async () => {
  const run = await spawnProgram(new URL("./good_suite.ts", folderUrl));
  is.not(run.code, 0);
  match(run.stderr, /run tests\/main/);
});

test("rng() draws the same numbers for the same label", () => {
  const [one, two, other] = [rng("a"), rng("a"), rng("b")];
  const draw = (from: Rng) => [1, 2, 3, 4].map(() => from.below(1000));
  const drawn = draw(one);
  equal(draw(two), drawn);
  not.equal(draw(other), drawn);
});

function runFixture(name: string): ReturnType<typeof spawnProgram> {
  return spawnProgram(main, { args: ["--in", folder, name] });
}
