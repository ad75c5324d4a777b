/**
 * Runs one task: reads its arguments from the cell, calls the function, writes
 * the outcome back and hands the cell over. Whatever goes wrong on the way is
 * that task's outcome; nothing a task does ends the worker.
 */
import * as frame from "../src/frame.ts";
import {
  FLAGS,
  FN,
  ITEM,
  type ResultWriter,
  type RingWorker,
} from "../ring/mod.ts";
import { after } from "../src/runtime/mod.ts";
import { ArgumentReader } from "./arguments.ts";
import { Chunk, type ChunkOwner, isThenable, TURN_MS } from "./chunk.ts";
import type { Loader, TaskFunction } from "./loader.ts";
import type { Mailbox } from "./mailbox.ts";
import { OutcomeWriter } from "./outcomes.ts";

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
  #exiting = false;
  readonly concurrency: number;
  /** Tasks that wait for their module; see {@link holdsBack}. */
  #loading = 0;
  #slowLoads = 0;
  /** Chunks that stopped between two items. */
  readonly paused: Chunk[] = [];
  /** Called after something asynchronous settled. */
  onSettled: () => void = () => {};
  readonly #ring: RingWorker;
  readonly #mailbox: Mailbox;
  readonly #loader: Loader;
  readonly #words: Int32Array;
  readonly #arguments: ArgumentReader;
  readonly #outcomes: OutcomeWriter;
  // The functions of tasks that were loaded, by number.
  readonly #functions: (TaskFunction | undefined)[] = [];

  constructor(parts: RunnerParts) {
    this.#ring = parts.ring;
    this.#mailbox = parts.mailbox;
    this.#loader = parts.loader;
    this.concurrency = parts.concurrency;
    this.#words = parts.ring.words;
    this.#arguments = new ArgumentReader(parts.ring, parts.mailbox);
    this.#outcomes = new OutcomeWriter(
      parts.ring,
      parts.results,
      parts.mailbox,
    );
  }

  /** Starts the task in a claimed cell; a no-op if it was taken back. */
  run(cell: number): void {
    // Left claimed, a task that is not started any more goes to another worker.
    if (this.#exiting || !this.#ring.start(cell)) return;
    const id = this.#words[this.#ring.layout.cell(cell) + FN] as number;
    const fn = this.#functions[id];
    if (fn !== undefined) this.#execute(cell, fn);
    else this.#loadAndExecute(cell, id);
  }

  /** The thread is ending, and Deno's event loop may turn once more: start nothing. */
  exiting(): void {
    this.#exiting = true;
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
      if (performance.now() - this.turnStart > TURN_MS) break;
    }
    return this.paused.length === 0;
  }

  itemSettled(chunk: Chunk, last: boolean): void {
    if (last) this.#outcomes.finishChunk(chunk);
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
      this.#outcomes.fail(cell, error);
      this.onSettled();
    });
  }

  #execute(cell: number, fn: TaskFunction): void {
    const flags = this.#words[this.#ring.layout.cell(cell) + FLAGS] as number;
    let result: unknown;
    let met: readonly number[] | null = null;
    let waits: boolean;
    try {
      if ((flags & frame.CHUNK) !== 0) return this.#startChunk(cell, fn);
      result = this.#arguments.call(cell, fn);
      met = this.#mailbox.takeMet();
      // Reads a property of what user code made: inside the try.
      waits = isThenable(result);
    } catch (error) {
      return this.#outcomes.fail(cell, error);
    }
    if (waits) this.#await(cell, result as PromiseLike<unknown>, met);
    else this.#outcomes.finish(cell, result, met);
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
      this.#outcomes.finish(cell, value, met);
      this.onSettled();
    }, (error) => {
      this.inflight--;
      this.#outcomes.fail(cell, error);
      this.onSettled();
    });
  }

  #startChunk(cell: number, fn: TaskFunction): void {
    const words = this.#words;
    const base = this.#ring.layout.cell(cell);
    const flags = words[base + FLAGS] as number;
    const at = base + ITEM;
    const items = this.#arguments.items(cell);
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

  #advance(chunk: Chunk): void {
    chunk.advance();
    if (chunk.complete) this.#outcomes.finishChunk(chunk);
    else if (!chunk.started) this.paused.push(chunk);
  }
}
