/**
 * The model in small, for every run of the tests: all scenarios without
 * preemptions but with every death and every order of events, the small ones
 * with one preemption anywhere, random schedules, and some planted bugs.
 * `npm run model` goes further.
 */
import { is, ok } from "../support/assert.ts";
import { rng } from "../support/rng.ts";
import { runtimeName } from "../support/runtime.ts";
import { suite } from "../support/suite.ts";
import {
  exhaust,
  type Found,
  readSchedule,
  replay,
  type Scenario,
  wander,
  writeSchedule,
} from "./explorer.ts";
import { machines } from "./hunt.ts";
import type { Machine } from "./machine.ts";
import { MUTANTS } from "./mutants.ts";
import { scenarioOf, SCENARIOS } from "./scenarios.ts";
import { unavailable } from "./transform.ts";

const test = suite("model");
const unless = unavailable();
const deadlineMs = 120_000;

// What is explored does not depend on the runtime: the others show that it
// runs there, the rest is left to the quickest.
const whole = runtimeName === "node";
const SCHEDULES = whole ? 250 : 20;
/** Small enough for one preemption anywhere. */
const PREEMPTED = [
  ...["one worker", "one worker at 2^31-2", "one worker at 2^32-2"],
  ...["private only", "async sleep, own events", "promise left behind"],
  ...["tasks that meet", "unstart", "post", "ask and listen", "arena"],
  ...["arena, pages", "slot again", "mail, async sleep"],
  ...SCENARIOS.filter(({ name }) => name.startsWith("result"))
    .map(({ name }) => name),
];
/** Left to the long run, but for a second. */
const HUGE = ["fence, then kill", "kill, two tasks", "cancel and kill"];
/** Bugs of different kinds that are found soon. */
const BUGS = ["M01", "M03", "M04", "M06", "M11", "M12", "M13"];

let real: Promise<() => Machine> | undefined;
const makes = (): Promise<() => Machine> => real ??= machines();

function good(scenario: Scenario, { failure }: Found): void {
  if (!failure) return;
  throw new Error(`${scenario.name}: ${failure.message}: ${failure.schedule}`);
}

test("every scenario holds with events and deaths in every order", {
  unless,
  deadlineMs,
}, async () => {
  const make = await makes();
  for (const scenario of SCENARIOS) {
    const huge = HUGE.includes(scenario.name);
    const found = exhaust(make, scenario, {
      bound: 0,
      states: 1 << 20,
      // Not complete is no failure here: the slowest runtime has to pass, too.
      untilMs: performance.now() + (!whole ? 100 : huge ? 1_000 : 20_000),
    });
    good(scenario, found);
    if (whole && !huge) ok(found.complete, `${scenario.name} is not complete`);
  }
});

test("the small scenarios hold with a preemption anywhere", {
  unless: unless || (whole ? "" : "explored on node"),
  deadlineMs,
}, async () => {
  const make = await makes();
  for (const name of PREEMPTED) {
    const scenario = scenarioOf(name);
    const found = exhaust(make, scenario, { bound: 1, states: 1 << 20 });
    good(scenario, found);
    ok(found.complete, `${name} is not complete`);
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

for (
  const mutant of MUTANTS.filter(({ design = "" }) => BUGS.includes(design))
) {
  test(`a planted bug is found: ${mutant.name}`, {
    unless: unless || (whole ? "" : "explored on node"),
    deadlineMs,
  }, async () => {
    const make = await machines(mutant.edits);
    const scenario = scenarioOf(mutant.by[0] as string);
    const { failure } = [0, 1].map((bound) =>
      exhaust(make, scenario, { bound, states: 1 << 20 })
    ).find((found) => found.failure) ?? {};
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
