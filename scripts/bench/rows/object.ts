/** How many small objects a second go to a worker and back? */
import { doneHere, flood } from "./lanes.ts";
import type { Row } from "./row.ts";

const VALUE = { a: 1, b: "hello", c: [1, 2, 3], d: { e: true } };

export const object: Row = {
  name: "object",
  cases: [{
    name: "object",
    unit: "/s",
    bounds: [{ of: "postMessage", least: 2 }],
    bare: doneHere(
      "JSON, written once and read once",
      () => JSON.parse(JSON.stringify(VALUE)),
    ),
    enter: (peer, workers, pace) =>
      flood(peer, workers, pace, {
        job: "echo",
        argument: VALUE,
        most: 20_000,
      }),
  }],
};
