/**
 * The instances that are explored. Small ones, because a protocol error that
 * needs more than two workers and two tasks would be a new kind of error, and
 * because small ones can be explored whole.
 */
import type { CrewOptions } from "./crew_options.ts";
import { crewScenario } from "./crew_scenario.ts";
import { loopScenario } from "./loops.ts";
import { type ResultOptions, resultScenario } from "./results.ts";
import type { Scenario } from "./run.ts";

/** The first positions: zero and just before both wraps. */
const FIRSTS = [0, 0x7ffffffe, -2];

type Part = Partial<CrewOptions>;

const one: Part = { workers: 1, cells: 1 };
const two: Part = { workers: 2, cells: 2 };
const batch: Part = { batch: 2, burst: 2 };
const dies: Part = { kills: 1, spares: 1 };
const fenced: Part = { suspicions: 1, spares: 1 };

/** One instance; `ends`: how its tasks may end, one word for each way. */
function crew(name: string, ends: string, ...parts: Part[]): Scenario {
  const tasks = ends.indexOf(" ") < 0 ? ends.length : ends.indexOf(" ");
  const options = { name, ends, tasks, workers: 1, cells: 1 };
  return crewScenario(Object.assign(options, ...parts) as CrewOptions);
}

/** The same once more with a death anywhere, and with a fence while alive. */
function faulty(name: string, ends: string, ...parts: Part[]): Scenario[] {
  return [
    crew(`${name}, kill`, ends, dies, ...parts),
    crew(`${name}, fence`, ends, fenced, ...parts),
  ];
}

/** Positions near a wrap, for a scenario that moves past it. */
function wraps(make: (name: string, first: number) => Scenario): Scenario[] {
  return FIRSTS.map((first) =>
    make(first === 0 ? "" : first > 0 ? " at 2^31-2" : " at 2^32-2", first)
  );
}

/** Nobody dies. */
const SOUND: readonly Scenario[] = [
  ...wraps((at, first) => crew(`one worker${at}`, "RRR", one, { first })),
  ...wraps((at, first) => crew(`two workers${at}`, "RR", two, { first })),
  crew("batches", "RRR", two, batch),
  crew("few awake", "RR", two, { burst: 2, meets: true, wanted: 1 }),
  crew("private and shared", "RR", two, { private: [0] }),
  crew("private only", "RR", two, { private: [0, 0], batch: 2 }),
  crew("private after shared", "RR", two, { cells: 1, private: [-1, 0] }),
  crew("tasks that meet", "RR", two, { burst: 2, meets: true }),
  crew("tasks that meet, one by one", "RR", two, { meets: true }),
  crew("spin", "RR", one, { spins: true }),
  crew("async sleep", "RR", one, { park: "async" }),
  crew("async sleep, own events", "RR", one, { park: "async", ownEvents: 1 }),
  crew("promise left behind", "RR", one, { park: "mixed", ownEvents: 1 }),
  crew("cancel", "RR RC CR", two, { cancels: 1 }),
  crew("cancel, ring full", "RRR RRC RCR CRR RCC CRC CCR", one, { cancels: 2 }),
  ...wraps((at, first) =>
    crew(
      `cancel, full with queued${at}`,
      "RRRR RRRC RRCR RCRR CRRR RRCC RCRC RCCR CRRC CRCR CCRR",
      one,
      { cells: 2, cancels: 2, burst: 2, first },
    )
  ),
  crew("steal", "RR", two, batch, { steals: 1 }),
  crew("dismiss", "RR", two, { dismissals: 1 }),
  crew("recycle", "RR", one, { slots: 1, dismissals: 1, spares: 1 }),
  crew("stop", "RR", one, { stops: 2 }),
  crew("mail", "R", two, { mails: 1 }),
  crew("mail, async sleep", "R", one, { park: "async", mails: 2 }),
  crew("post", "RR", one, { cells: 2, asks: "tell" }),
  crew("post, two workers", "RR", two, { asks: "tell" }),
  crew("ask and listen", "RR", one, { asks: "wait", park: "async" }),
  crew("unstart", "R", two, { unstarts: true }),
  crew("slice of a sleep ends", "R", two, { timeouts: 1 }),
  crew("loads of peers", "RR", two, { polite: true }),
  crew("arena", "RRR", one, { cells: 2, arena: true }),
  crew("arena, pages", "RRRRR", { cells: 4, burst: 4, arena: true }),
];

/** Somebody dies, is declared dead while alive, or both. */
const FAULTY: readonly Scenario[] = [
  ...wraps((at, first) => crew(`kill${at}`, "R L", two, { kills: 1, first })),
  crew("kill, two tasks", "RR RL LR", two, { kills: 1 }),
  crew("kill, batch", "RR RL LR", two, batch, { kills: 1 }),
  crew("kill and replace", "RR RL LR", one, dies),
  crew("kill with private tasks", "RR RL LR", two, {
    ...{ private: [0, 0], kills: 1 },
  }),
  crew("few awake, kill", "R L", two, { wanted: 1, kills: 1, spares: 1 }),
  crew("two kills", "R L", two, { kills: 2, spares: 1 }),
  crew("cancel and kill", "R L C", two, { cancels: 1, kills: 1 }),
  crew("fence while alive", "R L", two, { suspicions: 1 }),
  ...wraps((at, first) =>
    crew(`fence, replace, reuse${at}`, "RR RL LR", one, fenced, {
      ...{ cells: 2, first },
    })
  ),
  crew("slot again", "RR RL LR", one, fenced, { slots: 1, cells: 2 }),
  crew("fence, then kill", "R L", one, fenced, {
    ...{ cells: 2, kills: 1, spares: 2 },
  }),
  crew("cancel and fence", "R L C", one, fenced, { cancels: 1 }),
  crew("steal and fence", "RR RL LR", two, batch, {
    ...{ steals: 1, suspicions: 1 },
  }),
  crew("terminate", "RR RL LR LL RU UR LU UL UU", two, { terminates: 1 }),
  crew("terminate, private", "RR RL LR LL RU UR LU UL UU", two, {
    ...{ terminates: 1, private: [0, 1] },
  }),
  crew("arena, fence while alive", "RR RL LR", one, fenced, {
    ...{ cells: 2, arena: true },
  }),
  ...faulty("async sleep", "R L", one, { park: "async" }),
  ...faulty("spin", "R L", one, { spins: true }),
  ...faulty("stop", "R L", one, { stops: 1 }),
  ...faulty("mail", "R L", one, { mails: 1 }),
  ...faulty("ask and listen", "R L", one, { asks: "wait", park: "async" }),
  ...faulty("unstart", "R L", one, { unstarts: true, spares: 2 }),
  ...faulty("slice of a sleep ends", "R L", one, { timeouts: 1 }),
  ...faulty("loads of peers", "R L", two, { polite: true }),
  // The largest come last: they get the time that others leave.
  crew("dismiss, kill", "R L", two, { dismissals: 1, kills: 1, spares: 1 }),
  crew("dismiss, fence", "R L", two, {
    ...{ dismissals: 1, suspicions: 1, spares: 1 },
  }),
];

/** Every record is read; the reader decides by its pace where they lie. */
function results(
  name: string,
  records: readonly number[],
  segments: readonly string[],
  parts: Partial<ResultOptions> = {},
): Scenario {
  const read = records.length - (parts.abandoned === undefined ? 0 : 1);
  const ends = segments.map((each) => `${read} of ${read}, segments ${each}`);
  return resultScenario({ name, records, ends, ...parts });
}

const RESULTS: readonly Scenario[] = [
  ...wraps((at, first) =>
    results(`result ring${at}`, [16, 16, 8, 16, 16, 8, 16], ["0", "0 1"], {
      first,
    })
  ),
  results("result ring grows", [16, 16, 16, 16, 16, 32], ["0 1"]),
  results("result too large", [16, 24, 16, 32], ["0 1"]),
  results("result in a segment", [72, 16, 72, 80, 72], [
    ...["0 1 2", "0 1 2 3", "0 1 2 3 4"],
  ]),
  results("result ring, late reads", [8, 16, 16, 16, 8], ["0"], { late: true }),
  results("result ring, odd", [8, 16, 16, 16, 16, 8], ["0", "0 1"]),
  results("result given up", [16, 16, 16, 16, 16], ["0", "0 1"], {
    abandoned: 1,
  }),
  // Killed before a record, between its bytes and its publication, or after.
  results("result ring, kill", [16, 16, 16], [], {
    kills: 1,
    ends: [
      ...["0 of 0, segments ", "0 of 1, segments 0", "1 of 1, segments 0"],
      ...["1 of 2, segments 0", "2 of 2, segments 0"],
      ...["2 of 3, segments 0", "3 of 3, segments 0"],
    ],
  }),
];

const grains = { takers: 2, total: 4, step: 1, guide: 2 };
const some = [0, 1, 2, 3, 4].map((done) => `${done} of 4, closed`);

const LOOPS: readonly Scenario[] = [
  loopScenario({ name: "loop", ...grains, ends: ["4 of 4"] }),
  loopScenario({
    ...{ name: "loop, closed", ...grains, closes: true },
    ends: ["4 of 4", ...some],
  }),
  loopScenario({
    ...{ name: "loop, kill", ...grains, kills: 1, ends: ["4 of 4", ...some] },
  }),
];

/** Every scenario. */
export const SCENARIOS: readonly Scenario[] = [
  ...RESULTS,
  ...LOOPS,
  ...SOUND,
  ...FAULTY,
];

/** The scenario of this name. */
export function scenarioOf(name: string): Scenario {
  const found = SCENARIOS.find((each) => each.name === name);
  if (found === undefined) throw new Error(`No scenario is called ${name}`);
  return found;
}
