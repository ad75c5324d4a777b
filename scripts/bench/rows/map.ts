/** How many items a second go through one map of a million numbers? */
import { mapAll, pooled, Size } from "./lanes.ts";
import type { Bare, Row } from "./row.ts";

const ITEMS = 1_000_000;

/** What no pool can save: the numbers go into shared memory and come back as an array. */
const bare: Bare = {
  name: "into shared memory, out of it, added up here",
  enter() {
    const numbers = Array.from({ length: ITEMS }, (_, i) => i);
    const room = new Float64Array(new SharedArrayBuffer(ITEMS * 8));
    return Promise.resolve({
      round(): Promise<number> {
        const began = performance.now();
        room.set(numbers);
        for (let i = 0; i < ITEMS; i++) room[i] = (room[i] as number) + 1;
        const answers = Array.from(room);
        const took = performance.now() - began;
        return Promise.resolve(answers.length / took * 1e3);
      },
      leave: () => Promise.resolve(),
    });
  },
};

export const map: Row = {
  name: "map",
  cases: [{
    name: "map",
    unit: "/s",
    bounds: [{ of: "itself", least: 1e7 }],
    bare,
    enter(peer, workers, pace) {
      const size = new Size(ITEMS, pace);
      return pooled(peer, workers, async (pool) => {
        // The million is whorl's; the others get what fits in a round.
        const count = peer.name === "whorl" ? ITEMS : size.count;
        const numbers = Array.from({ length: count }, (_, i) => i);
        const began = performance.now();
        await mapAll(pool, "inc", numbers);
        const rate = count / (performance.now() - began) * 1e3;
        size.learn(rate);
        return rate;
      });
    },
  }],
};
