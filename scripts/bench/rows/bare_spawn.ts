/** How long does a bare worker of this runtime take to its first message? */
import { type BareThread, bareThread } from "../bare_thread.ts";
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
          const threads: BareThread[] = [];
          await new Promise((resolve) => {
            for (let i = 0; i < (count ?? workers); i++) {
              threads.push(bareThread(jobsFile("hello.mjs"), resolve));
            }
          });
          const took = performance.now() - began;
          await Promise.all(threads.map((thread) => thread.terminate()));
          return took;
        },
        leave: () => Promise.resolve(),
      }),
  };
}
