/** How fast is poolifier's fixed thread pool? */
import { fileURLToPath } from "node:url";
import { jobsFile, type Peer } from "./peer.ts";

export const poolifier: Peer = {
  name: "poolifier",
  async open(workers) {
    const { FixedThreadPool } = await import("poolifier");
    const pool = new FixedThreadPool<unknown, unknown>(
      workers,
      fileURLToPath(jobsFile("poolifier.mjs")),
    );
    return {
      call: (job, argument) => pool.execute(argument, job),
      map: (numbers) => pool.mapExecute(numbers, "inc"),
      close: () => pool.destroy(),
    };
  },
};
