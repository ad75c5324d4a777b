/** Does a task cost more when there are more workers than cores? */
import { whorl } from "../peers/whorl.ts";
import { RingTraffic } from "../rows/ring_traffic.ts";
import { costOf, type Curve } from "./curve.ts";

const WORKERS = [1, 2, 4, 8, 16];
const QUICK_WORKERS = [1, 16];
const SLEEP_MS = 50;
/** Tasks each worker holds at a time, and how often it is given as many. */
const ASLEEP = 64;
const TURNS = 3;

const grows = { x: "workers", xs: WORKERS, quickXs: QUICK_WORKERS };

export const rings: Curve = {
  name: "rings",
  about: "traffic of the rings alone, 64 cells under way",
  ...grows,
  async enter(workers, { boxMs }) {
    const traffic = await RingTraffic.start(workers);
    return {
      round: () => costOf(() => traffic.pump(boxMs, 64)),
      leave: () => traffic.end(),
    };
  },
};

export const calls: Curve = {
  name: "calls",
  about: "10,000 calls of a task that does nothing, made at once",
  ...grows,
  async enter(workers) {
    const pool = await whorl.open(workers);
    return {
      round: () =>
        costOf(async () => {
          const answers = Array.from(
            { length: 10_000 },
            (_, i) => pool.call("inc", i),
          );
          return (await Promise.all(answers)).length;
        }),
      leave: () => pool.close(),
    };
  },
};

export const sleepers: Curve = {
  name: "sleepers",
  about: `tasks that sleep for ${SLEEP_MS} ms, ${ASLEEP} at a time on every ` +
    "worker; what the clock shows beyond the sleep",
  ...grows,
  async enter(workers) {
    const pool = await whorl.open(workers, ASLEEP);
    const tasks = workers * ASLEEP * TURNS;
    return {
      async round() {
        const { wall, cpu } = await costOf(async () => {
          const answers = Array.from(
            { length: tasks },
            () => pool.call("sleep", SLEEP_MS),
          );
          return (await Promise.all(answers)).length;
        });
        return { wall: wall - SLEEP_MS * 1e3 * TURNS / tasks, cpu };
      },
      leave: () => pool.close(),
    };
  },
};
