/**
 * A run of items in one message: each is a call of its own, with its own
 * outcome, its own place in the worker's concurrency and its own start mark.
 * Chunking saves messages and changes nothing else.
 */
import { counted } from "../src/frame.ts";
import type { TaskFunction } from "./loader.ts";

/** A turn of the event loop is owed after so many milliseconds of tasks. */
export const TURN_MS = 4;

/**
 * A call that takes less than this is worth inlining where tasks are called
 * from (milliseconds). Others gain nothing by it, and may lose much: a loop
 * inlined by V8's Maglev keeps the code it got there, numbers on the heap and
 * all, until its caller is hot. They are called by Reflect.apply, which Maglev
 * does not see through.
 */
export const QUICK_CALL_MS = 0.002;

/** How quick the latest calls of a task were, for whoever calls it next. */
export interface Pace {
  quick: boolean;
}

/** What a chunk tells the runner. */
export interface ChunkOwner {
  /** Unfinished promises this worker holds. */
  inflight: number;
  readonly concurrency: number;
  /** When the current turn of the event loop began, in milliseconds. */
  turnStart: number;
  /** An item's promise settled; `last` when the chunk is complete. */
  itemSettled(chunk: Chunk, last: boolean): void;
  /** An item threw, or its promise was rejected. */
  threw(error: unknown): void;
}

/** Where a chunk lies and what it calls. */
export interface ChunkSource {
  readonly cell: number;
  readonly fn: TaskFunction;
  /** The items: numbers as they lie in shared memory, or decoded values. */
  readonly items: Float64Array | readonly unknown[];
  /** Items before it were lost with another worker and are not run. */
  readonly first: number;
  /** Each item is an argument list. */
  readonly spread: boolean;
  readonly pace: Pace;
  /** Writes the start mark: item `index` and those before it may have run. */
  mark(index: number): void;
  /** Shared buffers its arguments named; see Mailbox.lend. */
  readonly met: readonly number[] | null;
}

/** One chunk while a worker holds it. */
export class Chunk {
  readonly source: ChunkSource;
  readonly began: number = performance.now();
  /** Results while all of them are numbers. */
  numbers: Float64Array | null;
  /** Results otherwise; failures are found in {@link failures}. */
  values: unknown[] = [];
  failures: Map<number, unknown> | null = null;
  readonly #owner: ChunkOwner;
  #next: number;
  #pending = 0;
  #stride = 1;

  constructor(source: ChunkSource, owner: ChunkOwner) {
    this.source = source;
    this.#owner = owner;
    this.#next = source.first;
    this.numbers = new Float64Array(source.items.length);
  }

  get count(): number {
    return this.source.items.length;
  }

  get complete(): boolean {
    return this.#next === this.count && this.#pending === 0;
  }

  /** Whether every item was started. */
  get started(): boolean {
    return this.#next === this.count;
  }

  /**
   * Starts items until all are started, the worker holds as many as it may,
   * or a turn of the event loop is owed.
   */
  advance(): void {
    const owner = this.#owner;
    const { pace } = this.source;
    let checked = performance.now();
    while (this.#next < this.count && owner.inflight < owner.concurrency) {
      const first = this.#next;
      this.#run(Math.min(this.count, first + this.#stride));
      const now = performance.now();
      pace.quick = now - checked < QUICK_CALL_MS * (this.#next - first);
      // One look at the clock per stride: cheap items get long strides.
      if (now - checked < 0.25) this.#stride = Math.min(1024, this.#stride * 2);
      else if (now - checked > 1) this.#stride = Math.max(1, this.#stride >> 1);
      checked = now;
      if (now - owner.turnStart > TURN_MS) return;
    }
  }

  #run(until: number): void {
    const { items, fn, spread, pace } = this.source;
    const owner = this.#owner;
    while (this.#next < until && owner.inflight < owner.concurrency) {
      try {
        while (this.#next < until && owner.inflight < owner.concurrency) {
          const index = this.#next++;
          this.source.mark(index);
          let item = items[index];
          if (typeof item === "number") item = counted(item);
          const result = pace.quick && !spread
            ? fn(item)
            : Reflect.apply(fn, undefined, spread ? item as unknown[] : [item]);
          if (typeof result === "number" && this.numbers !== null) {
            this.numbers[index] = result;
          } else this.#settle(index, result);
        }
      } catch (error) {
        this.#fail(this.#next - 1, error);
      }
    }
  }

  #settle(index: number, result: unknown): void {
    if (!isThenable(result)) return this.#keep(index, result);
    this.#pending++;
    this.#owner.inflight++;
    Promise.resolve(result).then((value) => {
      this.#keep(index, value);
      this.#itemSettled();
    }, (error) => {
      this.#fail(index, error);
      this.#itemSettled();
    });
  }

  #itemSettled(): void {
    this.#pending--;
    this.#owner.inflight--;
    this.#owner.itemSettled(this, this.complete);
  }

  #keep(index: number, value: unknown): void {
    if (this.numbers !== null) {
      if (typeof value === "number") {
        this.numbers[index] = value;
        return;
      }
      this.values = Array.from(this.numbers);
      this.numbers = null;
    }
    this.values[index] = value;
  }

  #fail(index: number, error: unknown): void {
    this.#owner.threw(error);
    this.#keep(index, undefined);
    (this.failures ??= new Map()).set(index, error);
  }
}

/** Whether a task's result is to be awaited. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null &&
    typeof (value as { then?: unknown }).then === "function";
}
