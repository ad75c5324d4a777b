/** Does a task cost more when more of them wait, or are under way, at a time? */
import { whorl } from "../peers/whorl.ts";
import { crowd, forTime } from "../rows/lanes.ts";
import { costOf, type Curve } from "./curve.ts";

const WORKERS = 2;

export const queued: Curve = {
  name: "queued",
  about: `so many calls made at once, all awaited, on ${WORKERS} workers`,
  x: "calls queued at once",
  xs: [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000],
  quickXs: [1, 1_000, 100_000],
  async enter(count) {
    const pool = await whorl.open(WORKERS);
    // A single call is over too soon for any clock: as many as make ten thousand.
    const times = Math.max(1, Math.floor(10_000 / count));
    const once = async (): Promise<void> => {
      const answers = new Array<PromiseLike<unknown>>(count);
      for (let i = 0; i < count; i++) answers[i] = pool.call("inc", i);
      await Promise.all(answers);
    };
    return {
      round: () =>
        costOf(async () => {
          for (let i = 0; i < times; i++) await once();
          return times * count;
        }),
      leave: () => pool.close(),
    };
  },
};

export const underWay: Curve = {
  name: "under way",
  about: "so many callers, each awaiting one call after another, on " +
    `${WORKERS} workers`,
  x: "callers",
  xs: [1, 4, 16, 64, 256, 1_024, 4_096],
  quickXs: [1, 64, 4_096],
  async enter(callers, { boxMs }) {
    const pool = await whorl.open(WORKERS);
    const call = (i: number) => pool.call("inc", i);
    return {
      round: () => costOf(() => crowd(callers, call, forTime(boxMs))),
      leave: () => pool.close(),
    };
  },
};
