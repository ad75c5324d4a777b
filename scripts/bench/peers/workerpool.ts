/** How fast is workerpool on threads? */
import { fileURLToPath } from "node:url";
import { jobsFile, type Peer } from "./peer.ts";

export const workerpool: Peer = {
  name: "workerpool",
  async open(workers) {
    const { pool: create } = await import("workerpool");
    const pool = create(fileURLToPath(jobsFile("workerpool.mjs")), {
      workerType: "thread",
      minWorkers: workers,
      maxWorkers: workers,
    });
    return {
      call: (job, argument) =>
        pool.exec(job, [argument]) as unknown as Promise<unknown>,
      close: () => Promise.resolve(pool.terminate(true)),
    };
  },
};
