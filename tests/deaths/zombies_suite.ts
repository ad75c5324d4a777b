/**
 * A worker that outlives its declared death wakes later: on Deno for real,
 * elsewhere because its host says that it ended and lets it live. Nothing it
 * does is seen by the pool.
 */
import { ok } from "../support/assert.ts";
import { suite } from "../support/suite.ts";
import { poolMatrix } from "./pool_matrix.ts";

const test = suite("zombies");

/** Where one wakes, and what it does then. */
const WAKES: Readonly<Record<string, string>> = {
  D2: "claims what is queued",
  R1: "runs a task",
  // Regression: it ran that with the arguments of the next call, whose block
  // of the arena was the same.
  "argument decode": "reads its own arguments",
  V2: "goes on with a task",
  "result words": "writes a result",
  B2: "writes a result into its ring",
  R5: "publishes",
  R8: "wakes the host",
  P2: "goes to sleep",
};

for (const way of ["pause", "spin"] as const) {
  const was = way === "pause" ? "parked" : "in an endless loop";
  for (const [name, deed] of Object.entries(WAKES)) {
    test(`one that was ${was} at ${name} ${deed}`, async () => {
      const { deaths, deeds, failures } = await poolMatrix({
        startMethod: "thread",
        share: name === "argument decode" ? 1 : 0,
        only: (death, at) => death.way === way && at === name,
      });
      ok(failures.length === 0, failures.join("\n"));
      ok(deaths > 0, "nobody came there");
      ok(deeds > 0, "it did nothing");
    });
  }
}
