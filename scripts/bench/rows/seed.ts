/**
 * How long do the twelve shapes of aiomultiprocess's own performance test take?
 * Four workers; so many tasks; so many at a time per worker.
 */
import { Worker } from "node:worker_threads";
import type { Bound, Unit } from "../figures.ts";
import { jobsFile } from "../peers/peer.ts";
import { mapAll } from "./lanes.ts";
import { type Bare, type Case, FEW, type Row } from "./row.ts";

const WORKERS = 4;
/** Tasks a second that aiomultiprocess was measured at. */
const SEED_RATE = 4_000;
/** Milliseconds; a negative one blocks the thread, as time.sleep does. */
const SHAPES: readonly (readonly [string, readonly number[], number])[] = [
  ["no-op", [0], 50],
  ["50 ms", [50], 50],
  ["2 + 200 + 2 ms", [-2, 200, -2], 25],
];

/** What the sleeps alone come to when nothing is lost between them. */
function minimumMs(
  durations: readonly number[],
  tasks: number,
  concurrency: number,
): number {
  const sum = (values: readonly number[]) =>
    values.reduce((total, ms) => total + Math.abs(ms), 0);
  const turns = Math.ceil(tasks / (WORKERS * concurrency));
  const blocked = sum(durations.filter((ms) => ms < 0));
  return Math.max(turns * sum(durations), tasks / WORKERS * blocked);
}

/** The same tasks in bare workers, handed out in advance. */
function bare(
  durations: readonly number[],
  tasks: number,
  concurrency: number,
  finish: (ms: number) => number,
): Bare {
  return {
    name: "four bare workers that have their tasks already",
    enter() {
      const threads = Array.from(
        { length: WORKERS },
        () => new Worker(jobsFile("seed.mjs")),
      );
      const share = { durations, tasks: tasks / WORKERS, concurrency };
      return Promise.resolve({
        async round(): Promise<number> {
          const began = performance.now();
          await Promise.all(threads.map((thread) =>
            new Promise((resolve) => {
              thread.once("message", resolve);
              thread.postMessage(share);
            })
          ));
          return finish(performance.now() - began);
        },
        leave: () => Promise.all(threads.map((thread) => thread.terminate())),
      });
    },
  };
}

function shape(
  [name, durations, perSlot]: typeof SHAPES[number],
  concurrency: number,
): Case {
  const tasks = perSlot * concurrency;
  const least = minimumMs(durations, tasks, concurrency);
  const bounds: Bound[] = least === 0
    ? [{ of: "itself", least: 50 * SEED_RATE }]
    : [{ of: "itself", most: least * 1.03 }];
  const unit: Unit = least === 0 ? "/s" : "ms";
  const finish = (ms: number) => least === 0 ? tasks / ms * 1e3 : ms;
  return {
    name: `seed ${tasks} x ${name}, ${concurrency} each`,
    unit,
    bounds,
    workers: [WORKERS],
    rounds: least === 0 ? 7 : least < 1_000 ? 2 : 1,
    slow: least > 0,
    // Who cannot be told how many may sleep at a time sleeps fewer, or all.
    out: least === 0
      ? {}
      : { postMessage: "limits nothing", workerpool: "one task at a time" },
    fullOnly: least === 0 ? concurrency !== 16 : concurrency !== 8,
    quickPeers: least === 0 ? FEW : ["whorl"],
    bare: bare(durations, tasks, concurrency, finish),
    async enter(peer) {
      const pool = await peer.open(
        WORKERS,
        peer.name === "workerpool" ? 1 : concurrency,
      );
      const items = Array.from({ length: tasks }, () => durations);
      await mapAll(pool, "sleepy", items.slice(0, WORKERS));
      return {
        async round(): Promise<number> {
          const began = performance.now();
          await mapAll(pool, "sleepy", items);
          return finish(performance.now() - began);
        },
        leave: () => pool.close(),
      };
    },
  };
}

export const seed: Row = {
  name: "seed",
  weight: 5,
  cases: SHAPES.flatMap((one) => [8, 16, 32, 64].map((at) => shape(one, at))),
};
