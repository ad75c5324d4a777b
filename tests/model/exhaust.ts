/**
 * All schedules of a scenario up to a bound of preemptions. A run cannot be
 * copied, so each way that was left open is played from its start; what makes
 * the search small is that a state is entered once, and that nothing is
 * decided before an operation that concerns nobody else.
 *
 * Ways that cost a preemption wait until all cheaper ones were tried, so every
 * state is met first with the fewest it can be met with.
 */
import { Accesses, Misjudged } from "./accesses.ts";
import type { Machine } from "./machine.ts";
import { Memo } from "./memo.ts";
import {
  type Found,
  type Limits,
  type Make,
  nothing,
  over,
  Run,
  type Scenario,
} from "./run.ts";
import { States } from "./states.ts";
import { KILL, OPTIONS } from "./threads.ts";
import { Tree } from "./tree.ts";
import { wander } from "./wander.ts";

/** How far to go. */
export interface Bounds extends Limits {
  /** Preemptions per schedule; Infinity: all interleavings. */
  readonly bound: number;
  readonly states?: number;
  /** Decides before every operation, and remembers nothing that it could compute. */
  readonly plain?: boolean;
}

/** What an exhaustive search found. */
export interface Proof extends Found {
  /** Per number of preemptions: complete with so many states and schedules. */
  levels: { states: number; schedules: number }[];
}

/** Random runs from which is guessed what concerns nobody else. */
const GUESSES = 100;

/** All schedules with at most `bound` preemptions, the cheapest first. */
export function exhaust(make: Make, scenario: Scenario, bounds: Bounds): Proof {
  const accesses = bounds.plain ? null : guess(make, scenario);
  for (;;) {
    try {
      return new Search(make, scenario, bounds, accesses).go();
    } catch (error) {
      if (!(error instanceof Misjudged)) throw error;
    }
  }
}

function guess(make: Make, scenario: Scenario): Accesses {
  const accesses = new Accesses();
  const watched = (): Machine => {
    const machine = make();
    machine.accesses = accesses;
    return machine;
  };
  // A failure here is found again, with a shorter schedule.
  wander(watched, scenario, { seed: 1, schedules: GUESSES });
  accesses.learning = false;
  return accesses;
}

class Search {
  readonly #make: Make;
  readonly #scenario: Scenario;
  readonly #bounds: Bounds;
  readonly #accesses: Accesses | null;
  readonly #memo: Memo;
  readonly #seen: States;
  readonly #tree = new Tree();
  /** Ways not gone yet, by the preemptions they cost in all. */
  readonly #open: number[][] = [[0], []];
  readonly #found: Proof = { ...nothing(), levels: [] };
  readonly #key = new Int32Array(2);
  #spent = 0;

  constructor(
    make: Make,
    scenario: Scenario,
    bounds: Bounds,
    accesses: Accesses | null,
  ) {
    this.#make = make;
    this.#scenario = scenario;
    this.#bounds = bounds;
    this.#accesses = accesses;
    this.#memo = new Memo(bounds.plain);
    this.#seen = new States(bounds.states ?? 1 << 22);
  }

  go(): Proof {
    const found = this.#found;
    const seen = this.#seen;
    for (; this.#spent <= this.#bounds.bound; this.#spent++) {
      const ways = this.#open[this.#spent] as number[];
      if (this.#spent > 0 && ways.length === 0) break;
      this.#open.push([]);
      for (let way = ways.pop(); way !== undefined; way = ways.pop()) {
        found.schedules++;
        const failed = this.#walk(way);
        found.states = seen.size;
        if (failed) return found;
        if (over(found, this.#bounds) || seen.full) return found;
      }
      const { states, schedules } = found;
      found.levels.push({ states, schedules });
    }
    found.complete = true;
    return found;
  }

  /** Plays one open way to its end, and leaves others open beside it. */
  #walk(way: number): boolean {
    const { watch } = this.#bounds;
    const run = new Run(this.#make, this.#scenario, watch);
    const { machine } = run;
    machine.memo = this.#memo;
    machine.accesses = this.#accesses;
    try {
      for (const move of this.#tree.path(way)) this.#move(run, move);
      for (let at = way;;) {
        const moves = run.look();
        if (moves.length === 0) {
          run.note(this.#found);
          break;
        }
        if (!this.#enter(machine)) break;
        const next = this.#branch(machine, moves, at);
        at = this.#tree.add(at, next);
        this.#move(run, next);
      }
    } catch (error) {
      if (error instanceof Misjudged) throw error;
      run.failed(this.#found, error);
      return true;
    }
    this.#found.steps += run.trail.length;
    return false;
  }

  /** A move, and after it what concerns nobody else. */
  #move(run: Run, move: number): void {
    run.make(move);
    while (run.machine.silent()) {
      run.make((run.machine.current?.id as number) * OPTIONS);
    }
  }

  #enter(machine: Machine): boolean {
    const key = this.#key;
    machine.key(key);
    // Who runs decides what a switch costs and who may die here.
    const { kills = 0 } = this.#scenario;
    const { current } = machine;
    if (machine.kills < kills || !isPolite(machine)) {
      key[1] = (key[1] as number) ^ ((current?.id ?? 7) + 1 << 27);
    }
    return this.#seen.enter(key);
  }

  /** Answers the move to go on with; all others are left open. */
  #branch(machine: Machine, moves: number[], at: number): number {
    const { current, whims } = machine;
    const polite = isPolite(machine);
    let first = -1;
    for (let i = 0; i < moves.length; i++) {
      const move = moves[i] as number;
      const mine = move < KILL && Math.floor(move / OPTIONS) === current?.id;
      const free = polite || mine || move >= KILL || whims[i] === true;
      if (free && first < 0 && (polite || mine)) first = move;
      else this.#leave(at, move, free ? 0 : 1);
    }
    return first;
  }

  #leave(at: number, move: number, cost: number): void {
    const spent = this.#spent + cost;
    if (spent > this.#bounds.bound) return;
    this.#open[spent]?.push(this.#tree.add(at, move));
  }
}

/** A thread that waits for events, or spins, gives the others their turn. */
function isPolite({ current }: Machine): boolean {
  return current === null || current.state !== "ready" || current.waiting ||
    current.pending?.options !== undefined ||
    current.pending?.kind === "spin";
}
