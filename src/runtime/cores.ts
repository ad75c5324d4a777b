/** How many threads can run at once. */
import { availableParallelism } from "node:os";

/** Cores the runtime reports as usable, at least 1. */
export function cores(): number {
  return Math.max(1, availableParallelism());
}
