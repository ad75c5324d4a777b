/**
 * One map while it runs: pulls items when there is room, packs them into
 * chunks of about a millisecond, and keeps the outcomes in input order.
 */
import type { ChunkCall, ChunkListener } from "./chunk_call.ts";
import { type Refusal, runsOf } from "./map_keys.ts";
import type { MapCall } from "./map_options.ts";
import { type Source, SourceFailure } from "./map_source.ts";

/** What a map asks of the pool. */
export interface MapPool {
  readonly workers: number;
  readonly concurrency: number;
  /**
   * Sends `items` as one chunk. Answers it, or which of them cannot be sent:
   * then none is. If it says of none, they may be sent one by one.
   */
  submitChunk(
    job: MapJob,
    start: number,
    items: readonly unknown[],
    key: unknown,
  ): ChunkCall | Refusal;
  /** Takes back a chunk that no worker has started; with `running`, stops one that has. */
  cancelChunk(chunk: ChunkCall, error: unknown, running: boolean): void;
  /** The map has ended; it is not outstanding any more. */
  ended(job: MapJob): void;
}

/** Work per chunk the automatic size aims at, in microseconds. */
const TARGET_MICROS = 1000;
const LARGEST = 65_536;

interface Outcome {
  readonly count: number;
  readonly values: ArrayLike<unknown>;
  readonly failures: ReadonlyMap<number, unknown> | null;
}

/** The engine of one map. */
export class MapJob implements ChunkListener {
  readonly call: MapCall;
  /** Results in input order, as far as all before them are there. */
  readonly values: unknown[] = [];
  /** Runs of items in the order in which they came back: start and count in turn. */
  readonly arrivals: number[] = [];
  /** Failures by index. */
  readonly failures: Map<number, unknown> = new Map();
  /** The failure that was noticed first. */
  firstFailure: { error: unknown } | null = null;
  /** Nothing more will be added to {@link values}. */
  complete = false;
  readonly #pool: MapPool;
  readonly #source: Source;
  readonly #early = new Map<number, Outcome>();
  readonly #chunks = new Set<ChunkCall>();
  readonly #joined = new WeakSet<Error>();
  readonly #watchers = new Set<() => void>();
  #pulled = 0;
  #flying = 0;
  #size = 1;
  #microsPerItem = 0;
  #filling = false;
  #stopped = false;
  #awaited = false;
  // How far each running iteration got; the input is pulled relative to them.
  readonly #readers = new Map<object, number>();
  #waiting = false;

  constructor(pool: MapPool, source: Source, call: MapCall) {
    this.#pool = pool;
    this.#source = source;
    this.call = call;
    if (call.chunkSize !== "auto") this.#size = call.chunkSize;
  }

  /** Begins to pull. Later, so that whoever iterates is known before. */
  start(): void {
    queueMicrotask(() => this.#fill());
  }

  /** All results are wanted, whoever iterates. */
  demandAll(): void {
    this.#awaited = true;
    this.#fill();
  }

  /** An iteration got this far; it goes on from `position`. */
  reached(reader: object, position: number): void {
    this.#readers.set(reader, position);
    this.#fill();
  }

  /** An iteration ended. */
  leave(reader: object): void {
    this.#readers.delete(reader);
    this.#fill();
  }

  /** An iteration was left before its end: if nobody else listens, the map is cancelled. */
  abandon(reader: object, reason: unknown): void {
    this.#readers.delete(reader);
    if (this.#readers.size === 0 && !this.#awaited) this.cancel(reason);
    else this.#fill();
  }

  /** The value of item `index` of the run that began at `start` and came back. */
  valueOf(index: number, start: number): unknown {
    return index < this.values.length
      ? this.values[index]
      : this.#early.get(start)?.values[index - start];
  }

  /** Calls back once, when something was added or the map is complete. */
  onChange(callback: () => void): void {
    this.#watchers.add(callback);
  }

  /** Stops pulling and takes back what has not started, with `running` also what has; that fails with `reason`. */
  cancel(reason: unknown, running = false): void {
    if (this.complete || this.#stopped) return;
    this.#stopped = true;
    const unpulled = !this.#source.ended;
    this.#close();
    const chunks = [...this.#chunks];
    for (const chunk of chunks) this.#pool.cancelChunk(chunk, reason, running);
    // The items nobody pulled: one failure stands for them all.
    if (unpulled) this.#refuse(1, reason);
    this.#checkComplete();
  }

  chunkDone(
    chunk: ChunkCall,
    values: ArrayLike<unknown>,
    failures: ReadonlyMap<number, unknown> | null,
    micros: number,
  ): void {
    this.#chunks.delete(chunk);
    this.#flying -= chunk.items.length;
    const count = chunk.items.length;
    if (micros > 0 && this.call.chunkSize === "auto") this.#tune(micros, count);
    this.#store(chunk.start, { count, values, failures });
    this.#fill();
    this.#checkComplete();
  }

  // ---- pulling ------------------------------------------------------------------

  #tune(micros: number, count: number): void {
    const each = micros / count;
    this.#microsPerItem = this.#microsPerItem === 0
      ? each
      : this.#microsPerItem * 0.75 + each * 0.25;
    const ideal = TARGET_MICROS / this.#microsPerItem;
    this.#size = Math.max(
      1,
      Math.min(LARGEST, this.#size * 8, Math.floor(ideal)),
    );
  }

  #room(): number {
    const { workers, concurrency } = this.#pool;
    const window = this.call.window ?? workers * concurrency * 2 * this.#size;
    let room = window - this.#flying;
    if (!this.#awaited && this.#readers.size > 0) {
      let furthest = 0;
      for (const position of this.#readers.values()) {
        if (position > furthest) furthest = position;
      }
      room = Math.min(room, furthest + window - this.#pulled);
    }
    return room;
  }

  #nextSize(): number {
    if (this.call.chunkSize !== "auto") return this.call.chunkSize;
    const { left } = this.#source;
    if (left === undefined) return this.#size;
    // Smaller toward the end, so that the workers finish together.
    const share = Math.ceil(left / (2 * this.#pool.workers));
    return Math.max(1, Math.min(this.#size, share));
  }

  #fill(): void {
    if (this.#filling || this.#stopped) return;
    this.#filling = true;
    try {
      while (!this.#source.ended && !this.#stopped) {
        const room = this.#room();
        if (room <= 0) break;
        const size = Math.min(this.#nextSize(), room);
        if (!this.#pullOnce(size)) break;
      }
    } finally {
      this.#filling = false;
    }
    this.#checkComplete();
  }

  /** Sends up to `size` items; false when the source has none right now. */
  #pullOnce(size: number): boolean {
    const wait = this.#source.wait();
    if (wait !== null) {
      if (!this.#waiting) {
        this.#waiting = true;
        void wait.then(() => {
          this.#waiting = false;
          this.#fill();
        });
      }
      return false;
    }
    let items: readonly unknown[];
    let failure: { cause: unknown } | null = null;
    try {
      items = this.#source.pull(size);
    } catch (error) {
      if (!(error instanceof SourceFailure)) throw error;
      items = error.pulled;
      failure = error;
    }
    this.#send(items);
    if (failure !== null) this.#refuse(1, failure.cause);
    return true;
  }

  #send(items: readonly unknown[]): void {
    for (const run of runsOf(items, this.#pulled, this.call.key)) {
      // Pulling and asking for keys ran code of the user's.
      if (this.#stopped) return;
      if (run.failure === null) this.#sendRun(run.items, run.key);
      else this.#refuse(1, run.failure.cause);
    }
  }

  #sendRun(items: readonly unknown[], key: unknown): void {
    while (items.length > 0) {
      const sent = this.#pool.submitChunk(this, this.#pulled, items, key);
      if (!("index" in sent)) {
        this.#pulled += items.length;
        this.#flying += items.length;
        this.#chunks.add(sent);
        return;
      }
      const { index, count, error } = sent;
      if (count === 0) {
        for (const item of items) this.#sendRun([item], key);
        return;
      }
      if (index > 0) this.#sendRun(items.slice(0, index), key);
      this.#refuse(count, error);
      items = items.slice(index + count);
    }
  }

  // ---- outcomes -----------------------------------------------------------------

  /** The next `count` items of the input fail without being sent. */
  #refuse(count: number, error: unknown): void {
    const values = new Array(count);
    const failures = new Map(Array.from(values, (_, at) => [at, error]));
    this.#store(this.#pulled, { count, values, failures });
    this.#pulled += count;
  }

  #store(start: number, outcome: Outcome): void {
    this.arrivals.push(start, outcome.count);
    if (outcome.failures !== null) {
      for (const [index, error] of outcome.failures) {
        this.#join(error);
        this.failures.set(start + index, error);
        this.firstFailure ??= { error };
      }
    }
    if (start !== this.values.length) {
      this.#early.set(start, outcome);
      return this.#tell();
    }
    this.#append(outcome);
    for (;;) {
      const next = this.#early.get(this.values.length);
      if (next === undefined) break;
      this.#early.delete(this.values.length);
      this.#append(next);
    }
    this.#tell();
  }

  // One error may stand for many items; its stack tells the call site once.
  #join(error: unknown): void {
    if (!(error instanceof Error) || this.#joined.has(error)) return;
    this.#joined.add(error);
    this.call.site?.joinTo(error);
  }

  #append({ values, count }: Outcome): void {
    for (let i = 0; i < count; i++) this.values.push(values[i]);
  }

  #checkComplete(): void {
    if (this.complete || !this.#source.ended || this.#chunks.size > 0) return;
    if (this.#filling) return;
    this.complete = true;
    this.#tell();
    this.#pool.ended(this);
  }

  #close(): void {
    try {
      this.#source.close();
    } catch {
      // A source that fails while it is closed has nobody left to tell.
    }
  }

  #tell(): void {
    if (this.#watchers.size === 0) return;
    const watchers = [...this.#watchers];
    this.#watchers.clear();
    for (const watcher of watchers) watcher();
  }
}
