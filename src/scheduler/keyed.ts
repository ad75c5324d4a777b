/** By a key of the caller's. */
import type { Task } from "../task.ts";
import type {
  QueueId,
  ScheduleOptions,
  Scheduler,
  TaskId,
} from "./scheduler.ts";

/**
 * Sends tasks with the same `key` to the same worker, or its replacement, for
 * what a worker keeps between tasks: sessions, caches, partitions. Keys are
 * equal as in a `Map`. Texts and numbers are spread by their hash, so nothing
 * is remembered of them; objects and symbols get workers by turns and are
 * remembered while they live. Tasks without a key go to all by turns.
 */
export class Keyed implements Scheduler {
  readonly queuePerWorker = true;
  readonly #objects = new WeakMap<object, QueueId>();
  readonly #symbols = new Map<symbol, QueueId>();
  #queues = 0;
  #next = 0;

  registerQueue(): QueueId {
    return this.#queues++;
  }

  registerProcess(): void {}

  scheduleTask(
    _id: TaskId,
    _task?: Task,
    _args?: readonly unknown[],
    { key }: ScheduleOptions = {},
  ): QueueId {
    if (key === undefined) return this.#turn();
    if (typeof key === "symbol") return this.#remembered(this.#symbols, key);
    if (typeof key === "function" || typeof key === "object" && key !== null) {
      return this.#remembered(this.#objects, key);
    }
    return hash(`${typeof key} ${String(key)}`) % this.#queues;
  }

  completeTask(): void {}

  #turn(): QueueId {
    const queue = this.#next;
    this.#next = (queue + 1) % this.#queues;
    return queue;
  }

  #remembered<K>(
    known: {
      get(key: K): QueueId | undefined;
      set(key: K, queue: QueueId): unknown;
    },
    key: K,
  ): QueueId {
    let queue = known.get(key);
    if (queue === undefined) known.set(key, queue = this.#turn());
    return queue;
  }
}

/** FNV-1a over UTF-16 units, mixed once more: its low bits alone spread badly. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  }
  value = Math.imul(value ^ (value >>> 16), 0x45d9f3b);
  return (value ^ (value >>> 16)) >>> 0;
}
