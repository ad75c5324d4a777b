/** All deaths on the raw rings, and some of them. */
import { runtimeName } from "../support/runtime.ts";
import { Figures, some } from "./figures.ts";
import { PLACES } from "./gap.ts";
import type { Death, Moment, Numbers, Work } from "./ring_death.ts";
import { type Point, rows, tree } from "./tree.ts";

const WAYS: readonly Death["way"][] = [
  "exit",
  "throw",
  "overflow",
  // Bun bounds no heap.
  ...(runtimeName === "bun" ? [] : ["heap" as const]),
  "terminate",
  "pause",
  "spin",
];
const MOMENTS: readonly Moment[] = ["early", "late", "last"];
const WORK: readonly Work[] = ["one", "many", "own"];

/** Executes a share of all deaths on the raw rings, as `some` takes it. */
export async function ringMatrix(share: number): Promise<Figures> {
  const { RingRound } = await import(
    tree().url("tests/deaths/ring_round").href
  ) as typeof import("./ring_round.ts");
  let round = new RingRound(numbers());
  const figures = new Figures();
  const mine = tree().points.filter(({ host }) => !host);
  const survey = await round.survey();
  // A worker wakes a host only that sleeps, which a quick one does not meet at once.
  for (let more = 0; more < 50; more++) {
    const seen = mine.every(({ number, name }) =>
      name === "P4a" || PLACES.includes(name as never) ||
      MOMENTS.some((moment) => survey[moment].has(number))
    );
    if (seen) break;
    for (const number of (await round.survey()).late) survey.late.add(number);
  }
  const loses = new Set(
    rows().filter((row) => row.loses).flatMap(({ names }) => names),
  );
  let turn = 0;
  for (const point of mine) {
    const { number, name } = point;
    const moments = MOMENTS.filter((moment) =>
      survey[moment].has(number) || (name === "P4a" && moment === "late")
    );
    if (moments.length === 0) {
      // Only pools know such places.
      if (PLACES.includes(name as never)) continue;
      figures.failures.push(`No worker comes to ${name}`);
    }
    for (const moment of moments) {
      const all = choices(point, moment, loses.has(name));
      for (const death of some(all, share, turn += 5)) {
        const kept = await figures.add(
          name,
          death,
          () => round.die(death).then(() => true),
          () => round.describe(),
        );
        if (!kept) round = new RingRound(numbers());
      }
    }
  }
  await round.end();
  return figures;
}

function choices(point: Point, moment: Moment, loses: boolean): Death[] {
  const { number, name } = point;
  return WAYS.flatMap((way) =>
    (moment === "early" ? ["one" as const] : WORK).flatMap((work) =>
      [false, true].flatMap((retry) =>
        // The second claim of a walk leaves several tasks in one hand.
        (name === "D4" && work !== "one" ? [0, 1] : [0]).map((skip) => ({
          point: number,
          skip,
          way,
          retry,
          work,
          moment,
          loses: loses && moment === "late",
        }))
      )
    )
  ).filter(({ work }) => comes(name, work));
}

/** Whether a worker with such work comes to a label. */
function comes(name: string, work: Work): boolean {
  // How many share a ring matters when it holds several.
  return name !== "L2" || work === "many";
}

function numbers(): Numbers {
  const of = (wanted: string): number =>
    tree().points.find(({ name }) => name === wanted)?.number ?? 0;
  return { awaits: of("P4a"), exited: of("W5b") };
}
