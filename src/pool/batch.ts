/**
 * What a map has answered so far: a list that grows at its end. Who holds a
 * link holds everything that came after it and nothing before, so a result that
 * nobody can ask for any more is garbage, without anybody counting readers.
 */

/** Failures of a batch, by index within it. */
export interface Failures {
  has(index: number): boolean;
  get(index: number): unknown;
  values(): Iterable<unknown>;
}

/** Items of a map whose outcomes came together. */
export interface Batch {
  /** Index of the first in the input. */
  readonly start: number;
  readonly count: number;
  readonly values: ArrayLike<unknown>;
  readonly failures: Failures | null;
}

/** A place in the list: behind `batch`, if there is one, and before `next`. */
export interface Link {
  readonly batch: Batch | null;
  next: Link | null;
}

/** Items that are not sent: each fails with `error`. */
export function refused(start: number, count: number, error: unknown): Batch {
  const failures: Failures = {
    has: () => true,
    get: () => error,
    values: () => [error],
  };
  return { start, count, values: [], failures };
}
