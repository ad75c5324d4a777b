/** How long does a new pool take to its first result? */
import { bareSpawn } from "./bare_spawn.ts";
import { FEW, type Row } from "./row.ts";

export const start: Row = {
  name: "start",
  cases: [{
    name: "start",
    unit: "ms",
    slow: true,
    quickPeers: FEW,
    bounds: [{ of: "bare", most: 1.15 }],
    bare: bareSpawn(),
    enter: (peer, workers) =>
      Promise.resolve({
        round: async () => {
          const began = performance.now();
          const pool = await peer.open(workers);
          await pool.call("inc", 1);
          const took = performance.now() - began;
          await pool.close();
          return took;
        },
        leave: () => Promise.resolve(),
      }),
  }],
};
