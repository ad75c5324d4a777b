/**
 * Planted bugs: one line of the ring source changed. Each must be found, or
 * the model does not see what it claims to see. `design` is the number of the
 * mutant in the design's list of thirteen; `by` are scenarios that should find
 * it, tried first.
 */
import type { Mutant } from "./mutant.ts";
import { BELLS } from "./mutants_bells.ts";
import { DESIGN } from "./mutants_design.ts";
import { RINGS } from "./mutants_rings.ts";
import { STORES } from "./mutants_stores.ts";

/** Every planted bug. */
export const MUTANTS: readonly Mutant[] = [
  ...DESIGN,
  ...RINGS,
  ...BELLS,
  ...STORES,
];
