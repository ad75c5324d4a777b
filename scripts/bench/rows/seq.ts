/** How long does one call take when the next is made on its answer? */
import { median } from "../figures.ts";
import { oneByOne, pooled } from "./lanes.ts";
import { PingPong } from "./ping_pong.ts";
import type { Lane, Pace, Row } from "./row.ts";

const BATCH = 50;
/** At least so many per lane, over all rounds. */
const CALLS = 5_000;
const SPIN_MS = 0.1;

function sizes(
  pace: Pace,
  name: string,
): { batch: number; least: number; boxMs: number } {
  // A slow peer would take seconds for as many; a quick run has none.
  const whole = name === "whorl" || !pace.quick;
  const least = whole ? Math.ceil(CALLS / pace.rounds) : BATCH;
  return { batch: BATCH, least, boxMs: pace.boxMs };
}

async function enterBare(_workers: number, pace: Pace): Promise<Lane> {
  const pair = new PingPong(SPIN_MS);
  await pair.passAsync();
  const { least, boxMs } = sizes(pace, "bare");
  const round = () => {
    const batches: number[] = [];
    const ends = performance.now() + boxMs;
    for (let done = 0; done < least || performance.now() < ends;) {
      const from = performance.now();
      for (let i = 0; i < BATCH; i++) pair.pass();
      batches.push((performance.now() - from) * 1e3 / BATCH);
      done += BATCH;
    }
    return Promise.resolve(median(batches));
  };
  return { round, leave: () => pair.end() };
}

export const seq: Row = {
  name: "seq",
  cases: [{
    name: "seq",
    unit: "µs",
    bounds: [
      { of: "itself", most: 10, floor: true },
      { of: "itself", most: 4 },
      { of: "bare", most: 1.2 },
    ],
    bare: { name: "spin-then-futex ping-pong", enter: enterBare },
    enter: (peer, workers, pace) =>
      pooled(peer, workers, async (pool) => {
        const given = sizes(pace, peer.name);
        return median(await oneByOne((i) => pool.call("inc", i), given));
      }),
  }],
};
