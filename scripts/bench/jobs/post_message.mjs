/** How little does a worker need that answers messages? */
import { parentPort } from "node:worker_threads";
import * as functions from "./functions.mjs";

parentPort?.on("message", async ({ id, job, argument }) => {
  let value = functions[job](argument);
  if (typeof value?.then === "function") value = await value;
  parentPort?.postMessage({ id, value });
});
