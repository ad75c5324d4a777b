/** How many sleeping workers are woken for new tasks? */
import { costOf } from "../curves/curve.ts";
import { RingTraffic } from "../rows/ring_traffic.ts";
import type { Alternative } from "./alternative.ts";

const WORKERS = 8;
const UNDER_WAY = [1, 64] as const;
const ROUND_MS = 60;
/** Workers that shall be awake, of tasks that take less than the host's part of them. */
const WAYS: Readonly<Record<string, number>> = {
  "as many as the work is worth: one": 1,
  "one for each task": Infinity,
};

export const wakes: Alternative = {
  name: "wakes",
  question:
    `How many of ${WORKERS} sleeping workers are woken for quick tasks?`,
  columns: UNDER_WAY.map((count) => `task, ${count} under way (µs)`),
  used: "as many as the work is worth: one",
  reason:
    "A wake costs more than a quick task, and workers that wait for the host " +
    "take its core. A guess that was wrong is corrected before the host sleeps.",
  async enter() {
    const traffic = await RingTraffic.start(WORKERS);
    const rounds = Object.entries(WAYS).map(([name, wanted]) =>
      [name, async () => {
        const each: number[] = [];
        for (const window of UNDER_WAY) {
          const pump = () => traffic.pump(ROUND_MS, window, { wanted });
          each.push((await costOf(pump)).wall);
        }
        return each;
      }] as const
    );
    return {
      rounds: Object.fromEntries(rounds),
      leave: () => traffic.end(),
    };
  },
};
