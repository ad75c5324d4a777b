/** How does a workerpool worker offer the functions? */
import workerpool from "workerpool";
import * as functions from "./functions.mjs";

workerpool.worker({ ...functions });
