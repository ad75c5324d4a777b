/** A real worker of a pool dies wherever one can: every promise of the pool holds. */
import { ok } from "../support/assert.ts";
import { suite } from "../support/suite.ts";
import { rng } from "../support/rng.ts";
import { type Choice, poolMatrix } from "./pool_matrix.ts";
import { tree } from "./tree.ts";

const test = suite("deaths in pools");
const LONG = { deadlineMs: 180_000 };

async function deathsOf(choice: Choice): Promise<number> {
  const { failures, deaths } = await poolMatrix(choice);
  ok(failures.length === 0, failures.join("\n"));
  return deaths;
}

async function survives(choice: Choice, least: number): Promise<void> {
  const deaths = await deathsOf(choice);
  ok(deaths >= least, `${deaths} deaths`);
}

// All of them are for the long run; another seed has others.
test(
  "a thread dies at points taken at random, in one way each",
  LONG,
  async () => {
    const points = rng("points of death").shuffle(tree().points);
    let deaths = 0;
    // To few of twelve somebody may come, and then others are taken.
    for (let at = 0; deaths < 4 && at < points.length; at += 12) {
      const some = points.slice(at, at + 12).map(({ name }) => name);
      const names = at === 0 ? ["user code", ...some] : some;
      deaths += await deathsOf({
        startMethod: "thread",
        share: 0,
        // Memory takes long to fill.
        only: ({ way }, name) =>
          names.includes(name) && (way !== "heap" || name === "user code"),
      });
    }
    ok(deaths >= 4, `${deaths} deaths`);
  },
);

// Regression: thrown where a task asks for its values, the error was that
// task's, its worker lived, and the wake it owed the host was never given.
test("an error takes the place of a wake", LONG, async () => {
  // A worker comes there only when its host sleeps already.
  for (let deaths = 0; deaths === 0;) {
    deaths = await deathsOf({
      startMethod: "thread",
      share: 1,
      only: ({ way }, name) => way === "throw" && name === "R8",
    });
  }
});

/** Where a process dies in a test run; all other points are for the long one. */
const POINTS = ["R1", "R6", "D4", "P2"];

test("a process is killed at some points", LONG, () =>
  survives({
    startMethod: "process",
    share: 0,
    only: ({ way }, name) => way === "kill" && POINTS.includes(name),
  }, 4));

// CPython's list for its executor: at each step of a task, with little and
// with big data, and while the pool closes.
const STEPS = ["argument decode", "user code", "result encode", "result words"];

for (const startMethod of ["thread", "process"] as const) {
  test(
    `a ${startMethod} dies at each step of a task with big data`,
    LONG,
    () =>
      survives({
        startMethod,
        share: 0,
        load: 1_000_000,
        only: ({ way, retry }, name) =>
          (way === "exit" || way === "throw") && STEPS.includes(name) && !retry,
      }, 4),
  );

  test(`a ${startMethod} dies while the pool closes`, LONG, () =>
    survives({
      startMethod,
      share: 0,
      only: ({ way, moment }) => moment === "last" && way !== "heap",
    }, 2));
}
