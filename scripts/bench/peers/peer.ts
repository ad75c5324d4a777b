/** What must a pool be able to do to take part? */

/** The functions of jobs/functions.mjs. */
export interface Jobs {
  inc(n: number): number;
  echo(value: unknown): unknown;
  sum(numbers: Float64Array): number;
  sleep(ms: number): Promise<number>;
}

export type JobName = keyof Jobs;

/** A running pool. */
export interface Contestant {
  /** One call, answered with a promise of its result. */
  call(job: JobName, argument: unknown): PromiseLike<unknown>;
  /** `inc` over many numbers, where the pool has a way of its own to do it. */
  map?(numbers: readonly number[]): PromiseLike<unknown>;
  close(): Promise<unknown>;
}

/** How to start one. */
export interface Peer {
  readonly name: string;
  /** Starts `workers` workers, each allowed `concurrency` tasks where it can be said. */
  open(workers: number, concurrency?: number): Promise<Contestant>;
}

/** A file of jobs/. */
export function jobsFile(name: string): URL {
  return new URL(`../jobs/${name}`, import.meta.url);
}
