/** Which curves are drawn, in the order of the page? */
import type { Curve } from "./curve.ts";
import { queued, underWay } from "./waiting.ts";
import { breakEven, efficiency } from "./worth.ts";
import { calls, rings, sleepers } from "./workers.ts";

export { type Curve, type CurveResult, draw } from "./curve.ts";

export const CURVES: readonly Curve[] = [
  rings,
  calls,
  sleepers,
  queued,
  underWay,
  ...efficiency,
  breakEven,
];
