/** How long does a call take after the pool has slept for 50 ms? */
import { setTimeout as sleep } from "node:timers/promises";
import { median } from "../figures.ts";
import { pooled } from "./lanes.ts";
import { PingPong } from "./ping_pong.ts";
import type { Lane, Pace, Row } from "./row.ts";

const IDLE_MS = 50;
const TIMES = 30;
const QUICK_TIMES = 8;

async function coldly(
  call: () => PromiseLike<unknown>,
  { quick, rounds }: Pace,
): Promise<number> {
  const times = quick ? QUICK_TIMES : Math.ceil(TIMES / rounds);
  const took: number[] = [];
  for (let i = 0; i < times; i++) {
    await sleep(IDLE_MS);
    const began = performance.now();
    await call();
    took.push((performance.now() - began) * 1e3);
  }
  return median(took);
}

function enterBare(_workers: number, pace: Pace): Promise<Lane> {
  const pair = new PingPong(0);
  return Promise.resolve({
    round: () => coldly(() => pair.passAsync(), pace),
    leave: () => pair.end(),
  });
}

export const cold: Row = {
  name: "cold",
  weight: 1.5,
  cases: [{
    name: "cold",
    unit: "µs",
    slow: true,
    quickPeers: ["whorl", "piscina"],
    bounds: [{ of: "bare", most: 1.5 }],
    bare: { name: "waitAsync/wait ping-pong", enter: enterBare },
    enter: (peer, workers, pace) =>
      pooled(peer, workers, (pool) => coldly(() => pool.call("inc", 1), pace)),
  }],
};
