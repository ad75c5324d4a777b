/** How many calls a second do 64 callers make, each awaiting one after another? */
import { runtimeName } from "../machine.ts";
import type { Contestant } from "../peers/peer.ts";
import { pooled } from "./lanes.ts";
import type { Row } from "./row.ts";

const CALLERS = 64;

async function crowd(pool: Contestant, boxMs: number): Promise<number> {
  let calls = 0;
  let going = true;
  const began = performance.now();
  const caller = async (): Promise<void> => {
    while (going) {
      await pool.call("inc", calls);
      // The clock costs as much as a call: it is asked now and then.
      if ((++calls & 255) === 0) going = performance.now() - began < boxMs;
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  return calls / (performance.now() - began) * 1e3;
}

export const win64: Row = {
  name: "win64",
  cases: [{
    name: "win64",
    unit: "/s",
    bounds: [
      { of: "piscina", least: 8, floor: true },
      { of: "piscina", least: 15 },
      { of: "itself", least: runtimeName === "bun" ? 5e6 : 3e6 },
    ],
    enter: (peer, workers, pace) =>
      pooled(peer, workers, (pool) => crowd(pool, pace.boxMs)),
  }],
};
