/** When does a bare worker run its first line? */
import { parentPort } from "node:worker_threads";

parentPort?.postMessage(0);
