/** How fast is this library itself, with its defaults? */
import type { Task, Tasks } from "../../../mod.ts";
import { loadWhorl } from "../library.ts";
import { type Jobs, jobsFile, type Peer } from "./peer.ts";

export const whorl: Peer = {
  name: "whorl",
  async open(workers, concurrency) {
    const { Pool, tasks } = await loadWhorl();
    const jobs: Tasks<Jobs> = tasks<Jobs>(jobsFile("functions.mjs"));
    const pool = new Pool(
      concurrency === undefined ? { workers } : { workers, concurrency },
    );
    return {
      call: (job, argument) =>
        pool.apply(jobs[job] as Task<[unknown]>, [argument]),
      map: (job, items) => pool.map(jobs[job] as Task<[unknown]>, items),
      close: () => pool[Symbol.asyncDispose](),
    };
  },
};
