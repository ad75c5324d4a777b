/**
 * How fast is tinypool with a fixed number of threads? Several tasks per thread
 * make it twice as fast as its default of one. On Deno it answers reliably
 * only without its atomics.
 */
import { fileURLToPath } from "node:url";
import { runtimeName } from "../machine.ts";
import { CONCURRENCY, jobsFile, type Peer } from "./peer.ts";

export const tinypool: Peer = {
  name: "tinypool",
  async open(workers, concurrency = CONCURRENCY) {
    const { Tinypool } = await import("tinypool");
    const pool = new Tinypool({
      filename: fileURLToPath(jobsFile("functions.mjs")),
      runtime: "worker_threads",
      minThreads: workers,
      maxThreads: workers,
      concurrentTasksPerWorker: concurrency,
      useAtomics: runtimeName !== "deno",
    });
    return {
      call: (job, argument) => pool.run(argument, { name: job }),
      close: () => pool.destroy(),
    };
  },
};
