/** How late are the host's own timers while 64 callers keep a pool busy? */
import { p99 } from "../figures.ts";
import { crowd, forTime } from "./lanes.ts";
import { type Bare, FEW, type Row } from "./row.ts";
import { CALLERS } from "./win64.ts";

const EVERY_MS = 1;

/**
 * The 99th percentile of how late a 1 ms timer was during `work`. A pause of
 * 20 ms delays twenty of them, not one: those that could not be counted because
 * the loop stood still are added.
 */
async function lateness(work: () => Promise<unknown>): Promise<number> {
  const late: number[] = [];
  let before = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    for (let pause = now - before; pause > 0; pause -= EVERY_MS) {
      late.push(Math.max(0, pause - EVERY_MS));
    }
    before = now;
  }, EVERY_MS);
  await work();
  clearInterval(timer);
  const last = performance.now() - before;
  // A timer that never came is as late as the round was long.
  if (last > EVERY_MS) late.push(last - EVERY_MS);
  return p99(late);
}

const bare: Bare = {
  name: "the same timer and nothing else",
  enter: (_workers, { boxMs }) =>
    Promise.resolve({
      round: () =>
        lateness(() => new Promise((done) => setTimeout(done, boxMs * 2))),
      leave: () => Promise.resolve(),
    }),
};

export const delay: Row = {
  name: "loop delay",
  weight: 1.8,
  cases: [{
    name: "loop delay",
    unit: "ms",
    bounds: [{ of: "itself", most: 3 }],
    bare,
    quickPeers: FEW,
    async enter(peer, workers, { boxMs }) {
      const pool = await peer.open(workers);
      const call = (i: number) => pool.call("inc", i);
      return {
        round: () => lateness(() => crowd(CALLERS, call, forTime(boxMs * 2))),
        leave: () => pool.close(),
      };
    },
  }],
};
