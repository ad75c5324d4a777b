/** What does a run tell, line by line? */
import type { CurveResult } from "./curves/curve.ts";
import type { CaseResult } from "./figures.ts";

/** What stands before each event. */
export const MARK = "@bench ";

/** What a run tells. */
export type RunEvent =
  | { readonly event: "begin"; readonly name: string; readonly at: string }
  | { readonly event: "result"; readonly result: CaseResult }
  | { readonly event: "curve"; readonly curve: CurveResult }
  | { readonly event: "tried"; readonly reason: string }
  | { readonly event: "done" };
