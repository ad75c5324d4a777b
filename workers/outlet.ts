/**
 * What a worker in a process of its own tells its host besides the rings: in
 * a thread the host reads it from shared memory.
 */
export interface Outlet {
  /** Writes down that user code of a task may run from here on, and computes; false: it was taken back, leave it alone. */
  started(cell: number): boolean;
  /** The synchronous part of a started task begins. */
  computes(cell: number): void;
  /** It is over, and the task is not done. */
  awaits(cell: number): void;
  /** Whether the host asked task `number` in `cell` to stop. */
  isCancelRequested(cell: number, number: number): boolean;
  /** Items of a chunk below `count` may have started; the next one computes. */
  reached(cell: number, count: number): void;
  /** Finished tasks were handed over, or mail was posted: send it. `concurrency`: how many tasks the worker may hold now. */
  flush(concurrency: number): void;
}
