/** How many calls a second do 64 callers make, each awaiting one after another? */
import { runtimeName } from "../machine.ts";
import { crowd, forTime, pooled } from "./lanes.ts";
import { ringsAlone } from "./ring_traffic.ts";
import type { Row } from "./row.ts";

/** So many of them. */
export const CALLERS = 64;

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
    bare: ringsAlone(CALLERS),
    enter: (peer, workers, { boxMs }) =>
      pooled(peer, workers, async (pool) => {
        const began = performance.now();
        const call = (i: number) => pool.call("inc", i);
        const calls = await crowd(CALLERS, call, forTime(boxMs));
        return calls / (performance.now() - began) * 1e3;
      }),
  }],
};
