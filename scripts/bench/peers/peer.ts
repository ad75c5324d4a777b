/** What must a pool be able to do to take part? */

/** The functions of jobs/functions.mjs. */
export interface Jobs {
  inc(n: number): number;
  echo(value: unknown): unknown;
  sum(numbers: Float64Array): number;
  steps(count: number): number;
  sleep(ms: number): Promise<number>;
  sleepy(durations: readonly number[]): Promise<void>;
  range(part: Part): void;
  whoami(nothing: unknown): number;
  heap(nothing: unknown): Record<string, number>;
  die(nothing: unknown): never;
}

export type JobName = keyof Jobs;

/** The loops over arrays in jobs/functions.mjs. */
export type KernelName = "squares" | "roots";

/** A part of such a loop, as one call. */
export interface Part {
  readonly kernel: KernelName;
  readonly from: number;
  readonly to: number;
  readonly input: Float64Array;
  readonly output: Float64Array;
}

export type Loop = (
  kernel: KernelName,
  input: Float64Array,
  output: Float64Array,
) => PromiseLike<unknown>;

/** A running pool. */
export interface Contestant {
  /** One call, answered with a promise of its result. */
  call(job: JobName, argument: unknown): PromiseLike<unknown>;
  /** A job over many items, where the pool has a way of its own to do it. */
  map?(job: JobName, items: readonly unknown[]): PromiseLike<unknown>;
  /** A loop over shared arrays, where the pool has a way of its own to split it. */
  parallelFor?: Loop;
  /** The same, given what is done with one element. */
  mapInto?: Loop;
  close(): Promise<unknown>;
}

/** How to start one. */
export interface Peer {
  readonly name: string;
  /**
   * Starts `workers` workers, each holding up to `concurrency` unfinished
   * tasks; with none given, as many as serve it best.
   *
   * @throws Error with the reason when it cannot be told so
   */
  open(workers: number, concurrency?: number): Promise<Contestant>;
}

/** What whorl holds unless told otherwise, and what serves the others best. */
export const CONCURRENCY = 16;

/** A file of jobs/. */
export function jobsFile(name: string): URL {
  return new URL(`../jobs/${name}`, import.meta.url);
}
