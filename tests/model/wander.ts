/** Random schedules: uniform, or with priorities that change a few times. */
import { Rng } from "../support/rng.ts";
import {
  type Found,
  type Limits,
  type Make,
  nothing,
  over,
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
    const choose = limits.depth === undefined
      ? uniform(random)
      : pct(random, limits.depth, length);
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
