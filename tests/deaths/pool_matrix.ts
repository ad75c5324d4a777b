/** All deaths in pools, and some of them. */
import { runtimeName } from "../support/runtime.ts";
import { Figures, some } from "./figures.ts";
import type { PoolDeath, PoolSurvey } from "./pool_round.ts";
import { type Point, tree } from "./tree.ts";

type Way = PoolDeath["way"];
const DYING: readonly Way[] = [
  "exit",
  "throw",
  "overflow",
  // Bun bounds no heap.
  ...(runtimeName === "bun" ? [] : ["heap" as const]),
];
const PAUSING: readonly Way[] = ["terminate", "pause", "spin"];
const MOMENTS = ["early", "late", "idle", "last"] as const;

/** Which deaths: see {@link poolMatrix}. */
export interface Choice {
  readonly startMethod: PoolDeath["startMethod"];
  /** Of all, as `some` takes it. */
  readonly share: number;
  readonly only?: (death: PoolDeath, name: string) => boolean;
  /** Bytes of the larger arguments and results. Default 3000. */
  readonly load?: number;
}

/** Who dies nowhere. */
const NOBODY = {
  point: 0,
  skip: 0,
  retry: false,
  own: false,
  load: 3000,
  startMethod: "thread",
  moment: "late",
} as const;

let surveys: { free: PoolSurvey; busy: PoolSurvey } | undefined;

/** Executes deaths of threads or processes in pools. */
export async function poolMatrix(
  { startMethod, share, only = () => true, load = 3000 }: Choice,
): Promise<Figures> {
  const { PoolRound } = await import(
    tree().url("tests/deaths/pool_round").href
  ) as typeof import("./pool_round.ts");
  const { free, busy } = surveys ??= {
    free: await new PoolRound({ ...NOBODY, way: "exit" }).survey(),
    busy: await new PoolRound({ ...NOBODY, way: "pause" }).survey(),
  };
  const figures = new Figures();
  let turn = 0;
  for (const point of tree().points) {
    const all = deathsAt(point, startMethod, { free, busy })
      .map((death) => ({ ...death, load }))
      .filter((death) => only(death, point.name))
      // How many share a ring does not matter to a private one.
      .filter(({ own }) => !(own && point.name === "L2"));
    if (all.length === 0) continue;
    for (const death of some(all, share, turn += 7)) {
      const round = new PoolRound(death);
      await figures.add(
        point.name,
        death,
        () => round.run(),
        () => round.describe(),
      );
      figures.deeds += round.deeds;
    }
  }
  return figures;
}

type Shape = Omit<PoolDeath, "load">;

function deathsAt(
  { number: point, host }: Point,
  startMethod: PoolDeath["startMethod"],
  { free, busy }: { free: PoolSurvey; busy: PoolSurvey },
): Shape[] {
  const process = startMethod === "process";
  const ways = process ? [...DYING, "kill" as const] : [...DYING, ...PAUSING];
  return ways.flatMap((way) =>
    MOMENTS.filter((moment) => {
      if (!PAUSING.includes(way)) {
        // The last moment is for what only leaving workers come to.
        // A process is a host to itself.
        if (process && host) return moment === "late";
        return moment !== "idle" && free[moment].has(point) &&
          !(moment === "last" && free.late.has(point)) &&
          !(moment === "early" && (process || free.late.has(point)));
      }
      switch (moment) {
        case "late":
          return busy.late.has(point);
        case "idle":
          return free.late.has(point) && !busy.late.has(point);
        case "last":
          return free.last.has(point) && !free.late.has(point);
      }
      return false;
    }).flatMap((moment) =>
      [false, true].flatMap((retry) =>
        [false, true].map((own) => ({
          point,
          skip: 0,
          way,
          retry,
          own,
          startMethod,
          moment,
        }))
      )
    )
  );
}
