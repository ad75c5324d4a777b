/** The default: by turns. */
import type { QueueId, Scheduler } from "./scheduler.ts";

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
