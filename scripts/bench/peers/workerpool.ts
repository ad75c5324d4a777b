/**
 * How fast is workerpool on threads? A worker runs one task at a time. On Bun
 * its worker_threads never answer and its web workers do.
 */
import { fileURLToPath } from "node:url";
import { runtimeName } from "../machine.ts";
import { jobsFile, type Peer } from "./peer.ts";

export const workerpool: Peer = {
  name: "workerpool",
  async open(workers, concurrency = 1) {
    if (concurrency > 1) throw new Error("one task at a time per worker");
    const { pool: create } = await import("workerpool");
    const pool = create(fileURLToPath(jobsFile("workerpool.mjs")), {
      workerType: runtimeName === "bun" ? "web" : "thread",
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
