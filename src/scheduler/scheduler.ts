/** What places tasks on queues; workers of one queue share it by themselves. */
import type { Task } from "../task.ts";

/** The number of a queue, as {@link Scheduler.registerQueue} answered it. */
export type QueueId = number;
/** The number of a task: 1, 2, 3 … per pool in order of submission. */
export type TaskId = number;

/** What else a scheduler may want to know of a task. */
export interface ScheduleOptions {
  /** The `key` its caller gave, or undefined. */
  readonly key?: unknown;
  /**
   * A chunk of a map is scheduled as one task: how many items it has; `args`
   * are then the items. Undefined for one call.
   */
  readonly items?: number;
}

/**
 * Places tasks on queues. Runs on the host and sees tasks and arguments as they
 * are.
 *
 * Every task that was scheduled is completed once, however it ended. A
 * scheduler that throws while it schedules, or names a queue that it did not
 * register, fails that call, or the items of that chunk, and nothing else; what
 * it throws while it completes changes nothing and is reported once per pool,
 * as a process warning.
 */
export interface Scheduler {
  /** Every worker gets a queue of its own, unless the pool is told another `queueCount`, which is then a `RangeError`. */
  readonly queuePerWorker?: boolean;
  /** A queue was made: answers the id by which it will be named. */
  registerQueue(): QueueId;
  /** A worker will serve this queue. Called once per place, not per replacement. */
  registerProcess(queue: QueueId): void;
  /** The queue for a task that is about to be queued. */
  scheduleTask(
    id: TaskId,
    task: Task,
    args: readonly unknown[],
    options: ScheduleOptions,
  ): QueueId;
  /** The task settled, however it ended. */
  completeTask(id: TaskId): void;
}
