/** How many items a second go through one map of a million numbers? */
import type { Contestant } from "../peers/peer.ts";
import { floodOnce, pooled, Size } from "./lanes.ts";
import type { Row } from "./row.ts";

const ITEMS = 1_000_000;

async function mapOnce(pool: Contestant, count: number): Promise<number> {
  // A pool that has no map is called once per item, as its user would.
  if (pool.map === undefined) return await floodOnce(pool, "inc", 1, count);
  const numbers = Array.from({ length: count }, (_, i) => i);
  const began = performance.now();
  await pool.map(numbers);
  return count / (performance.now() - began) * 1e3;
}

export const map: Row = {
  name: "map",
  cases: [{
    name: "map",
    unit: "/s",
    bounds: [{ of: "itself", least: 1e7 }],
    enter(peer, workers, pace) {
      const size = new Size(ITEMS, pace);
      return pooled(peer, workers, async (pool) => {
        // The million is whorl's; the others get what fits in a round.
        const count = peer.name === "whorl" ? ITEMS : size.count;
        const rate = await mapOnce(pool, count);
        size.learn(rate);
        return rate;
      });
    },
  }],
};
