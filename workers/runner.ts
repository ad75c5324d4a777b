/**
 * Runs one task: reads its arguments from the cell, calls the function, writes
 * the outcome back and hands the cell over. Whatever goes wrong on the way is
 * that task's outcome; nothing a task does ends the worker.
 */
import * as frame from "../src/frame.ts";
import { FLAGS, FN, ITEM, RESULT_STATUS, TASK_NUMBER } from "../ring/layout.ts";
import type { ResultWriter } from "../ring/result_ring.ts";
import type { RingWorker } from "../ring/worker.ts";
import { running } from "../src/running.ts";
import { after } from "../src/runtime/mod.ts";
import type { Aborts } from "./aborts.ts";
import { ArgumentReader } from "./arguments.ts";
import {
  Chunk,
  type ChunkOwner,
  isThenable,
  type Pace,
  TURN_MS,
} from "./chunk.ts";
import type { Hooks } from "./hooks.ts";
import type { Loader, TaskFunction } from "./loader.ts";
import type { Mailbox } from "./mailbox.ts";
import type { Outlet } from "./outlet.ts";
import { OutcomeWriter } from "./outcomes.ts";
import { Team } from "./team.ts";
import type { Reports } from "./reports.ts";
import type { WorkerUplink } from "./uplink.ts";

/** A module that takes longer no longer keeps its worker from taking tasks. */
const SLOW_LOAD_MS = 500;

/** The parts a runner works with. */
export interface RunnerParts {
  readonly ring: RingWorker;
  readonly results: ResultWriter;
  readonly mailbox: Mailbox;
  readonly loader: Loader;
  readonly hooks: Hooks;
  readonly uplink: WorkerUplink;
  readonly aborts: Aborts;
  readonly reports: Reports;
  readonly concurrency: number;
  /** Tasks to start in all; 0: no limit. */
  readonly maxTasks: number;
  /** Hears of every start if the worker has a process to itself. */
  readonly outlet: Outlet | null;
}

/** Runs tasks in claimed cells. */
export class Runner implements ChunkOwner {
  /** Unfinished promises this worker holds: tasks, items and imports. */
  inflight = 0;
  turnStart = 0;
  /** Milliseconds this thread has run tasks. */
  busyMs = 0;
  /** Whether what ran last was, on average; see QUICK_CALL_MS. */
  quick = false;
  /** Tasks this worker may still start. */
  left: number;
  #exiting = false;
  readonly #concurrency: number;
  /** Nested calls of the tasks that run here. */
  readonly uplink: WorkerUplink;
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
  readonly #hooks: Hooks;
  readonly #outlet: Outlet | null;
  readonly #words: Int32Array;
  readonly #arguments: ArgumentReader;
  readonly #outcomes: OutcomeWriter;
  // The functions of tasks that were loaded, by number.
  readonly #functions: (TaskFunction | undefined)[] = [];
  // Of their items in chunks, likewise.
  readonly #paces: Pace[] = [];

  constructor(parts: RunnerParts) {
    this.#ring = parts.ring;
    this.#mailbox = parts.mailbox;
    this.#loader = parts.loader;
    this.#hooks = parts.hooks;
    this.#outlet = parts.outlet;
    this.left = parts.maxTasks === 0 ? Infinity : parts.maxTasks;
    this.#concurrency = parts.concurrency;
    this.uplink = parts.uplink;
    this.uplink.holds = () => this.inflight > 0;
    this.#words = parts.ring.words;
    this.#arguments = new ArgumentReader(
      parts.ring,
      parts.mailbox,
      new Team(parts.loader, parts.mailbox, (ms) => this.busyMs += ms),
    );
    this.#outcomes = new OutcomeWriter(parts);
  }

  /**
   * How many unfinished promises this worker may hold. While its tasks wait for
   * nested calls it may hold as many more, or those might never run.
   */
  get concurrency(): number {
    const nested = this.uplink.outstanding;
    return nested === 0
      ? this.#concurrency
      : this.#concurrency + Math.min(nested, this.inflight);
  }

  /** Starts the task in a claimed cell; a no-op if it was taken back. */
  run(cell: number): void {
    // Left claimed, a task that is not started any more goes to another worker.
    if (this.#exiting || !this.#ring.start(cell)) return;
    if (this.#outlet?.started(cell) === false) return;
    this.left--;
    const base = this.#ring.layout.cell(cell);
    const fn = this.#functions[this.#words[base + FN] as number];
    const mailed = ((this.#words[base + FLAGS] as number) & frame.MAILED) !== 0;
    if (fn !== undefined && !mailed) return this.#execute(cell, fn);
    this.#awaits(cell);
    this.#prepareAndExecute(cell);
  }

  /**
   * This worker was declared dead, or exits, and Deno's event loop may turn once
   * more: whatever it holds is others' now.
   */
  abandon(): void {
    this.#exiting = true;
    this.#outcomes.close();
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
      const began = performance.now();
      const base = this.#ring.layout.cell(chunk.source.cell);
      this.#words[base + RESULT_STATUS] = frame.COMPUTES;
      this.#advance(chunk);
      const now = performance.now();
      this.busyMs += now - began;
      if (now - this.turnStart > TURN_MS) break;
    }
    return this.paused.length === 0;
  }

  threw(error: unknown): void {
    if (this.#exiting) return;
    this.#hooks.handle(error);
  }

  itemSettled(chunk: Chunk, last: boolean): void {
    if (last) this.#outcomes.finishChunk(chunk);
    this.onSettled();
  }

  #prepareAndExecute(cell: number): void {
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
    this.#prepare(cell).then((fn) => {
      loaded();
      const began = performance.now();
      // Its arguments may be gone.
      if (!this.#exiting) {
        this.#outlet?.computes(cell);
        this.#execute(cell, fn);
        // Handed over later than what runs next in this turn.
        this.#outlet?.awaits(cell);
      }
      this.busyMs += performance.now() - began;
      this.onSettled();
    }, (error) => {
      loaded();
      this.#outcomes.fail(cell, error);
      this.onSettled();
    });
  }

  /** The function of the task in a cell; then all it needs is here. */
  async #prepare(cell: number): Promise<TaskFunction> {
    const base = this.#ring.layout.cell(cell);
    const id = this.#words[base + FN] as number;
    const mailed = ((this.#words[base + FLAGS] as number) & frame.MAILED) !== 0;
    const number = this.#words[base + TASK_NUMBER] as number;
    const fn = this.#functions[id] ??= await this.#loader.load(
      this.#mailbox.task(id),
    );
    if (mailed) {
      const values = this.#mailbox.want(cell, number);
      this.#ring.done.posted();
      await values;
    }
    return fn;
  }

  #execute(cell: number, fn: TaskFunction): void {
    const base = this.#ring.layout.cell(cell);
    const flags = this.#words[base + FLAGS] as number;
    let result: unknown;
    let met: readonly number[] | null = null;
    let waits: boolean;
    const began = (flags & frame.SAMPLED) === 0 ? 0 : performance.now();
    // Plain: who looks for it looks again, and an outcome takes its place.
    this.#words[base + RESULT_STATUS] = frame.COMPUTES;
    try {
      if ((flags & frame.CHUNK) !== 0) return this.#startChunk(cell, fn);
      running.task = this.uplink;
      running.cell = cell;
      result = this.#arguments.call(cell, fn, this.quick);
      running.task = null;
      met = this.#mailbox.takeMet();
      // Reads a property of what user code made: inside the try.
      waits = isThenable(result);
    } catch (error) {
      running.task = null;
      this.threw(error);
      return this.#outcomes.fail(cell, error);
    }
    if (waits) {
      return this.#await(cell, result as PromiseLike<unknown>, met, began);
    }
    if (began > 0) this.#outcomes.timed(cell, began);
    this.#outcomes.finish(cell, result, met);
  }

  #await(
    cell: number,
    result: PromiseLike<unknown>,
    met: readonly number[] | null,
    began: number,
  ): void {
    this.#awaits(cell);
    this.inflight++;
    const promise = result instanceof Promise
      ? result
      : Promise.resolve(result);
    promise.then((value) => {
      this.inflight--;
      if (began > 0) this.#outcomes.timed(cell, began);
      this.#outcomes.finish(cell, value, met);
      this.onSettled();
    }, (error) => {
      this.inflight--;
      this.threw(error);
      this.#outcomes.fail(cell, error);
      this.onSettled();
    });
  }

  /** A task is not done, and its worker turns to others. */
  #awaits(cell: number): void {
    this.#words[this.#ring.layout.cell(cell) + RESULT_STATUS] = frame.AWAITS;
    this.#outlet?.awaits(cell);
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
        pace: this.#paces[words[base + FN] as number] ??= { quick: false },
        met: this.#mailbox.takeMet(),
        // Plain: read by the host only after this thread is known to be dead.
        mark: (index) => {
          words[at] = index + 1;
          this.#outlet?.reached(cell, index + 1);
        },
      }, this),
    );
  }

  #advance(chunk: Chunk): void {
    const { cell } = chunk.source;
    running.task = this.uplink;
    running.cell = cell;
    chunk.advance();
    running.task = null;
    if (chunk.complete) return this.#outcomes.finishChunk(chunk);
    this.#awaits(cell);
    if (!chunk.started) this.paused.push(chunk);
  }
}
