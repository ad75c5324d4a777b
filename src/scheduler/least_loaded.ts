/** By what is unfinished. */
import type { Task } from "../task.ts";
import type {
  QueueId,
  ScheduleOptions,
  Scheduler,
  TaskId,
} from "./scheduler.ts";

interface Queue {
  workers: number;
  unfinished: number;
}

/**
 * Sends each task to the queue with the fewest unfinished tasks per worker; a
 * chunk of a map counts as many as it has items. Equal ones get theirs by
 * turns. Of use with a `queueCount` above 1: workers of one queue find the
 * least busy among them by themselves.
 */
export class LeastLoaded implements Scheduler {
  readonly #queues: Queue[] = [];
  readonly #placed = new Map<TaskId, { queue: Queue; items: number }>();
  #last = -1;

  registerQueue(): QueueId {
    return this.#queues.push({ workers: 0, unfinished: 0 }) - 1;
  }

  registerProcess(queue: QueueId): void {
    (this.#queues[queue] as Queue).workers++;
  }

  scheduleTask(
    id: TaskId,
    _task?: Task,
    _args?: readonly unknown[],
    options: ScheduleOptions = {},
  ): QueueId {
    const count = this.#queues.length;
    let best = -1;
    let least = Infinity;
    for (let step = 1; step <= count; step++) {
      const at = (this.#last + step) % count;
      const { workers, unfinished } = this.#queues[at] as Queue;
      const load = workers === 0 ? Infinity : unfinished / workers;
      if (best < 0 || load < least) {
        best = at;
        least = load;
      }
    }
    const queue = this.#queues[best] as Queue;
    const items = options.items ?? 1;
    queue.unfinished += items;
    this.#placed.set(id, { queue, items });
    this.#last = best;
    return best;
  }

  completeTask(id: TaskId): void {
    const placed = this.#placed.get(id);
    if (placed === undefined) return;
    this.#placed.delete(id);
    placed.queue.unfinished -= placed.items;
  }
}
