/** One task on a worker of its own, and its result. */
import { StateError } from "../errors.ts";
import type { ProcessOptions } from "./options.ts";
import { Process } from "./process.ts";
import type { Outcome } from "./run.ts";

/**
 * A {@link Process} that keeps what its task returns.
 *
 *     const worker = new Worker({ target: jobs.square, args: [3] });
 *     console.log(await worker);
 */
export class Worker<
  R,
  // deno-lint-ignore no-explicit-any
  A extends unknown[] = any,
> extends Process<Awaited<R>, A> {
  /** @throws TypeError or RangeError for wrong options */
  constructor(options: ProcessOptions<A, R>) {
    super(options);
  }

  /**
   * What the task returned.
   *
   * @throws its error when it failed, StateError before it has ended
   */
  get result(): Awaited<R> {
    const { outcome } = this;
    if (outcome !== null) return this.valueOf(outcome) as Awaited<R>;
    throw new StateError(
      "not_finished",
      "Cannot read result: task is not completed",
    );
  }

  protected override get kind(): string {
    return "Worker";
  }

  protected override valueOf(outcome: Outcome): unknown {
    super.valueOf(outcome);
    return outcome.ok ? outcome.value : undefined;
  }
}
