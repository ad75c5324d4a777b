/**
 * Explores the schedules of a scenario: all of them up to a bound of
 * preemptions, random ones beyond it. A run cannot be copied, so every
 * schedule is executed from its start; what makes the search small is that a
 * state reached before, by other ways to the same histories of all threads,
 * is not entered again.
 */
import { Rng } from "../support/rng.ts";
import type { Machine } from "./machine.ts";
import { Failure, KILL, OPTIONS, TIMEOUT } from "./threads.ts";
import { States } from "./states.ts";

/** A small program and what must hold. */
export interface Scenario {
  readonly name: string;
  readonly kills?: number;
  readonly timeouts?: number;
  /** Outcomes that may be; any other is a failure. */
  readonly allowed: RegExp;
  /** Spawns the threads and sets the checks. */
  start(machine: Machine): void;
  /** What a run came to, for the table of outcomes; called where it ends. */
  outcome(): string;
}

/** How far to go. */
export interface Limits {
  /** Preemptions per schedule; Infinity: all interleavings. */
  readonly bound: number;
  readonly states?: number;
  readonly schedules?: number;
  readonly untilMs?: number;
  /** Called before each move, for coverage. */
  readonly watch?: Watch;
}

/** Sees every move before it is made. */
export type Watch = (machine: Machine, move: number) => void;

/** What was found. */
export interface Found {
  schedules: number;
  states: number;
  steps: number;
  /** Everything within the bound was seen. */
  complete: boolean;
  outcomes: Map<string, number>;
  failure?: { message: string; schedule: string };
}

/** Makes the machine of one run. */
export type Make = () => Machine;

function nothing(): Found {
  return {
    ...{ schedules: 0, states: 0, steps: 0, complete: false },
    outcomes: new Map(),
  };
}

interface Node {
  moves: number[];
  /** How many of them, from the first, cost no preemption. */
  free: number;
  at: number;
  left: number;
}

/** One run that stops at the first failed check. */
class Run {
  readonly machine: Machine;
  readonly moves: number[] = [];
  readonly trail: number[] = [];
  readonly #scenario: Scenario;
  readonly #watch: Watch | undefined;

  constructor(make: Make, scenario: Scenario, watch?: Watch) {
    this.#scenario = scenario;
    this.#watch = watch;
    this.machine = make();
    scenario.start(this.machine);
  }

  /** The moves there are; none: the run is over. */
  look(): number[] {
    const { kills = 0, timeouts = 0 } = this.#scenario;
    const rest = this.machine.moves(this.moves, { kills, timeouts });
    if (rest) this.machine.quiet();
    return this.moves;
  }

  make(move: number): void {
    this.trail.push(move);
    this.#watch?.(this.machine, move);
    this.machine.make(move);
  }
}

/** All schedules with at most `bound` preemptions, depth first. */
export function exhaust(
  make: Make,
  scenario: Scenario,
  limits: Limits,
): Found {
  const found = nothing();
  const seen = new States(limits.states ?? 1 << 22);
  const stack: Node[] = [];
  do {
    found.schedules++;
    const run = new Run(make, scenario, limits.watch);
    try {
      descend(run, { stack, seen, found, limits });
    } catch (error) {
      found.states = seen.size;
      return failed(found, error, run);
    }
    found.steps += run.trail.length;
    while (stack.length > 0) {
      const top = stack[stack.length - 1] as Node;
      if (++top.at < top.moves.length) break;
      stack.pop();
    }
    if (over(found, limits) || seen.full) {
      found.states = seen.size;
      return found;
    }
  } while (stack.length > 0);
  found.states = seen.size;
  found.complete = true;
  return found;

  function descend(run: Run, search: Search): void {
    for (const node of stack) {
      run.make(node.moves[node.at] as number);
    }
    const key = new Int32Array(2);
    for (;;) {
      const moves = run.look();
      if (moves.length === 0) return note(found, scenario);
      const above = stack[stack.length - 1];
      const left = above
        ? above.left - (above.at >= above.free ? 1 : 0)
        : search.limits.bound;
      run.machine.key(key);
      if (Number.isFinite(left)) {
        // What a switch costs depends on who runs.
        key[1] = (key[1] as number) ^ ((run.machine.current?.id ?? 7) << 27);
      }
      if (!seen.enter(key, left)) return;
      const node = ordered(run.machine, moves, left);
      stack.push(node);
      run.make(node.moves[0] as number);
    }
  }
}

interface Search {
  stack: Node[];
  seen: States;
  found: Found;
  limits: Limits;
}

/** Moves within the bound: going on first, then free switches, then preemptions. */
function ordered(machine: Machine, moves: number[], left: number): Node {
  const { current } = machine;
  const mine: number[] = [];
  const free: number[] = [];
  const others: number[] = [];
  for (const move of moves) {
    if (move >= KILL) free.push(move);
    else if (current && Math.floor(move / OPTIONS) === current.id) {
      mine.push(move);
    } else others.push(move);
  }
  // A thread that waits for events, or spins, gave the others their turn.
  const polite = mine.length === 0 ||
    current?.pending?.options !== undefined ||
    current?.pending?.kind === "spin";
  const all = polite ? [...mine, ...others, ...free] : [...mine, ...free];
  const costless = all.length;
  if (!polite && left > 0) all.push(...others);
  return { moves: all, free: costless, at: 0, left };
}

/** Random schedules: uniform, or with priorities that change `depth` times. */
export function wander(
  make: Make,
  scenario: Scenario,
  limits: Omit<Limits, "bound"> & { seed: number; depth?: number },
): Found {
  const found = nothing();
  const random = new Rng(limits.seed);
  // How long runs are, for where PCT changes its priorities.
  let length = 200;
  while (!over(found, limits)) {
    found.schedules++;
    const run = new Run(make, scenario, limits.watch);
    const choose = limits.depth === undefined
      ? uniform(random)
      : pct(random, limits.depth, length);
    try {
      for (let moves = run.look(); moves.length > 0; moves = run.look()) {
        run.make(choose(moves, run.trail.length));
      }
      note(found, scenario);
    } catch (error) {
      return failed(found, error, run);
    }
    length = Math.max(length, run.trail.length);
    found.steps += run.trail.length;
  }
  found.complete = true;
  return found;
}

type Choose = (moves: readonly number[], step: number) => number;

/** Deaths and timeouts are rare, or no run would live long. */
const FAULT_ODDS = 40;

function faultless(random: Rng, moves: readonly number[]): readonly number[] {
  const steps = moves.filter((move) => move < KILL);
  if (steps.length === 0) return moves;
  const faults = moves.filter((move) => move >= KILL);
  return faults.length > 0 && random.below(FAULT_ODDS) === 0 ? faults : steps;
}

function uniform(random: Rng): Choose {
  return (moves) => random.pick(faultless(random, moves));
}

/** Probabilistic concurrency testing: the thread of highest priority runs. */
function pct(random: Rng, depth: number, length: number): Choose {
  const priority = new Map<number, number>();
  const drops = new Set<number>();
  while (drops.size < depth - 1) drops.add(random.below(length));
  let lowest = 0;
  return (moves, step) => {
    const allowed = faultless(random, moves);
    if ((allowed[0] as number) >= KILL) return random.pick(allowed);
    const ids = [...new Set(allowed.map((one) => Math.floor(one / OPTIONS)))];
    for (const id of ids) {
      if (!priority.has(id)) priority.set(id, random.float() + 1);
    }
    const best = (): number =>
      ids.reduce((one, two) =>
        (priority.get(two) as number) > (priority.get(one) as number)
          ? two
          : one
      );
    if (drops.has(step)) priority.set(best(), --lowest);
    const id = best();
    // Who waits for an event has no claim to be first for ever.
    const mine = allowed.filter((one) => Math.floor(one / OPTIONS) === id);
    if (mine.length > 1) priority.set(id, --lowest);
    return random.pick(mine);
  };
}

/** Plays one schedule; answers the outcome, or throws what failed. */
export function replay(
  make: Make,
  scenario: Scenario,
  schedule: string,
  watch?: Watch,
): string {
  const run = new Run(make, scenario, watch);
  for (const move of readSchedule(schedule)) {
    if (!run.look().includes(move)) {
      throw new Error(`Cannot replay: ${nameOf(move)} is not possible`);
    }
    run.make(move);
  }
  return run.look().length === 0 ? scenario.outcome() : "not at its end";
}

function over(found: Found, limits: Omit<Limits, "bound">): boolean {
  if (found.schedules >= (limits.schedules ?? Infinity)) return true;
  return (found.schedules & 63) === 0 &&
    performance.now() > (limits.untilMs ?? Infinity);
}

function note({ outcomes }: Found, scenario: Scenario): void {
  const name = scenario.outcome();
  outcomes.set(name, (outcomes.get(name) ?? 0) + 1);
  if (!scenario.allowed.test(name)) throw new Failure(`forbidden: ${name}`);
}

function failed(found: Found, error: unknown, run: Run): Found {
  const { message } = error as Error;
  // Anything else the ring threw is a failure as well, with where it stood.
  const text = error instanceof Failure
    ? message
    : `throws: ${(error as Error).stack?.split("\n").slice(0, 3).join(" ")}`;
  found.failure = { message: text, schedule: writeSchedule(run.trail) };
  return found;
}

// ---- schedules as text: `a5 b a:2 !b`, a step five times, an option, a death --

const LETTERS = "abcdefghij";

function nameOf(move: number): string {
  if (move >= TIMEOUT) return "~" + LETTERS[move - TIMEOUT];
  if (move >= KILL) return "!" + LETTERS[move - KILL];
  const option = move % OPTIONS;
  const letter = LETTERS[Math.floor(move / OPTIONS)];
  return option > 0 ? `${letter}:${option}` : `${letter}`;
}

/** A schedule as text. */
export function writeSchedule(moves: readonly number[]): string {
  const parts: { name: string; times: number }[] = [];
  for (const move of moves) {
    const name = nameOf(move);
    const last = parts.at(-1);
    if (last?.name === name && /^[a-j]$/.test(name)) last.times++;
    else parts.push({ name, times: 1 });
  }
  return parts.map(({ name, times }) => times > 1 ? name + times : name)
    .join(" ");
}

/** The moves of {@link writeSchedule}. */
export function readSchedule(text: string): number[] {
  return text.trim().split(/\s+/).filter(Boolean).flatMap((part) => {
    const [, sign, letter, times, option] =
      part.match(/^([!~]?)([a-j])(\d*)(?::(\d+))?$/) ?? [];
    if (letter === undefined) throw new Error(`Cannot read schedule: ${part}`);
    const id = LETTERS.indexOf(letter);
    if (sign === "!") return [KILL + id];
    if (sign === "~") return [TIMEOUT + id];
    const move = id * OPTIONS + Number(option ?? 0);
    return Array.from({ length: Number(times || 1) }, () => move);
  });
}
