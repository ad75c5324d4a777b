/** How does a workerpool worker offer the functions? */
import workerpool from "workerpool";
import { echo, inc, sleep, sum } from "./functions.mjs";

workerpool.worker({ inc, echo, sum, sleep });
