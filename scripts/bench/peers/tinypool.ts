/** How fast is tinypool, with its defaults and a fixed number of threads? */
import { fileURLToPath } from "node:url";
import { jobsFile, type Peer } from "./peer.ts";

export const tinypool: Peer = {
  name: "tinypool",
  async open(workers, concurrency) {
    const { Tinypool } = await import("tinypool");
    const pool = new Tinypool({
      filename: fileURLToPath(jobsFile("functions.mjs")),
      runtime: "worker_threads",
      minThreads: workers,
      maxThreads: workers,
      ...(concurrency === undefined
        ? {}
        : { concurrentTasksPerWorker: concurrency }),
    });
    return {
      call: (job, argument) => pool.run(argument, { name: job }),
      close: () => pool.destroy(),
    };
  },
};
