/**
 * Which queue a task goes to. The pool asks; workers of one queue share it by
 * themselves.
 */
import type { Task } from "./task.ts";

/** The number of a queue, as {@link Scheduler.registerQueue} answered it. */
export type QueueId = number;
/** The number of a task: 1, 2, 3 … per pool in order of submission. */
export type TaskId = number;

/** Places tasks on queues. Runs on the host; sees tasks and arguments as they are. */
export interface Scheduler {
  /** A queue was made: answers the id by which it will be named. */
  registerQueue(): QueueId;
  /** A worker will serve this queue. Called once per place, not per replacement. */
  registerProcess(queue: QueueId): void;
  /** The queue for a task that is about to be queued. */
  scheduleTask(
    id: TaskId,
    task: Task,
    args: readonly unknown[],
  ): QueueId;
  /** The task settled, however it ended. */
  completeTask(id: TaskId): void;
}

/** Deals tasks to workers in turn: a queue with more workers gets more. */
export class RoundRobin implements Scheduler {
  readonly #cycle: QueueId[] = [];
  #queues = 0;
  #next = 0;

  registerQueue(): QueueId {
    return this.#queues++;
  }

  registerProcess(queue: QueueId): void {
    this.#cycle.push(queue);
    this.#next = 0;
  }

  scheduleTask(): QueueId {
    const queue = this.#cycle[this.#next] as QueueId;
    this.#next = (this.#next + 1) % this.#cycle.length;
    return queue;
  }

  completeTask(): void {}
}
