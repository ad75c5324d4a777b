/** What is a curve: the cost of one task while something else grows? */
import process from "node:process";
import { type Figure, figure } from "../figures.ts";
import type { Pace } from "../rows/mod.ts";

export const COST = "µs per task";

/** What one task took in one round, in microseconds. */
export interface Cost {
  /** By the clock, or what the clock shows beyond the sleep that was asked for. */
  readonly wall: number;
  /** Of all threads of the process together. */
  readonly cpu: number;
}

/** One curve to be drawn. */
export interface Curve {
  readonly name: string;
  /** What it shows, in one sentence. */
  readonly about: string;
  /** What is measured. Default: {@link COST}, and of all threads. */
  readonly y?: string;
  /** What grows. */
  readonly x: string;
  readonly xs: readonly number[];
  /** In a quick run. */
  readonly quickXs: readonly number[];
  /** Readies `x`, and answers how to measure a round of it. */
  enter(x: number, pace: Pace): Promise<Gauge>;
}

/** One point of a curve, ready to be measured. */
export interface Gauge {
  round(): Promise<Cost>;
  leave(): Promise<unknown>;
}

/** What was measured. */
export interface CurveResult {
  readonly name: string;
  readonly about: string;
  readonly x: string;
  readonly y: string;
  readonly points: readonly {
    readonly x: number;
    readonly wall: Figure;
    readonly cpu: Figure;
  }[];
}

/** Measures every point of a curve, in several rounds. */
export async function draw(curve: Curve, pace: Pace): Promise<CurveResult> {
  const points: CurveResult["points"][number][] = [];
  for (const x of pace.quick ? curve.quickXs : curve.xs) {
    const gauge = await curve.enter(x, pace);
    await gauge.round();
    const costs: Cost[] = [];
    do costs.push(await gauge.round()); while (
      costs.length < pace.rounds && !pace.late()
    );
    await gauge.leave();
    points.push({
      x,
      wall: figure(costs.map(({ wall }) => wall), "µs"),
      cpu: figure(costs.map(({ cpu }) => cpu), "µs"),
    });
  }
  const { name, about, x, y = COST } = curve;
  return { name, about, x, y, points };
}

/** What each of the tasks cost that `work` did; it answers how many. */
export async function costOf(work: () => Promise<number>): Promise<Cost> {
  const before = process.cpuUsage();
  const began = performance.now();
  const tasks = await work();
  const wall = (performance.now() - began) * 1e3 / tasks;
  const { user, system } = process.cpuUsage(before);
  return { wall, cpu: (user + system) / tasks };
}

/** How many times what its cheapest point costs the last point of a curve costs. */
export function growth(points: CurveResult["points"]): number {
  const costs = points.map(({ wall }) => wall.median);
  return (costs.at(-1) ?? NaN) / Math.min(...costs);
}
