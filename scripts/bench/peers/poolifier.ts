/**
 * How fast is poolifier's fixed thread pool? Without its queue, which costs a
 * third, it sends every task at once; with it, a worker holds so many.
 */
import { fileURLToPath } from "node:url";
import { jobsFile, type Peer } from "./peer.ts";

export const poolifier: Peer = {
  name: "poolifier",
  async open(workers, concurrency) {
    const { FixedThreadPool } = await import("poolifier");
    const pool = new FixedThreadPool<unknown, unknown>(
      workers,
      fileURLToPath(jobsFile("poolifier.mjs")),
      {
        // A worker that dies is the business of the row "crash".
        errorHandler: () => {},
        ...(concurrency === undefined
          ? {}
          : { enableTasksQueue: true, tasksQueueOptions: { concurrency } }),
      },
    );
    return {
      call: (job, argument) => pool.execute(argument, job),
      map: (job, items) => pool.mapExecute(items, job),
      close: () => pool.destroy(),
    };
  },
};
