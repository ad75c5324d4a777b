/** Who looks for news when there are more threads awake than cores? */
import { availableParallelism } from "node:os";
import { costOf } from "../curves/curve.ts";
import { RingTraffic } from "../rows/ring_traffic.ts";
import type { Alternative } from "./alternative.ts";

/** One worker more than there is room for beside the host. */
const WORKERS = availableParallelism();
const UNDER_WAY = 64;
const ROUND_MS = 120;
/** Square roots of a task: nothing, about 1 µs, about 8 µs. */
const STEPS = [0, 100, 1_000] as const;
const WAYS: Readonly<Record<string, number>> = {
  "nobody": WORKERS,
  "everybody": Infinity,
};

export const crowds: Alternative = {
  name: "crowds",
  question:
    "Who looks for news while more threads are awake than there are cores?",
  columns: STEPS.map((steps) => `task of ${steps} square roots (µs)`),
  used: "nobody",
  reason:
    "Who looks takes a core from one that has something to do; who sleeps at " +
    "once leaves the work to those who are busy, and is woken when there is " +
    "more of it.",
  async enter() {
    const made = await Promise.all(
      Object.entries(WAYS).map(async ([name, cores]) =>
        [name, await RingTraffic.start(WORKERS, cores)] as const
      ),
    );
    const rounds = made.map(([name, traffic]) =>
      [name, async () => {
        const each: number[] = [];
        for (const steps of STEPS) {
          const load = { wanted: Infinity, steps };
          const pump = () => traffic.pump(ROUND_MS, UNDER_WAY, load);
          each.push((await costOf(pump)).wall);
        }
        return each;
      }] as const
    );
    return {
      rounds: Object.fromEntries(rounds),
      leave: () => Promise.all(made.map(([, traffic]) => traffic.end())),
    };
  },
};
