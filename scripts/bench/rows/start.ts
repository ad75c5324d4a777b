/** How long does a new pool take to its first result? */
import { Worker } from "node:worker_threads";
import { jobsFile } from "../peers/peer.ts";
import type { Lane, Row } from "./row.ts";

function enterBare(workers: number): Promise<Lane> {
  const round = async (): Promise<number> => {
    const began = performance.now();
    const threads = Array.from(
      { length: workers },
      () => new Worker(jobsFile("hello.mjs")),
    );
    await Promise.race(
      threads.map((thread) =>
        new Promise((resolve) => thread.once("message", resolve))
      ),
    );
    const took = performance.now() - began;
    await Promise.all(threads.map((thread) => thread.terminate()));
    return took;
  };
  return Promise.resolve({ round, leave: () => Promise.resolve() });
}

export const start: Row = {
  name: "start",
  cases: [{
    name: "start",
    unit: "ms",
    slow: true,
    bounds: [{ of: "bare", most: 1.15 }],
    bare: { name: "bare workers to the first message", enter: enterBare },
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
