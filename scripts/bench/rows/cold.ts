/** How long does a call take after the pool has slept for 50 ms? */
import { setTimeout as sleep } from "node:timers/promises";
import { median } from "../figures.ts";
import { warmUp } from "./lanes.ts";
import { PingPong } from "./ping_pong.ts";
import type { Case, Lane, Pace, Row } from "./row.ts";

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

async function enterBare(_workers: number, pace: Pace): Promise<Lane> {
  const pair = new PingPong(0);
  await warmUp(() => pair.passAsync(), pace);
  return {
    round: () => coldly(() => pair.passAsync(), pace),
    leave: () => pair.end(),
  };
}

/** `warm`: what sleeps is threads that have worked, not code that never ran. */
function slept(name: string, warm: boolean): Case {
  return {
    name,
    unit: "µs",
    slow: true,
    fullOnly: !warm,
    quickPeers: ["whorl", "piscina"],
    bounds: [{ of: "bare", most: 1.5 }],
    bare: { name: "waitAsync/wait ping-pong", enter: enterBare },
    async enter(peer, workers, pace) {
      const pool = await peer.open(workers);
      const call = () => pool.call("inc", 1);
      if (warm) await warmUp(call, pace);
      return { round: () => coldly(call, pace), leave: () => pool.close() };
    },
  };
}

export const cold: Row = {
  name: "cold",
  weight: 2,
  cases: [slept("cold", true), slept("cold, of a new pool", false)],
};
