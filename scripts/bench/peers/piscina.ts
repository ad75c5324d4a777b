/** How fast is piscina, with its defaults and a fixed number of threads? */
import { fileURLToPath } from "node:url";
import { jobsFile, type Peer } from "./peer.ts";

export const piscina: Peer = {
  name: "piscina",
  async open(workers, concurrency) {
    const { Piscina } = await import("piscina");
    const pool = new Piscina({
      filename: fileURLToPath(jobsFile("functions.mjs")),
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
