/** A run of items of one map in one message. */
import type { Task } from "../task.ts";
import { Call } from "./call.ts";

/** Who hears what became of a chunk. */
export interface ChunkListener {
  /** All items have an outcome: `failures` by index within the chunk. */
  chunkDone(
    chunk: ChunkCall,
    values: ArrayLike<unknown>,
    failures: ReadonlyMap<number, unknown> | null,
    micros: number,
  ): void;
}

/** One chunk. Its items keep their own outcomes. */
export class ChunkCall extends Call {
  /** Index of its first item in the input. */
  readonly start: number;
  /** The items, kept to be sent again after a crash. */
  readonly items: readonly unknown[];
  /** Bytes of the outcomes, as they came; 0: few. */
  resultBytes = 0;
  readonly #lost = new Map<number, unknown>();
  readonly #listener: ChunkListener;

  constructor(
    where: { task: Task; taskId: number; start: number },
    items: readonly unknown[],
    listener: ChunkListener,
  ) {
    super(where.task, where.taskId);
    this.start = where.start;
    this.items = items;
    this.#listener = listener;
  }

  get tasks(): number {
    return this.items.length;
  }

  /** Bytes of the arguments, as they travel. */
  get argumentBytes(): number {
    return this.numbers === null ? this.length : this.numbers.length * 8;
  }

  /**
   * The worker died: items before `started` may have run and fail, each with
   * an error of its own. Whether items are left for another worker.
   */
  lose(started: number, error: () => unknown): boolean {
    for (let i = this.skip; i < started; i++) this.#lost.set(i, error());
    this.skip = Math.max(this.skip, started);
    return this.skip < this.items.length;
  }

  /** Every item has an outcome; `micros` is the time they took together. */
  complete(
    values: ArrayLike<unknown>,
    failures: ReadonlyMap<number, unknown> | null,
    micros: number,
  ): void {
    if (this.settled) return;
    const all = this.#lost.size === 0
      ? failures
      : new Map([...(failures ?? []), ...this.#lost]);
    // Calls with a will travel alone.
    if (all?.has(0) && this.will?.takesAgain(all.get(0))) {
      this.#lost.clear();
      this.skip = 0;
      return;
    }
    this.settled = true;
    this.failures = all?.size ?? 0;
    this.#listener.chunkDone(this, values, all, micros);
  }

  /** All items were lost with their workers. */
  completeLost(): void {
    this.complete(new Array(this.items.length), null, 0);
  }

  fulfil(value: unknown): void {
    this.complete([value], null, 0);
  }

  /** The chunk as a whole failed: each of its items fails with `error`. */
  fail(error: unknown): void {
    const failures = new Map(this.items.map((_item, index) => [index, error]));
    this.complete(new Array(this.items.length), failures, 0);
  }
}
