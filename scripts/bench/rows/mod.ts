/** What is timed, in the order of the table? */
import { burst } from "./burst.ts";
import { cold } from "./cold.ts";
import { crash } from "./crash.ts";
import { delay } from "./delay.ts";
import { f64, f64Shared } from "./f64.ts";
import { idle } from "./idle.ts";
import { map } from "./map.ts";
import { memory } from "./memory.ts";
import { numeric } from "./numeric.ts";
import { object } from "./object.ts";
import type { Row } from "./row.ts";
import { seed } from "./seed.ts";
import { seq } from "./seq.ts";
import { start } from "./start.ts";
import { string } from "./string.ts";
import { win64 } from "./win64.ts";

export type { Bare, Case, Lane, Pace, Row } from "./row.ts";

export const ROWS: readonly Row[] = [
  seq,
  cold,
  win64,
  burst,
  map,
  object,
  string,
  f64,
  f64Shared,
  numeric,
  seed,
  start,
  crash,
  idle,
  delay,
  memory,
];
