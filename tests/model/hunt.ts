/** Looks for a planted bug until some scenario finds it. */
import { exhaust, type Proof } from "./exhaust.ts";
import { link } from "./link.ts";
import { Machine } from "./machine.ts";
import type { Mutant } from "./mutant.ts";
import { Races } from "./races.ts";
import { cpuMs, type Found, type Scenario } from "./run.ts";
import { scenarioOf, SCENARIOS } from "./scenarios.ts";
import { type Edit, loadRing } from "./transform.ts";
import { wander } from "./wander.ts";

/** Makes machines of one version of the ring. */
export async function machines(
  edits: readonly Edit[] = [],
): Promise<() => Machine> {
  const ring = link(await loadRing(edits));
  const races = new Races(true);
  return () => new Machine(ring, races);
}

/** Who found a bug, and how. */
export interface Catch {
  readonly scenario: string;
  readonly how: string;
  /** Schedules of that search, the failing one included. */
  readonly schedules: number;
  readonly message: string;
  readonly schedule: string;
}

/** How long to look, in milliseconds of processor time. */
export interface Patience {
  /** For one search. */
  readonly each: number;
  /** For all of them. */
  readonly total: number;
  readonly seed: number;
}

/** Searches with the scenarios that should find it, then with all others. */
export async function hunt(
  mutant: Mutant,
  patience: Patience,
): Promise<Catch | null> {
  const make = await machines(mutant.edits);
  const end = cpuMs() + patience.total;
  const named = mutant.by.map(scenarioOf);
  const others = SCENARIOS.filter((each) => !mutant.by.includes(each.name));
  for (const scenario of [...named, ...others]) {
    const searches: [string, () => Found & { levels?: unknown[] }][] = [
      ["bound", () => deep(scenario)],
      ["random", () => random(scenario, undefined)],
      ["PCT 3", () => random(scenario, 3)],
    ];
    for (const [how, search] of searches) {
      if (cpuMs() > end) return null;
      const { failure, schedules, levels } = search();
      if (!failure) continue;
      const { message, schedule } = failure;
      const { name } = scenario;
      // With how many preemptions it was met.
      const where = levels ? `${how} ${levels.length}` : how;
      return { scenario: name, how: where, schedules, message, schedule };
    }
  }
  return null;

  function deep(scenario: Scenario): Proof {
    const untilMs = cpuMs() + patience.each;
    return exhaust(make, scenario, { bound: 2, untilMs });
  }

  function random(scenario: Scenario, depth: number | undefined): Found {
    const untilMs = cpuMs() + patience.each;
    const seed = patience.seed;
    const limits = { seed, untilMs };
    return wander(make, scenario, depth ? { ...limits, depth } : limits);
  }
}
