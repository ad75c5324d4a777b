/** How fast is this library itself, from its source? */
import { Pool, type Task, type Tasks, tasks } from "../../../mod.ts";
import { type Jobs, jobsFile, type Peer } from "./peer.ts";

const jobs: Tasks<Jobs> = tasks<Jobs>(jobsFile("functions.mjs"));

export const whorl: Peer = {
  name: "whorl",
  open(workers, concurrency) {
    const pool = new Pool(
      concurrency === undefined ? { workers } : { workers, concurrency },
    );
    return Promise.resolve({
      call: (job, argument) =>
        pool.apply(jobs[job] as Task<[unknown]>, [argument]),
      map: (numbers) => pool.map(jobs.inc, numbers),
      close: () => pool[Symbol.asyncDispose](),
    });
  },
};
