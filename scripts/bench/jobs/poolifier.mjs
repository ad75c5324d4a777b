/** How does a poolifier worker offer the functions? */
import { ThreadWorker } from "poolifier";
import { echo, inc, sleep, sum } from "./functions.mjs";

export default new ThreadWorker({ inc, echo, sum, sleep });
