/** How quick are the seed's tasks where nobody hands them out? A bare worker's share of them. */
import { parentPort } from "node:worker_threads";
import { sleepy } from "./functions.mjs";

parentPort?.on("message", async ({ durations, tasks, concurrency }) => {
  let left = tasks;
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (left-- > 0) await sleepy(durations);
    }),
  );
  parentPort?.postMessage("done");
});
