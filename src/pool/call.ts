/**
 * One task on its way: what the dispatcher has to know to place it, place it
 * again after a crash, and settle it. {@link SingleCall} is one `apply`; a
 * chunk of a map is in chunk_call.ts.
 */
import { type Block, NO_BLOCK } from "../../ring/mod.ts";
import type { Task } from "../task.ts";
import type { SiteReference } from "./call_site.ts";
import type { Will } from "./will.ts";

/** What every call has. */
export abstract class Call {
  readonly task: Task;
  readonly taskId: number;
  /** The FLAGS of its cell, without MAILED. */
  flags = 0;
  /** Plain numbers need no payload. */
  numbers: ArrayLike<number> | null = null;
  /** Bytes the codec made of the arguments, a multiple of 8; 0: there are none. */
  length = 0;
  /** Those bytes while they are neither in a cell nor in the arena. */
  bytes: Uint8Array | null = null;
  /** Values that travel beside the arguments; given to the worker that starts the task. */
  foreign: readonly unknown[] | null = null;
  /** Some of those were moved, and are with that worker now. */
  gave = false;
  /** Shared ring it goes to, and whose workers it is for. */
  queue = 0;
  /** The scheduler placed it, and is to hear of its end. */
  scheduled = false;
  /** The place of the pool whose worker it is for, or -1. */
  place = -1;
  /** TASK_NUMBER of the task that asked for it; 0: the program did. */
  asker = 0;
  /** The worker whose private ring it is in, or -1. */
  slot = -1;
  /** Where it is, or -1 while it waits for a cell. */
  cell = -1;
  block: Block = NO_BLOCK;
  /** Shared buffers in its arguments, kept alive until it settles. */
  shared: readonly SharedArrayBuffer[] | null = null;
  /** Items of a chunk that are not to be run. */
  skip = 0;
  /** What its caller wants besides the result. */
  will: Will | null = null;
  next: Call | null = null;
  settled = false;
  /** How long it is expected to take, in microseconds. */
  micros = 0;
  /** Tasks of it that failed, once it has settled. */
  failures = 0;

  constructor(task: Task, taskId: number) {
    this.task = task;
    this.taskId = taskId;
  }

  /** Gives what travels beside the arguments. If it is moved, there is no second time. */
  give(): readonly unknown[] {
    const values = this.foreign ?? [];
    if (values.some((value) => value instanceof ArrayBuffer)) {
      this.gave = true;
      this.foreign = null;
      this.will?.giveUp();
    }
    return values;
  }

  /** How many tasks it is. */
  abstract get tasks(): number;
  /** The outcome is a value. */
  abstract fulfil(value: unknown): void;
  /** The outcome is an error; not settled afterwards: it is to be tried again. */
  abstract fail(error: unknown): void;
}

/** One `apply`. */
export class SingleCall extends Call {
  readonly #resolve: (value: unknown) => void;
  readonly #reject: (error: unknown) => void;
  /** Where it was made, to be joined to its error. */
  site: SiteReference | null;

  constructor(
    where: { task: Task; taskId: number; site: SiteReference | null },
    resolve: (value: unknown) => void,
    reject: (error: unknown) => void,
  ) {
    super(where.task, where.taskId);
    this.site = where.site;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  get tasks(): number {
    return 1;
  }

  fulfil(value: unknown): void {
    this.settled = true;
    this.#resolve(value);
  }

  fail(error: unknown): void {
    if (this.will?.takesAgain(error)) return;
    this.settled = true;
    this.failures = 1;
    this.site?.joinTo(error);
    this.#reject(error);
  }
}
