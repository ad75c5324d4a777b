/** When does a pool pay? A map against the same loop in this thread, by what an item costs. */
import { type Contestant, type Jobs, jobsFile } from "../peers/peer.ts";
import { whorl } from "../peers/whorl.ts";
import { costOf, type Curve } from "./curve.ts";

const grows = {
  x: "ns per item",
  xs: [10, 100, 1_000, 10_000, 100_000, 1_000_000],
  quickXs: [100, 10_000],
};
/** What all items together take in this thread (milliseconds). */
const JOB_MS = 50;
const MOST_ITEMS = 1_000_000;
/** A pool that does not win a job of this length wins none (milliseconds). */
const LOST_MS = 200;
const TRIES = 5;
/** Steps by which the length of one is measured, and their code compiled. */
const STEPS = 1_000_000;

/** How many times as fast as this thread the pool maps. */
export const efficiency: readonly Curve[] = [1, 2].map((workers) => ({
  name: `speed-up, ${workers} worker${workers === 1 ? "" : "s"}`,
  about: `a map of ${JOB_MS} ms, and how many times the processor time`,
  y: "times as fast as one thread",
  ...grows,
  async enter(ns) {
    const { items, here } = await job(ns);
    const count = Math.min(MOST_ITEMS, Math.ceil(JOB_MS * 1e6 / ns));
    const inputs = items(count);
    const pool = await open(workers);
    return {
      async round() {
        const alone = await costOf(() => Promise.resolve(here(inputs)));
        const mapped = await costOf(async () => {
          await pool.map?.("steps", inputs);
          return count;
        });
        return {
          wall: alone.wall / mapped.wall,
          cpu: mapped.cpu / alone.cpu,
        };
      },
      leave: () => pool.close(),
    };
  },
}));

/** From how many items on the pool wins. */
export const breakEven: Curve = {
  name: "break-even, 2 workers",
  about: "the fewest items of which a map is faster than a loop in this " +
    `thread, 0: none up to ${LOST_MS} ms`,
  y: "items",
  ...grows,
  async enter(ns) {
    const { items, here } = await job(ns);
    const pool = await open(2);
    const wins = async (inputs: readonly number[]): Promise<boolean> => {
      let [alone, mapped] = [Infinity, Infinity];
      for (let i = 0; i < TRIES; i++) {
        alone = Math.min(alone, await clocked(() => here(inputs)));
        mapped = Math.min(
          mapped,
          await clocked(() => pool.map?.("steps", inputs)),
        );
      }
      return mapped < alone;
    };
    return {
      async round() {
        for (let count = 1; count * ns < LOST_MS * 1e6; count *= 2) {
          if (await wins(items(count))) return { wall: count, cpu: 0 };
        }
        return { wall: 0, cpu: 0 };
      },
      leave: () => pool.close(),
    };
  },
};

/** Workers whose code for the job is as compiled as that of this thread. */
async function open(workers: number): Promise<Contestant> {
  const pool = await whorl.open(workers);
  for (let i = 0; i < TRIES; i++) {
    const calls = Array.from({ length: workers }, () => STEPS);
    await Promise.all(calls.map((steps) => pool.call("steps", steps)));
  }
  return pool;
}

/** Items of about so many nanoseconds each, and the loop over them here. */
async function job(ns: number): Promise<{
  items: (count: number) => number[];
  here: (items: readonly number[]) => number;
}> {
  const { steps } = await import(jobsFile("functions.mjs").href) as Jobs;
  const here = (items: readonly number[]): number => {
    const results = new Array<number>(items.length);
    for (let i = 0; i < items.length; i++) {
      results[i] = steps(items[i] as number);
    }
    return results.length;
  };
  let fastest = Infinity;
  for (let i = 0; i < TRIES; i++) {
    fastest = Math.min(fastest, await clocked(() => steps(STEPS)));
  }
  const each = Math.max(1, Math.round(ns * STEPS / (fastest * 1e6)));
  return { items: (count) => Array<number>(count).fill(each), here };
}

async function clocked(work: () => unknown): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
