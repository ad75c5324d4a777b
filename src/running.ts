/**
 * The task that runs right now, for code that it calls. Set by the worker
 * around the synchronous part of a task, so it costs a field and no more; after
 * a task's first `await` others run, and it says nothing about that task.
 */
import type { Encoder } from "./codec/mod.ts";
import type { Task } from "./task.ts";

/** Who hears what became of a nested call. */
export interface Caller {
  fulfil(value: unknown): void;
  fail(error: unknown): void;
  /** How large the outcomes of a chunk are. */
  resultBytes?: number;
  /** The outcomes of a chunk: `failures` by index within it. */
  complete?(
    values: ArrayLike<unknown>,
    failures: ReadonlyMap<number, unknown> | null,
    micros: number,
  ): void;
}

/** A call from inside a task to its own pool; its arguments are in an encoder. */
export interface NestedCall {
  readonly task: Task;
  /** 0, or CHUNK, or CHUNK and SPREAD, of frame.ts. */
  readonly flags: number;
  /** TASK_NUMBER of the task that asks. */
  readonly asker: number;
  readonly caller: Caller;
}

/** What a worker knows of a task by its cell. */
export interface Stops {
  numberIn(cell: number): number;
  attemptIn(cell: number): number;
  signalOf(cell: number, number: number): AbortSignal;
}

/** A worker's way back into its own pool. */
export interface Uplink {
  /** Says how far task `number` in `cell` is, if anybody listens. @throws CodecError */
  report(cell: number, number: number, value: unknown): void;
  readonly stops: Stops;
  readonly workerId: number;
  /** Workers of the pool, what each may hold, and the tasks each may start; 0: no limit. */
  readonly workers: number;
  readonly concurrency: number;
  readonly maxTasksPerWorker: number;
  /** An encoder that nobody is in the middle of using, at the start of a message. */
  encoder(): Encoder;
  /** @throws StateError when no task runs here any more */
  assertBusy(action: string): void;
  /** Sends what the encoder holds: the key for the scheduler, then the arguments. */
  submit(call: NestedCall, encoder: Encoder): void;
  /** Takes a call back if no worker has started it; then it fails with `reason`. */
  cancel(caller: Caller, reason: unknown): void;
}

/** What a running task may know of itself. */
export interface Running {
  readonly uplink: Uplink;
}

/** Where the worker writes down what runs. */
export const running: { task: Running | null; cell: number } = {
  task: null,
  cell: -1,
};
