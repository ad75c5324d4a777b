/** A crew as a scenario: what it starts with and how it may end. */
import { RESCUED } from "../../ring/mod.ts";
import { Crew } from "./crew.ts";
import type { CrewOptions } from "./crew_options.ts";
import type { Scenario } from "./explorer.ts";

/** A scenario of one crew. */
export function crewScenario(options: CrewOptions): Scenario {
  let crew: Crew;
  return {
    name: options.name,
    kills: options.kills ?? 0,
    allowed: allowedOf(options),
    timeouts: options.timeouts ?? 0,
    start: (machine) => void (crew = new Crew(machine, options)),
    outcome: () => outcomeOf(crew),
  };
}

/** How every task ended, as one word. */
function outcomeOf({ host, hands, books }: Crew): string {
  const { words, layout } = host;
  const rescued = hands.some(({ slot }) =>
    words[layout.slot(slot) + RESCUED] !== 0
  );
  return books.outcome + (rescued ? " rescued" : "");
}

/** How tasks may end: lost only with a worker, cancelled only if asked for. */
function allowedOf(
  { kills, suspicions, cancels, timeouts }: CrewOptions,
): RegExp {
  const lost = kills || suspicions ? "L" : "";
  const cancelled = cancels ? "C" : "";
  // A slice that ends between a publish and its wake is counted as a rescue.
  return new RegExp(
    `^[R${lost}${cancelled}]+${timeouts ? "( rescued)?" : ""}$`,
  );
}
