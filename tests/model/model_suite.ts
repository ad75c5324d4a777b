/**
 * The model in small, for every run of the tests: all scenarios as far as some
 * thousand states go, the small ones with one preemption anywhere, random
 * schedules, and some planted bugs. `npm run model` goes further.
 */
import { is, ok } from "../support/assert.ts";
import { rng } from "../support/rng.ts";
import { runtimeName } from "../support/runtime.ts";
import { suite } from "../support/suite.ts";
import { exhaust } from "./exhaust.ts";
import { machines } from "./hunt.ts";
import type { Machine } from "./machine.ts";
import { MUTANTS } from "./mutants.ts";
import { type Found, replay, type Scenario } from "./run.ts";
import { scenarioOf, SCENARIOS } from "./scenarios.ts";
import { readSchedule, writeSchedule } from "./schedule.ts";
import { applied, sourceOf, unavailable } from "./transform.ts";
import { wander } from "./wander.ts";

const test = suite("model");
const unless = unavailable();
const deadlineMs = 300_000;

// What is explored does not depend on the runtime: the others show that it
// runs there, the rest is left to the quickest.
const whole = runtimeName === "node";
const SCHEDULES = whole ? 100 : 20;
/** States of one search: most scenarios are complete without a preemption. */
const STATES = whole ? 4_000 : 200;
/** Small enough for one preemption anywhere, and for every outcome they allow. */
const PREEMPTED = [
  ...["one worker", "one worker at 2^31-2", "one worker at 2^32-2"],
  ...["async sleep", "spin", "post", "ask and listen", "arena, pages"],
  ...["kill and replace", "async sleep, kill", "spin, kill"],
  ...["ask and listen, kill", "recycle"],
  ...SCENARIOS.filter(({ name }) => name.startsWith("result"))
    .map(({ name }) => name),
];
/** Bugs of different kinds that are found soon. */
const BUGS = ["M01", "M03", "M04", "M06", "M11", "M12", "M13"];

let real: Promise<() => Machine> | undefined;
const makes = (): Promise<() => Machine> => real ??= machines();

function good(scenario: Scenario, { failure }: Found): void {
  if (!failure) return;
  throw new Error(`${scenario.name}: ${failure.message}: ${failure.schedule}`);
}

test("every scenario holds with events and faults in every order", {
  unless,
  deadlineMs,
}, async () => {
  const make = await makes();
  for (const scenario of SCENARIOS) {
    good(scenario, exhaust(make, scenario, { bound: 2, states: STATES }));
  }
});

test("the small scenarios hold with a preemption anywhere", {
  unless: unless || (whole ? "" : "explored on node"),
  deadlineMs,
}, async () => {
  const make = await makes();
  for (const name of PREEMPTED) {
    const scenario = scenarioOf(name);
    // How many segments the worker needs is decided by the second.
    const bound = name.startsWith("result") ? 2 : 1;
    const found = exhaust(make, scenario, { bound });
    good(scenario, found);
    ok(found.complete, `${name} is not complete`);
    const seen = [...found.outcomes.keys()].sort().join();
    is(seen, [...scenario.outcomes.expected].sort().join(), name);
  }
});

// Without guesses about what concerns nobody else, and with every shortcut
// held against what it stands for.
test("a search that takes no shortcut comes to the same", {
  unless: unless || (whole ? "" : "explored on node"),
  deadlineMs,
}, async () => {
  const make = await makes();
  for (const name of ["kill and replace", "recycle", "stop", "slot again"]) {
    const scenario = scenarioOf(name);
    const [short, long] = [false, true].map((plain) => {
      const found = exhaust(make, scenario, { bound: 0, plain });
      good(scenario, found);
      ok(found.complete, `${name} is not complete`);
      return [...found.outcomes.keys()].sort().join();
    });
    is(short, long, name);
  }
});

test("every scenario holds in random schedules", {
  unless,
  deadlineMs,
}, async () => {
  const make = await makes();
  const random = rng("model");
  for (const scenario of SCENARIOS) {
    const limits = { seed: random.uint32(), schedules: SCHEDULES };
    good(scenario, wander(make, scenario, limits));
    good(scenario, wander(make, scenario, { ...limits, depth: 3 }));
  }
});

test("every planted bug changes the source it names", { unless }, () => {
  for (const { edits } of MUTANTS) {
    for (const { file } of edits) applied(sourceOf(file), file, edits);
  }
});

for (
  const mutant of MUTANTS.filter(({ design = "" }) => BUGS.includes(design))
) {
  test(`a planted bug is found: ${mutant.name}`, {
    unless: unless || (whole ? "" : "explored on node"),
    deadlineMs,
  }, async () => {
    const make = await machines(mutant.edits);
    const scenario = scenarioOf(mutant.by[0] as string);
    const { failure } = exhaust(make, scenario, { bound: 1 });
    ok(failure, "it was not found");
    if (!failure) return;
    // The schedule that is printed fails again, and does not without the bug.
    let message = "";
    try {
      replay(make, scenario, failure.schedule);
    } catch (error) {
      message = (error as Error).message;
    }
    is(message, failure.message);
  });
}

test("a schedule is the same after it was written and read", () => {
  const text = "a13 b2 !b a:2 a ~c b a:1 a:1";
  is(writeSchedule(readSchedule(text)), text);
});
