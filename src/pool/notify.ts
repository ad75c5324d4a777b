/** Calls of the program's own callbacks, which are no business of any task. */
import { warn } from "../runtime/mod.ts";

/** Calls `callback`; what it throws is a process warning that names `what`. */
export function notify(what: string, callback: () => void): void {
  try {
    callback();
  } catch (error) {
    warn(
      `Cannot tell ${what}: it failed with ${String(error)}`,
      error instanceof Error ? String(error.stack) : "",
    );
  }
}
