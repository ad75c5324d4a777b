/** Random schedules: uniform, or with priorities that change a few times. */
import { Rng } from "../support/rng.ts";
import type { Machine } from "./machine.ts";
import {
  type Found,
  type Limits,
  type Make,
  nothing,
  over,
  type Rare,
  Run,
  type Scenario,
} from "./run.ts";
import { KILL, OPTIONS } from "./threads.ts";

/** Plays schedules until a limit; `depth`: PCT with so many priority changes less one. */
export function wander(
  make: Make,
  scenario: Scenario,
  limits: Limits & { seed: number; depth?: number },
): Found {
  const found = nothing();
  const random = new Rng(limits.seed);
  // How long runs are, for where PCT changes its priorities.
  let length = 200;
  while (!over(found, limits)) {
    found.schedules++;
    const run = new Run(make, scenario, limits.watch);
    const narrow = faults(random, run.machine, limits.rare);
    const choose = limits.depth === undefined
      ? uniform(random, narrow)
      : pct(random, narrow, limits.depth, length);
    try {
      for (let moves = run.look(); moves.length > 0; moves = run.look()) {
        run.make(choose(moves, run.trail.length));
      }
      run.note(found);
    } catch (error) {
      return run.failed(found, error);
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
/** But for those that are sought. */
const RARE_ODDS = 4;

/** Which of some moves to choose from. */
type Narrow = (moves: readonly number[]) => readonly number[];

function faults(random: Rng, machine: Machine, rare?: Rare): Narrow {
  return (moves) => {
    const steps = moves.filter((move) => move < KILL);
    if (steps.length === 0) return moves;
    const deaths = moves.filter((move) => move >= KILL);
    if (deaths.length === 0) return steps;
    const sought = rare ? deaths.filter((move) => rare(machine, move)) : [];
    if (sought.length > 0 && random.below(RARE_ODDS) === 0) return sought;
    return random.below(FAULT_ODDS) === 0 ? deaths : steps;
  };
}

function uniform(random: Rng, narrow: Narrow): Choose {
  return (moves) => random.pick(narrow(moves));
}

/** Probabilistic concurrency testing: the thread of highest priority runs. */
function pct(
  random: Rng,
  narrow: Narrow,
  depth: number,
  length: number,
): Choose {
  const priority = new Map<number, number>();
  const drops = new Set<number>();
  while (drops.size < depth - 1) drops.add(random.below(length));
  let lowest = 0;
  return (moves, step) => {
    const allowed = narrow(moves);
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
