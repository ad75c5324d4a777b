/**
 * One map while it runs: pulls items when there is room, packs them into
 * chunks of about a millisecond, and keeps the outcomes in input order.
 */
import { type Batch, type Failures, type Link, refused } from "./batch.ts";
import type { ChunkCall, ChunkListener } from "./chunk_call.ts";
import { type Refusal, runsOf } from "./map_keys.ts";
import type { MapCall } from "./map_options.ts";
import { notify } from "./notify.ts";
import { type Hands, type ItemCost, MapPace } from "./map_pace.ts";
import { type Source, SourceFailure } from "./map_source.ts";

/** What a map asks of the pool. */
export interface MapPool extends Hands {
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

/** Why a map pulls no more. */
interface Stop {
  readonly reason: unknown;
  readonly running: boolean;
  /** Items nobody pulled that are not refused yet. */
  unpulled: number;
}

/** The engine of one map. */
export class MapJob implements ChunkListener {
  readonly call: MapCall;
  /** The end of the results in input order, as far as all before them are there. */
  ordered: Link = { batch: null, next: null };
  /** The end of the results in the order in which they came back. */
  arrived: Link = { batch: null, next: null };
  /** The failure that was noticed first. */
  firstFailure: { error: unknown } | null = null;
  /** Nothing more will come. */
  complete = false;
  readonly #pool: MapPool;
  readonly #source: Source;
  readonly #pace: MapPace;
  // Came back before an item in front of them, by their start.
  readonly #early = new Map<number, Batch>();
  readonly #chunks = new Set<ChunkCall>();
  readonly #watchers = new Set<() => void>();
  #pulled = 0;
  #done = 0;
  #inOrder = 0;
  #flying = 0;
  #filling = false;
  #stopped: Stop | null = null;
  #awaited = false;
  // How far each running iteration got; the input is pulled relative to them.
  readonly #readers = new Map<object, number>();
  #waiting = false;

  constructor(pool: MapPool, source: Source, call: MapCall, cost: ItemCost) {
    this.#pool = pool;
    this.#source = source;
    this.call = call;
    this.#pace = new MapPace(pool, call, cost);
  }

  /** As ChunkJob. */
  get itemMicros(): number {
    return this.#pace.itemMicros;
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
  abandon(reader: object, reason: () => unknown): void {
    if (!this.#readers.delete(reader)) return;
    if (this.#readers.size === 0 && !this.#awaited) this.cancel(reason());
    else this.#fill();
  }

  /** Calls back once, when something was added or the map is complete. */
  onChange(callback: () => void): void {
    this.#watchers.add(callback);
  }

  /** Stops pulling and takes back what has not started, with `running` also what has; that fails with `reason`. */
  cancel(reason: unknown, running = false): void {
    if (this.complete || this.#stopped !== null) return;
    // Of an input of unknown length one failure stands for all that is left.
    const unpulled = this.#source.ended ? 0 : this.#source.left ?? 1;
    this.#stopped = { reason, running, unpulled };
    this.#close();
    for (const chunk of [...this.#chunks]) {
      this.#pool.cancelChunk(chunk, reason, running);
    }
    this.#fill();
  }

  chunkDone(
    chunk: ChunkCall,
    values: ArrayLike<unknown>,
    failures: ReadonlyMap<number, unknown> | null,
    micros: number,
  ): void {
    this.#chunks.delete(chunk);
    const count = chunk.items.length;
    this.#flying -= count;
    this.#pace.done(count, chunk.resultBytes, micros);
    this.#store({ start: chunk.start, count, values, failures });
    this.#fill();
  }

  #report(): void {
    const { onProgress } = this.call;
    if (onProgress === undefined) return;
    const { ended, left } = this.#source;
    const more = ended ? 0 : left;
    const total = more === undefined ? undefined : this.#pulled + more;
    const done = this.#done;
    notify("onProgress of a map", () => onProgress(done, total));
  }

  // ---- pulling ------------------------------------------------------------------

  #room(): number {
    const { window } = this.#pace;
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

  #fill(): void {
    if (this.#filling || this.complete) return;
    this.#filling = true;
    try {
      while (!this.#source.ended && this.#stopped === null) {
        const room = this.#room();
        if (room <= 0) break;
        const size = this.#pace.nextSize(this.#source.left);
        if (!this.#pullOnce(Math.min(size, room))) break;
      }
      this.#refuseUnpulled();
    } finally {
      this.#filling = false;
    }
    this.#checkComplete();
  }

  // After all that was pulled before: pulling may have run what stopped the map.
  #refuseUnpulled(): void {
    const stop = this.#stopped;
    if (stop === null || stop.unpulled === 0) return;
    this.#refuse(stop.unpulled, stop.reason);
    stop.unpulled = 0;
  }

  /** Sends up to `size` items; false when the source has none right now. */
  #pullOnce(size: number): boolean {
    const wait = this.#source.wait(size);
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
      if (run.failure === null) this.#sendRun(run.items, run.key);
      else this.#refuse(1, run.failure.cause);
    }
  }

  #sendRun(items: readonly unknown[], key: unknown): void {
    while (items.length > 0) {
      // Pulling, asking for keys and encoding run code of the user's.
      const stop = this.#stopped;
      if (stop !== null) return this.#refuse(items.length, stop.reason);
      const sent = this.#pool.submitChunk(this, this.#pulled, items, key);
      if (!("index" in sent)) return this.#sent(sent);
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

  #sent(chunk: ChunkCall): void {
    const { length } = chunk.items;
    this.#pulled += length;
    this.#flying += length;
    this.#chunks.add(chunk);
    this.#pace.sent(length, chunk.argumentBytes);
    const stop = this.#stopped;
    if (stop === null) return;
    this.#pool.cancelChunk(chunk, stop.reason, stop.running);
  }

  // ---- outcomes -----------------------------------------------------------------

  /** The next `count` items of the input fail without being sent. */
  #refuse(count: number, error: unknown): void {
    const start = this.#pulled;
    this.#pulled += count;
    this.#store(refused(start, count, error));
  }

  #store(batch: Batch): void {
    this.#done += batch.count;
    this.arrived = this.arrived.next = { batch, next: null };
    if (batch.failures !== null) this.#note(batch.failures);
    this.#early.set(batch.start, batch);
    for (;;) {
      const next = this.#early.get(this.#inOrder);
      if (next === undefined) break;
      this.#early.delete(this.#inOrder);
      this.#inOrder += next.count;
      this.ordered = this.ordered.next = { batch: next, next: null };
    }
    this.#tell();
    this.#report();
  }

  #note(failures: Failures): void {
    for (const error of failures.values()) {
      this.call.site?.joinTo(error);
      this.firstFailure ??= { error };
    }
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
