/**
 * What a worker in a process of its own tells its host besides the rings: in
 * a thread the host reads it from shared memory.
 */
export interface Outlet {
  /** Writes down that user code of a task may run from here on; false: it was taken back, leave it alone. */
  started(cell: number): boolean;
  /** Whether the host asked task `number` in `cell` to stop. */
  isCancelRequested(cell: number, number: number): boolean;
  /** Items of a chunk below `count` may have started. */
  reached(cell: number, count: number): void;
  /** Finished tasks were handed over, or mail was posted: send it. `concurrency`: how many tasks the worker may hold now. */
  flush(concurrency: number): void;
}
