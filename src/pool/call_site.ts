/**
 * Where a call was made, to be joined under the stack of an error that comes
 * back from a worker. Recording a stack costs more than a whole call, so the
 * pool records at most one per turn of the event loop and a failing call whose
 * own was not recorded shows the latest of the same task.
 */

// deno-lint-ignore ban-types
type Constructor = Function;

/** A recorded call site. */
export class CallSite {
  readonly #holder: { stack?: string } = {};
  readonly #label: string;

  /** Records the frames above `caller`. `label` says what was called, like "pool.apply". */
  constructor(label: string, caller: Constructor) {
    this.#label = label;
    (Error as {
      captureStackTrace?(target: object, above: Constructor): void;
    }).captureStackTrace?.(this.#holder, caller);
  }

  /** Appends these frames to the stack of `error`. */
  joinTo(error: unknown): void {
    if (!(error instanceof Error)) return;
    const frames = (this.#holder.stack ?? "").split("\n").filter((line) =>
      /^\s+at |@/.test(line)
    );
    if (frames.length === 0) return;
    error.stack = `${error.stack}\n    --- ${this.#label} ---\n${
      frames.join("\n")
    }`;
  }
}
