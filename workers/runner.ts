/**
 * Runs one task: reads its arguments from the cell, calls the function, writes
 * the outcome back and hands the cell over. Whatever goes wrong on the way is
 * that task's outcome; nothing a task does ends the worker.
 */
import { Decoder, Encoder } from "../src/codec/mod.ts";
import * as frame from "../src/frame.ts";
import {
  ARG_LENGTH,
  ARG_OFFSET,
  ARG_SEGMENT,
  ARGS,
  FLAGS,
  FN,
  ITEM,
  RESULT,
  RESULT_BYTES,
  RESULT_LENGTH,
  RESULT_OFFSET,
  RESULT_SEGMENT,
  RESULT_STATUS,
  RESULT_TIME,
  type ResultWriter,
  type RingWorker,
  TASK_NUMBER,
} from "../ring/mod.ts";
import { after } from "../src/runtime/mod.ts";
import { Chunk, type ChunkOwner, isThenable } from "./chunk.ts";
import type { Loader, TaskFunction } from "./loader.ts";
import type { Mailbox } from "./mailbox.ts";

/** Results handed over at the latest after so many. */
const PUBLISH_EVERY = 8;

/** A module that takes longer no longer keeps its worker from taking tasks. */
const SLOW_LOAD_MS = 500;

/** The parts a runner works with. */
export interface RunnerParts {
  readonly ring: RingWorker;
  readonly results: ResultWriter;
  readonly mailbox: Mailbox;
  readonly loader: Loader;
  readonly concurrency: number;
}

/** Runs tasks in claimed cells. */
export class Runner implements ChunkOwner {
  /** Unfinished promises this worker holds: tasks, items and imports. */
  inflight = 0;
  turnStart = 0;
  readonly concurrency: number;
  /** Tasks that wait for their module; see {@link holdsBack}. */
  #loading = 0;
  #slowLoads = 0;
  /** Chunks that stopped between two items. */
  readonly paused: Chunk[] = [];
  /** Called after something asynchronous settled. */
  onSettled: () => void = () => {};
  readonly #ring: RingWorker;
  readonly #results: ResultWriter;
  readonly #mailbox: Mailbox;
  readonly #loader: Loader;
  readonly #words: Int32Array;
  readonly #floats: Float64Array;
  readonly #bytes: Uint8Array;
  readonly #encoder: Encoder;
  readonly #decoder: Decoder;
  // The functions of tasks that were loaded, by number.
  readonly #functions: (TaskFunction | undefined)[] = [];

  constructor(parts: RunnerParts) {
    this.#ring = parts.ring;
    this.#results = parts.results;
    this.#mailbox = parts.mailbox;
    this.#loader = parts.loader;
    this.concurrency = parts.concurrency;
    this.#words = parts.ring.words;
    this.#floats = new Float64Array(this.#words.buffer);
    this.#bytes = new Uint8Array(this.#words.buffer);
    this.#encoder = new Encoder(parts.mailbox);
    this.#decoder = new Decoder(parts.mailbox);
  }

  /** Starts the task in a claimed cell; a no-op if it was taken back. */
  run(cell: number): void {
    if (!this.#ring.start(cell)) return;
    const id = this.#words[this.#ring.layout.cell(cell) + FN] as number;
    const fn = this.#functions[id];
    if (fn !== undefined) this.#execute(cell, fn);
    else this.#loadAndExecute(cell, id);
  }

  /**
   * Whether to take nothing more for now: tasks that wait for a module would
   * all run here once it is loaded, while other workers idle. A module that is
   * slow to load holds nothing back for long.
   */
  get holdsBack(): boolean {
    return this.#loading > this.#slowLoads;
  }

  /** Goes on with chunks that stopped; true when none is left waiting for time. */
  resume(): boolean {
    while (this.paused.length > 0 && this.inflight < this.concurrency) {
      const chunk = this.paused.shift() as Chunk;
      this.#advance(chunk);
      if (performance.now() - this.turnStart > 4) break;
    }
    return this.paused.length === 0;
  }

  itemSettled(chunk: Chunk, last: boolean): void {
    if (last) this.#finishChunk(chunk);
    this.onSettled();
  }

  #loadAndExecute(cell: number, id: number): void {
    let slow = 0;
    const cancel = after(SLOW_LOAD_MS, () => {
      slow = 1;
      this.#slowLoads++;
      this.onSettled();
    });
    const loaded = (): void => {
      cancel();
      this.inflight--;
      this.#loading--;
      this.#slowLoads -= slow;
    };
    this.inflight++;
    this.#loading++;
    new Promise<TaskFunction>((resolve) =>
      resolve(this.#loader.load(this.#mailbox.task(id)))
    ).then((fn) => {
      loaded();
      this.#functions[id] = fn;
      this.#execute(cell, fn);
      this.onSettled();
    }, (error) => {
      loaded();
      this.#fail(cell, error);
      this.onSettled();
    });
  }

  #execute(cell: number, fn: TaskFunction): void {
    const base = this.#ring.layout.cell(cell);
    const flags = this.#words[base + FLAGS] as number;
    let result: unknown;
    let met: readonly number[] | null = null;
    try {
      if ((flags & frame.CHUNK) !== 0) return this.#startChunk(cell, fn);
      if (flags === frame.ARGS_NUMBERS) {
        result = this.#callWithNumbers(base, fn);
      } else if (flags === frame.ARGS_NONE) result = fn();
      else {
        const args = this.#read(base, flags).value() as unknown[];
        met = this.#mailbox.takeMet();
        result = fn(...args);
      }
    } catch (error) {
      return this.#fail(cell, error);
    }
    if (isThenable(result)) this.#await(cell, result, met);
    else this.#finish(cell, result, met);
  }

  #callWithNumbers(base: number, fn: TaskFunction): unknown {
    const count = this.#words[base + ARG_LENGTH] as number;
    const at = (base + ARGS) >> 1;
    const floats = this.#floats;
    if (count === 1) return fn(floats[at]);
    if (count === 2) return fn(floats[at], floats[at + 1]);
    return fn(...floats.subarray(at, at + count));
  }

  #await(
    cell: number,
    result: PromiseLike<unknown>,
    met: readonly number[] | null,
  ): void {
    this.inflight++;
    const promise = result instanceof Promise
      ? result
      : Promise.resolve(result);
    promise.then((value) => {
      this.inflight--;
      this.#finish(cell, value, met);
      this.onSettled();
    }, (error) => {
      this.inflight--;
      this.#fail(cell, error);
      this.onSettled();
    });
  }

  // ---- arguments --------------------------------------------------------------

  #read(base: number, flags: number): Decoder {
    const words = this.#words;
    const segment = words[base + ARG_SEGMENT] as number;
    const inline = segment === frame.INLINE;
    this.#decoder.begin(
      inline ? this.#bytes : this.#mailbox.segment(segment),
      inline ? (base + ARGS) * 4 : (words[base + ARG_OFFSET] as number) * 8,
      (words[base + ARG_LENGTH] as number) * 8,
      (flags & frame.MAILED) === 0
        ? undefined
        : this.#mailbox.values(words[base + TASK_NUMBER] as number),
    );
    return this.#decoder;
  }

  #startChunk(cell: number, fn: TaskFunction): void {
    const words = this.#words;
    const base = this.#ring.layout.cell(cell);
    const flags = words[base + FLAGS] as number;
    let items: Float64Array | unknown[];
    if ((flags & frame.ARGS_KIND) === frame.ARGS_NUMBERS) {
      items = this.#numbers(base);
    } else {
      const decoder = this.#read(base, flags);
      items = [];
      const count = decoder.uint32();
      for (let i = 0; i < count; i++) items.push(decoder.value());
    }
    const at = base + ITEM;
    this.#advance(
      new Chunk({
        cell,
        fn,
        items,
        first: words[at] as number,
        spread: (flags & frame.SPREAD) !== 0,
        met: this.#mailbox.takeMet(),
        // Plain: read by the host only after this thread is known to be dead.
        mark: (index) => void (words[at] = index + 1),
      }, this),
    );
  }

  #numbers(base: number): Float64Array {
    const words = this.#words;
    const count = words[base + ARG_LENGTH] as number;
    const segment = words[base + ARG_SEGMENT] as number;
    if (segment === frame.INLINE) {
      const at = (base + ARGS) >> 1;
      return this.#floats.subarray(at, at + count);
    }
    return new Float64Array(
      this.#mailbox.segment(segment).buffer,
      (words[base + ARG_OFFSET] as number) * 8,
      count,
    );
  }

  #advance(chunk: Chunk): void {
    chunk.advance();
    if (chunk.complete) this.#finishChunk(chunk);
    else if (!chunk.started) this.paused.push(chunk);
  }

  // ---- outcomes ---------------------------------------------------------------

  #finish(cell: number, value: unknown, met: readonly number[] | null): void {
    const base = this.#ring.layout.cell(cell);
    if (typeof value === "number") {
      this.#floats[(base + RESULT) >> 1] = value;
      this.#words[base + RESULT_STATUS] = frame.RESULT_NUMBER;
    } else if (
      value === undefined || value === null || value === true || value === false
    ) {
      this.#words[base + RESULT_STATUS] = frame.RESULT_SIMPLE;
      this.#words[base + RESULT_LENGTH] = frame.SIMPLE.indexOf(value);
    } else {
      try {
        this.#mailbox.lend(met);
        this.#encoder.begin();
        this.#encoder.value(value, "result");
        this.#write(base, frame.RESULT_VALUE);
      } catch (error) {
        return this.#fail(cell, error);
      }
    }
    this.#handOver(cell);
  }

  #fail(cell: number, error: unknown): void {
    this.#mailbox.takeMet();
    this.#encoder.begin();
    this.#encoder.failure(error);
    this.#write(this.#ring.layout.cell(cell), frame.RESULT_FAILURE);
    this.#handOver(cell);
  }

  #finishChunk(chunk: Chunk): void {
    const { cell } = chunk.source;
    const base = this.#ring.layout.cell(cell);
    const micros = (performance.now() - chunk.began) * 1000;
    this.#words[base + RESULT_TIME] = Math.min(0x7fffffff, Math.ceil(micros));
    if (chunk.numbers !== null && chunk.failures === null) {
      this.#writeNumbers(base, chunk.numbers);
    } else {
      this.#mailbox.lend(chunk.source.met);
      this.#writeOutcomes(chunk);
      this.#write(base, frame.RESULT_OUTCOMES);
    }
    this.#handOver(cell);
  }

  // All values in order, then the failures with their indices: a value that
  // turns out not to travel becomes one.
  #writeOutcomes(chunk: Chunk): void {
    const encoder = this.#encoder;
    const failures = new Map(chunk.failures ?? []);
    const values = chunk.numbers ?? chunk.values;
    encoder.begin();
    encoder.uint32(chunk.count);
    for (let i = 0; i < chunk.count; i++) {
      try {
        encoder.value(values[i], "result");
      } catch (error) {
        failures.set(i, error);
        encoder.value(undefined, "result");
      }
    }
    encoder.uint32(failures.size);
    for (const [index, error] of failures) {
      encoder.uint32(index);
      encoder.failure(error);
    }
  }

  #writeNumbers(base: number, numbers: Float64Array): void {
    const words = this.#words;
    const length = numbers.length * 8;
    words[base + RESULT_STATUS] = frame.RESULT_NUMBERS;
    words[base + RESULT_LENGTH] = numbers.length;
    if (length <= RESULT_BYTES) {
      words[base + RESULT_SEGMENT] = frame.INLINE;
      this.#floats.set(numbers, (base + RESULT) >> 1);
      return;
    }
    const room = this.#results.reserve(length);
    new Float64Array(room.bytes.buffer, room.offset, numbers.length).set(
      numbers,
    );
    words[base + RESULT_SEGMENT] = room.segment;
    words[base + RESULT_OFFSET] = room.offset / 8;
  }

  /** Writes what the encoder holds and says so in the result header. */
  #write(base: number, status: number): void {
    const words = this.#words;
    const length = this.#encoder.end();
    const { foreign } = this.#encoder;
    if (foreign.length > 0) {
      const number = words[base + TASK_NUMBER] as number;
      this.#mailbox.post({ kind: "values", number, values: [...foreign] });
      status |= frame.RESULT_MAILED;
    }
    words[base + RESULT_STATUS] = status;
    words[base + RESULT_LENGTH] = length / 8;
    if (length <= RESULT_BYTES) {
      words[base + RESULT_SEGMENT] = frame.INLINE;
      this.#encoder.copyTo(this.#bytes, (base + RESULT) * 4);
      return;
    }
    const room = this.#results.reserve(length);
    this.#encoder.copyTo(room.bytes, room.offset);
    words[base + RESULT_SEGMENT] = room.segment;
    words[base + RESULT_OFFSET] = room.offset / 8;
  }

  #handOver(cell: number): void {
    this.#ring.done.stage(cell);
    if (this.#ring.done.staged >= PUBLISH_EVERY) this.#ring.done.publish();
  }
}
