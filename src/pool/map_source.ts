/** The input of a map, pulled when there is room: arrays, iterables, async iterables. */
import { nextTurn } from "../runtime/mod.ts";

/** One source of items. */
export interface Source {
  /** How many items are left, if that is known. */
  readonly left: number | undefined;
  /** Up to `count` items now; fewer only at the end, or when more must be waited for. */
  pull(count: number): readonly unknown[];
  /**
   * Resolves when {@link pull} may answer more, if possible `count`; null when it
   * answers without waiting.
   */
  wait(count: number): Promise<void> | null;
  /** Nothing more will come. */
  readonly ended: boolean;
  /** Lets go of the input before its end. */
  close(): void;
}

/** @throws TypeError when `items` cannot be iterated */
export function sourceOf(items: unknown, action: string): Source {
  if (Array.isArray(items) || ArrayBuffer.isView(items) && "length" in items) {
    return new ArraySource(items as unknown as ArrayLike<unknown>);
  }
  // A string is iterable, and a list of characters is never what was meant.
  if (typeof items === "object" && items !== null) {
    if (Symbol.iterator in items) {
      return new IterableSource(items as Iterable<unknown>);
    }
    if (Symbol.asyncIterator in items) {
      return new AsyncSource(items as AsyncIterable<unknown>);
    }
  }
  throw new TypeError(
    `Cannot ${action}: items must be an array, an iterable or an async iterable, found ${
      items === null ? "null" : typeof items
    }`,
  );
}

class ArraySource implements Source {
  readonly #items: ArrayLike<unknown>;
  #next = 0;
  #end: number;

  constructor(items: ArrayLike<unknown>) {
    this.#items = items;
    this.#end = items.length;
  }

  get left(): number {
    return Math.max(0, this.#end - this.#next);
  }

  get ended(): boolean {
    return this.#next >= this.#end;
  }

  pull(count: number): readonly unknown[] {
    const from = this.#next;
    this.#next = Math.min(this.#end, from + count);
    return Array.prototype.slice.call(this.#items, from, this.#next);
  }

  wait(): null {
    return null;
  }

  close(): void {
    this.#end = 0;
  }
}

class IterableSource implements Source {
  readonly #iterator: Iterator<unknown>;
  readonly left = undefined;
  ended = false;

  constructor(items: Iterable<unknown>) {
    this.#iterator = items[Symbol.iterator]();
  }

  pull(count: number): readonly unknown[] {
    const pulled: unknown[] = [];
    while (pulled.length < count && !this.ended) {
      let step: IteratorResult<unknown>;
      try {
        step = this.#iterator.next();
      } catch (error) {
        this.ended = true;
        // What came before the failure still counts.
        throw new SourceFailure(error, pulled);
      }
      if (step.done === true) this.ended = true;
      else pulled.push(step.value);
    }
    return pulled;
  }

  wait(): null {
    return null;
  }

  close(): void {
    if (this.ended) return;
    this.ended = true;
    this.#iterator.return?.();
  }
}

class AsyncSource implements Source {
  readonly #iterator: AsyncIterator<unknown>;
  readonly left = undefined;
  #done = false;
  #ready: unknown[] = [];
  #failure: SourceFailure | null = null;
  #waiting: Promise<void> | null = null;
  #wanted = 0;
  #asking = false;
  #tell = (): void => {};

  constructor(items: AsyncIterable<unknown>) {
    this.#iterator = items[Symbol.asyncIterator]();
  }

  get ended(): boolean {
    return this.#done && this.#empty;
  }

  get #empty(): boolean {
    return this.#ready.length === 0 && this.#failure === null;
  }

  pull(count: number): readonly unknown[] {
    const pulled = this.#ready.splice(0, count);
    this.#wanted -= pulled.length;
    if (this.#ready.length === 0 && this.#failure !== null) {
      const { cause } = this.#failure;
      this.#failure = null;
      this.#done = true;
      throw new SourceFailure(cause, pulled);
    }
    return pulled;
  }

  wait(count: number): Promise<void> | null {
    if (this.#done || !this.#empty) return null;
    if (this.#waiting === null) {
      this.#waiting = new Promise((resolve) => this.#tell = resolve);
      this.#wanted = count;
      void this.#ask();
    }
    return this.#waiting;
  }

  // Items that come without a turn of the event loop between them travel
  // together; one that comes alone goes in the turn after it.
  async #ask(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    try {
      while (this.#ready.length < this.#wanted) {
        const step = await this.#iterator.next();
        if (this.#done) break;
        if (step.done === true) {
          this.#done = true;
          break;
        }
        if (this.#ready.push(step.value) === 1 && this.#wanted > 1) {
          nextTurn(() => {
            if (!this.#empty) this.#answer();
          });
        }
      }
    } catch (error) {
      if (!this.#done) this.#failure = new SourceFailure(error, []);
    }
    this.#asking = false;
    this.#answer();
  }

  #answer(): void {
    // What has been asked for comes still, and nothing after it.
    this.#wanted = 0;
    this.#waiting = null;
    this.#tell();
  }

  close(): void {
    const over = this.#done || this.#failure !== null;
    this.#done = true;
    this.#ready = [];
    this.#failure = null;
    this.#answer();
    if (over) return;
    // A source that fails while it is closed has nobody left to tell.
    void Promise.resolve(this.#iterator.return?.()).catch(() => {});
  }
}

/** The input itself threw: `pulled` are the items it gave before. */
export class SourceFailure {
  readonly cause: unknown;
  readonly pulled: readonly unknown[];

  constructor(cause: unknown, pulled: readonly unknown[]) {
    this.cause = cause;
    this.pulled = pulled;
  }
}
