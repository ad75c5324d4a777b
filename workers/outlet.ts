/**
 * What a worker in a process of its own tells its host besides the rings: in
 * a thread the host reads it from shared memory.
 */
export interface Outlet {
  /** The user code of a task may run from here on. */
  started(cell: number): void;
  /** Whether the host asked task `number` in `cell` to stop. */
  isCancelRequested(cell: number, number: number): boolean;
  /** Items of a chunk below `count` may have started. */
  reached(cell: number, count: number): void;
  /** Finished tasks were handed over, or mail was posted: send it. `concurrency`: how many tasks the worker may hold now. */
  flush(concurrency: number): void;
}
