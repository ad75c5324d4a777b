/** How long does a bare worker of this runtime take to its first message? */
import { Worker } from "node:worker_threads";
import { jobsFile } from "../peers/peer.ts";
import type { Bare } from "./row.ts";

/** Starts `workers` of them, or `count`, at once; the first message ends the time. */
export function bareSpawn(count?: number): Bare {
  return {
    name: count === 1
      ? "a bare worker to its first message"
      : "bare workers to the first message",
    enter: (workers) =>
      Promise.resolve({
        async round(): Promise<number> {
          const began = performance.now();
          const threads = Array.from(
            { length: count ?? workers },
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
        },
        leave: () => Promise.resolve(),
      }),
  };
}
