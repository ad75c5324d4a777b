/**
 * The instances that are explored. Small ones, because a protocol error that
 * needs more than two workers and two tasks would be a new kind of error, and
 * because small ones can be explored whole.
 */
import { crewScenario } from "./crew_scenario.ts";
import type { Scenario } from "./explorer.ts";
import { resultScenario } from "./results.ts";

/** The first positions: zero and just before both wraps. */
const FIRSTS = [0, 0x7ffffffe, -2];

const one = { workers: 1, cells: 1, tasks: 1 };
const two = { workers: 2, cells: 2, tasks: 2 };
const batch = { batch: 2, burst: 2 };

/** Positions near a wrap, for a scenario that moves past it. */
function wraps(make: (name: string, first: number) => Scenario): Scenario[] {
  return FIRSTS.map((first) =>
    make(first === 0 ? "" : first > 0 ? " at 2^31-2" : " at 2^32-2", first)
  );
}

const CREWS: readonly Scenario[] = [
  ...wraps((at, first) =>
    crewScenario({ name: `one worker${at}`, ...one, tasks: 3, first })
  ),
  ...wraps((at, first) =>
    crewScenario({ name: `two workers${at}`, ...two, first })
  ),
  crewScenario({ name: "batches", ...two, ...batch, tasks: 3 }),
  crewScenario({ name: "private and shared", ...two, private: [0] }),
  crewScenario({ name: "private only", ...two, private: [0, 0], batch: 2 }),
  crewScenario({
    ...{ name: "private after shared", workers: 2, cells: 1, tasks: 2 },
    private: [-1, 0],
  }),
  crewScenario({ name: "tasks that meet", ...two, burst: 2, meets: true }),
  crewScenario({ name: "tasks that meet, one by one", ...two, meets: true }),
  crewScenario({ name: "async sleep", ...one, tasks: 2, park: "async" }),
  crewScenario({
    ...{ name: "async sleep, own events", ...one, tasks: 2 },
    ...{ park: "async", ownEvents: 1 },
  }),
  crewScenario({
    ...{ name: "promise left behind", ...one, tasks: 2 },
    ...{ park: "mixed", ownEvents: 1 },
  }),
  crewScenario({ name: "kill", workers: 2, cells: 1, tasks: 1, kills: 1 }),
  crewScenario({ name: "kill, two tasks", ...two, kills: 1 }),
  crewScenario({ name: "kill, batch", ...two, ...batch, kills: 1 }),
  crewScenario({
    ...{ name: "kill and replace", ...one, tasks: 2, kills: 1, spares: 1 },
  }),
  crewScenario({
    ...{ name: "kill with private tasks", ...two, private: [0, 0] },
    kills: 1,
  }),
  crewScenario({
    ...{ name: "fence while alive", workers: 2, cells: 2, tasks: 1 },
    suspicions: 1,
  }),
  crewScenario({
    ...{ name: "fence, replace, reuse", workers: 1, cells: 2, tasks: 2 },
    ...{ suspicions: 1, spares: 1 },
  }),
  crewScenario({
    ...{ name: "slot again", workers: 1, slots: 1, cells: 2, tasks: 2 },
    ...{ suspicions: 1, spares: 1 },
  }),
  crewScenario({
    ...{ name: "fence, then kill", workers: 1, cells: 2, tasks: 1 },
    ...{ suspicions: 1, kills: 1, spares: 2 },
  }),
  crewScenario({ name: "cancel", ...two, cancels: 1 }),
  crewScenario({ name: "cancel, ring full", ...one, tasks: 3, cancels: 2 }),
  crewScenario({
    ...{ name: "cancel, full with queued", ...one, cells: 2, tasks: 4 },
    ...{ cancels: 2, burst: 2 },
  }),
  crewScenario({
    name: "cancel and kill",
    ...two,
    tasks: 1,
    cancels: 1,
    kills: 1,
  }),
  crewScenario({ name: "steal", ...two, ...batch, steals: 1 }),
  crewScenario({ name: "dismiss", ...two, dismissals: 1 }),
  crewScenario({ name: "unstart", ...two, tasks: 1, unstarts: true }),
  crewScenario({ name: "mail", ...two, tasks: 1, mails: 1 }),
  crewScenario({ name: "mail, async sleep", ...one, park: "async", mails: 2 }),
  crewScenario({ name: "post", ...one, cells: 2, tasks: 2, asks: "tell" }),
  crewScenario({ name: "post, two workers", ...two, asks: "tell" }),
  crewScenario({
    ...{ name: "ask and listen", ...one, tasks: 2, asks: "wait" },
    park: "async",
  }),
  crewScenario({
    name: "slice of a sleep ends",
    ...two,
    tasks: 1,
    timeouts: 1,
  }),
  crewScenario({ name: "arena", ...one, cells: 2, tasks: 3, arena: true }),
  crewScenario({
    ...{ name: "arena, pages", ...one, cells: 4, tasks: 5, burst: 4 },
    arena: true,
  }),
  crewScenario({
    ...{ name: "arena, fence while alive", workers: 1, cells: 2, tasks: 2 },
    ...{ suspicions: 1, spares: 1, arena: true },
  }),
  crewScenario({ name: "loads of peers", ...two, polite: true }),
];

const RESULTS: readonly Scenario[] = [
  ...wraps((at, first) =>
    resultScenario({
      name: `result ring${at}`,
      records: [16, 16, 8, 16, 16, 8, 16],
      first,
    })
  ),
  resultScenario({
    name: "result ring grows",
    records: [16, 16, 16, 16, 16, 32],
  }),
  resultScenario({ name: "result too large", records: [16, 24, 16, 32] }),
  resultScenario({
    name: "result in a segment",
    records: [72, 16, 72, 80, 72],
  }),
  resultScenario({
    name: "result ring, late reads",
    records: [8, 16, 16, 16, 8],
    late: true,
  }),
  resultScenario({ name: "result ring, odd", records: [8, 16, 16, 16, 16, 8] }),
  resultScenario({
    ...{ name: "result given up", records: [16, 16, 16, 16, 16] },
    abandoned: 1,
  }),
  resultScenario({
    name: "result ring, kill",
    records: [16, 16, 16],
    kills: 1,
  }),
];

/** Every scenario. */
export const SCENARIOS: readonly Scenario[] = [...CREWS, ...RESULTS];

/** The scenario of this name. */
export function scenarioOf(name: string): Scenario {
  const found = SCENARIOS.find((each) => each.name === name);
  if (found === undefined) throw new Error(`No scenario is called ${name}`);
  return found;
}
