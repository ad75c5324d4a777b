/** How many calls a second are answered when 100,000 are made at once? */
import { flood } from "./lanes.ts";
import { ringsAlone } from "./ring_traffic.ts";
import type { Row } from "./row.ts";

export const burst: Row = {
  name: "burst",
  cases: [{
    name: "burst",
    unit: "/s",
    bounds: [
      { of: "piscina", least: 8, floor: true },
      { of: "piscina", least: 15 },
      { of: "itself", least: 1.5e6 },
    ],
    bare: ringsAlone(1024),
    enter: (peer, workers, pace) =>
      flood(peer, workers, pace, { job: "inc", argument: 1, most: 100_000 }),
  }],
};
