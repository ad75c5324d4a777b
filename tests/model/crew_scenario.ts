/** A crew as a scenario: what it starts with and how it may end. */
import { RESCUED } from "../../ring/mod.ts";
import { Crew } from "./crew.ts";
import type { CrewOptions } from "./crew_options.ts";
import type { Outcomes, Scenario } from "./run.ts";

/** A scenario of one crew. */
export function crewScenario(options: CrewOptions): Scenario {
  let crew: Crew;
  return {
    name: options.name,
    kills: options.kills ?? 0,
    outcomes: outcomesOf(options),
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

/** What each letter that is not expected would mean. */
const BROKEN: Readonly<Record<string, string>> = {
  L: "a task was lost, and no worker that had started it",
  C: "a task was cancelled that somebody had started, or nobody cancelled",
  U: "a task was given up that somebody had started, or nobody gave up",
  R: "a task has a result that should not",
};

/** Every word of the right length: expected, or forbidden with the reason. */
function outcomesOf({ ends, tasks, timeouts }: CrewOptions): Outcomes {
  const expected = ends.split(" ");
  const forbidden: Record<string, string> = {};
  let words = [""];
  for (let i = 0; i < tasks; i++) {
    words = words.flatMap((word) => [..."RLCU"].map((end) => word + end));
  }
  for (const word of words) {
    if (expected.includes(word)) continue;
    const letter = [..."LCUR"].find((one) => word.includes(one)) as string;
    forbidden[word] = BROKEN[letter] as string;
  }
  // A slice that ends between a publish and its wake is counted as a rescue;
  // without such an end a rescue is a wake-up that was lost.
  for (const word of ends.split(" ")) {
    const rescued = `${word} rescued`;
    if (timeouts) expected.push(rescued);
    else forbidden[rescued] = "a wake-up was lost";
  }
  return { expected, forbidden };
}
