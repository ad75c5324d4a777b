/** One run of a scenario, what may come of it, and what a search found. */
import process from "node:process";
import type { Machine } from "./machine.ts";
import { nameOf, readSchedule, writeSchedule } from "./schedule.ts";
import { Failure } from "./threads.ts";

/**
 * How a run may end. What stands in neither list fails as well; what is
 * expected and never comes up in a complete search is reported.
 */
export interface Outcomes {
  readonly expected: readonly string[];
  /** Each with the promise it would break. */
  readonly forbidden: Readonly<Record<string, string>>;
}

/** A small program and what must hold. */
export interface Scenario {
  readonly name: string;
  readonly kills?: number;
  readonly timeouts?: number;
  readonly outcomes: Outcomes;
  /** Spawns the threads and sets the checks. */
  start(machine: Machine): void;
  /** What a run came to; called where it ends. */
  outcome(): string;
}

/** Sees every move before it is made; -1: nothing has happened yet. */
export type Watch = (machine: Machine, move: number) => void;

/** Whether a death that could come now is one of those that were tried too rarely. */
export type Rare = (machine: Machine, move: number) => boolean;

/** Makes the machine of one run. */
export type Make = () => Machine;

/** How far to go. */
export interface Limits {
  readonly schedules?: number;
  /** On the clock of {@link cpuMs}. */
  readonly untilMs?: number;
  /** Called before each move, for coverage. */
  readonly watch?: Watch;
  /** Random schedules seek these. Default: none. */
  readonly rare?: Rare;
}

/** What was found. */
export interface Found {
  schedules: number;
  states: number;
  steps: number;
  /** Everything within the limits was seen. */
  complete: boolean;
  outcomes: Map<string, number>;
  failure?: { message: string; schedule: string };
}

/** Before anything was tried. */
export function nothing(): Found {
  return {
    ...{ schedules: 0, states: 0, steps: 0, complete: false },
    outcomes: new Map(),
  };
}

/** One run that stops at the first failed check. */
export class Run {
  readonly machine: Machine;
  readonly moves: number[] = [];
  readonly trail: number[] = [];
  readonly #scenario: Scenario;
  readonly #watch: Watch | undefined;

  constructor(make: Make, scenario: Scenario, watch?: Watch) {
    this.#scenario = scenario;
    this.#watch = watch;
    this.machine = make();
    watch?.(this.machine, -1);
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

  /** The end: its outcome is counted and must be one that is expected. */
  note({ outcomes }: Found): void {
    const name = this.#scenario.outcome();
    outcomes.set(name, (outcomes.get(name) ?? 0) + 1);
    const { expected, forbidden } = this.#scenario.outcomes;
    if (expected.includes(name)) return;
    const why = forbidden[name];
    throw new Failure(why ? `forbidden: ${name}: ${why}` : `unlisted: ${name}`);
  }

  /** What was found, with the failure that ended this run. */
  failed(found: Found, error: unknown): Found {
    const { message, stack } = error as Error;
    // Anything else the ring threw is a failure as well, with where it stood.
    const text = error instanceof Failure
      ? message
      : `throws: ${stack?.split("\n").slice(0, 3).join(" ")}`;
    found.failure = { message: text, schedule: writeSchedule(this.trail) };
    return found;
  }
}

/** Processor time of this program: a busy machine explores as much as an idle one. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Whether a search has to stop. */
export function over(found: Found, limits: Limits): boolean {
  if (found.schedules >= (limits.schedules ?? Infinity)) return true;
  return (found.schedules & 63) === 0 &&
    cpuMs() > (limits.untilMs ?? Infinity);
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
  if (run.look().length > 0) return "not at its end";
  run.note(nothing());
  return scenario.outcome();
}
