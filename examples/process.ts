/** One task on a worker of its own, without a pool. */
import { tasks, Worker } from "whorl";

const jobs = tasks<typeof import("./jobs.ts")>(
  new URL("./jobs.ts", import.meta.url),
);
const worker = new Worker({
  target: jobs.greet,
  args: ["whorl"],
  startMethod: "process",
});

console.log(await worker, worker.exitCode);
