/**
 * One loop on its way: a call for each worker that is worth it, which take
 * ranges from one counter themselves. The host sends them, hears of their ends,
 * and does nothing per range.
 */
import { type Attention, RangeCounter } from "../../ring/mod.ts";
import { StateError, TaskTimeoutError, WorkerLostError } from "../errors.ts";
import type { SiteReference } from "../pool/call_site.ts";
import { SingleCall } from "../pool/call.ts";
import type { Dispatcher } from "../pool/dispatcher.ts";
import type { Intake } from "../pool/intake.ts";
import { notify } from "../pool/notify.ts";
import { onAbort } from "../pool/on_abort.ts";
import type { Watch } from "../pool/watch.ts";
import { type WillDefaults, willOf } from "../pool/will.ts";
import { after, every } from "../runtime/mod.ts";
import type { Task } from "../task.ts";
import type { LoopOrder, Part } from "../team.ts";
import type { LoopCosts } from "./loop_costs.ts";
import type { LoopOptions, LoopShape } from "./loop_options.ts";

/** What loops work with. */
export interface LoopParts {
  readonly intake: Intake;
  readonly dispatcher: Dispatcher;
  readonly watch: Watch;
  /** Times of the pool; a loop is never tried again. */
  readonly defaults: WillDefaults;
  /** Counters that nobody uses. */
  readonly counters: RangeCounter[];
  readonly newCounter: () => RangeCounter;
  readonly costs: LoopCosts;
  /** How soon the worker of each place would hear of a call. */
  readonly attention: () => Attention[];
}

/** What a loop does. */
export interface LoopJob {
  readonly kind: LoopOrder["kind"];
  /** "pool.parallelFor" or the like. */
  readonly label: string;
  readonly task: Task;
  readonly site: SiteReference;
  readonly args: readonly unknown[];
  readonly shape: LoopShape;
  readonly options: LoopOptions;
  readonly combine?: Task;
  readonly indexed?: boolean;
}

/** How often progress is looked for, and the end of what a member still runs (milliseconds). */
const LOOK_MS = 100;
const LAST_LOOK_MS = 20;
/** How long a loop does without workers that seemed not worth their wake (milliseconds). */
const PATIENCE_MS = 1;
/** Whose call is of use soonest. */
const PREFERRED: readonly Attention[] = ["idle", "asleep", "busy", "booting"];
/** Why a member ends that no worker had begun when all was done. */
const UNNEEDED = new Error("the loop is done");

/** Runs one loop with at least one member. */
export class TeamLoop {
  readonly #parts: LoopParts;
  readonly #job: LoopJob;
  readonly #counter: RangeCounter;
  readonly #calls: SingleCall[] = [];
  readonly #results: Part[] = [];
  readonly #resolve: (parts: Part[]) => void;
  readonly #reject: (error: unknown) => void;
  #deaf: () => void = () => {};
  #endLooks: () => void = () => {};
  #endLastLooks: (() => void) | null = null;
  #endPatience: () => void = () => {};
  #reported = 0;
  #open = 0;
  // As LoopCosts.begin says.
  readonly #micros: number;
  #over = false;
  #failure: { readonly error: unknown } | null = null;
  // A worker may still be at it that nobody listens to.
  #haunted = false;

  /**
   * Starts it. `resolve` gets the parts of a reduction in their order, and is
   * called while the last member is still outstanding. `reject` gets a
   * CodecError when an argument does not travel; nothing is done then.
   */
  constructor(
    parts: LoopParts,
    job: LoopJob,
    resolve: (parts: Part[]) => void,
    reject: (error: unknown) => void,
  ) {
    this.#parts = parts;
    this.#job = job;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#counter = parts.counters.pop() ?? parts.newCounter();
    const { task, shape } = job;
    this.#counter.begin(shape.shares);
    this.#micros = parts.costs.begin(task, shape.to - shape.from);
    this.#callMembers();
    const { signal, onProgress } = job.options;
    if (this.#over) return;
    if (signal !== undefined) {
      this.#deaf = onAbort(signal, () => this.#stop(signal.reason));
    }
    if (onProgress !== undefined) {
      this.#endLooks = every(LOOK_MS, () => this.#report());
    }
  }

  /**
   * Calls who is awake and as many sleepers as are worth it, the others if that
   * was too little. Who computes is called as well: it may be done soon.
   */
  #callMembers(): void {
    const { costs, attention } = this.#parts;
    const { args, shape } = this.#job;
    const places = attention();
    const idle = places.filter((one) => one === "idle").length;
    let wakes = args.every(isSteady) ? costs.workers - idle : Infinity;
    const now: number[] = [];
    const later: number[] = [];
    const ranked = PREFERRED.flatMap((wanted) =>
      [...places.keys()].filter((place) => places[place] === wanted)
    );
    for (const place of ranked.slice(0, shape.members)) {
      const awake = places[place] === "idle" || places[place] === "busy";
      (awake || wakes-- > 0 ? now : later).push(place);
    }
    this.#send(now);
    if (later.length === 0 || this.#over) return;
    this.#endPatience = after(PATIENCE_MS, () => this.#send(later));
  }

  #send(takers: readonly number[]): void {
    try {
      for (const taker of takers) {
        // To submit a call may settle the last one.
        if (this.#over) return;
        this.#call(taker);
      }
    } catch (error) {
      this.#stop(error);
    }
  }

  #call(taker: number): void {
    const { intake, dispatcher, defaults } = this.#parts;
    const { task, args, kind, shape, options, combine, indexed } = this.#job;
    const call: SingleCall = new SingleCall(
      { task, taskId: intake.nextId(), site: null },
      (value) => this.#joined(value as Part[] | undefined),
      (error) => this.#left(taker, error),
    );
    call.place = taker;
    const { timeout = defaults.timeout } = options;
    call.will = willOf({}, { timeout, retries: 0 });
    const order: LoopOrder = {
      kind,
      counter: this.#counter.buffer,
      taker,
      from: shape.from,
      to: shape.to,
      grain: shape.grain,
      combine: combine === undefined
        ? -1
        : dispatcher.courier.numberOf(combine),
      indexed: indexed === true,
    };
    this.#calls.push(call);
    this.#open++;
    try {
      intake.submitOrder(call, args, order);
    } catch (error) {
      this.#calls.pop();
      this.#open--;
      throw error;
    }
  }

  /** A member found nothing more to take. */
  #joined(parts: Part[] | undefined): void {
    if (parts !== undefined) this.#results.push(...parts);
    this.#dismiss();
    this.#settled();
  }

  /** A member failed, or was not needed. */
  #left(taker: number, error: unknown): void {
    const late = error instanceof TaskTimeoutError;
    if (late || error instanceof WorkerLostError) this.#haunted = true;
    if (error === UNNEEDED || this.#over) return this.#settled();
    this.#counter.close();
    this.#failure ??= { error: this.#located(error, taker) };
    // The time of all is up, and this one runs on until it notices.
    if (late) this.#stop(this.#failure.error);
    else this.#dismiss();
    this.#settled();
  }

  /** Takes back members that no worker has begun: all there is is taken. */
  #dismiss(): void {
    this.#endPatience();
    const { dispatcher } = this.#parts;
    for (const call of this.#calls) dispatcher.withdraw(call, UNNEEDED);
  }

  #settled(): void {
    this.#open--;
    const { counters } = this.#parts;
    if (!this.#over) this.#finishIfDone();
    if (this.#open === 0 && !this.#haunted) counters.push(this.#counter);
  }

  #finishIfDone(): void {
    if (this.#open === 0 && this.#failure !== null) {
      return this.#end(() => this.#reject(this.#failure?.error));
    }
    if (this.#failure !== null) return;
    if (this.#open > 0) {
      // It brings its parts itself.
      if (this.#job.kind === "reduce") return;
      // Who runs the last range may be busy before it says that it is done,
      // and says it to the counter alone.
      if (!this.#counter.complete()) {
        this.#endLastLooks ??= every(LAST_LOOK_MS, () => this.#finishIfDone());
        return;
      }
    }
    const { task, shape } = this.#job;
    const micros = this.#counter.took() * 1e3;
    this.#parts.costs.learn(task, shape.to - shape.from, micros);
    this.#report();
    // Who heard that may have stopped it.
    if (this.#over) return;
    this.#results.sort((one, other) => one.first - other.first);
    this.#end(() => this.#resolve(this.#results));
  }

  /** Rejects now, whatever members still do: they stop within one grain. */
  #stop(reason: unknown): void {
    if (this.#over) return;
    this.#counter.close();
    this.#haunted = true;
    this.#end(() => this.#reject(reason));
    for (const call of this.#calls) this.#parts.watch.stop(call, reason);
  }

  #end(settle: () => void): void {
    this.#over = true;
    this.#parts.costs.end(this.#micros);
    this.#deaf();
    this.#endLooks();
    this.#endLastLooks?.();
    this.#endPatience();
    settle();
  }

  #report(): void {
    const { onProgress } = this.#job.options;
    if (onProgress === undefined) return;
    const { from, to, grain } = this.#job.shape;
    const total = to - from;
    // The last grain may be smaller.
    const done = Math.min(total, this.#counter.finished() * grain);
    if (done <= this.#reported) return;
    this.#reported = done;
    notify("onProgress of a loop", () => onProgress(done, total));
  }

  /** The error with the items it came from, if it came from any. */
  #located(error: unknown, taker: number): unknown {
    const place = this.#counter.placeOf(taker);
    if (!(error instanceof Error)) return error;
    if (place !== null && !isOfPool(error)) {
      const [from, to] = place;
      const items = to - from === 1
        ? `item ${from}`
        : `items ${from} to ${to - 1}`;
      if (error instanceof WorkerLostError) error.message += `, at ${items}`;
      Reflect.set(error, "range", place);
      const line = `    --- ${items} of ${this.#job.label} ---`;
      Reflect.set(error, "stack", `${error.stack}\n${line}`);
    }
    this.#job.site.joinTo(error);
    return error;
  }
}

/** Whether it is the same when it travels later: memory that is shared, or no object. */
function isSteady(value: unknown): boolean {
  if (ArrayBuffer.isView(value)) {
    return value.buffer instanceof SharedArrayBuffer;
  }
  return typeof value !== "object" || value === null ||
    value instanceof SharedArrayBuffer;
}

/** Whether the pool ended with it: others get the same. */
function isOfPool(error: Error): boolean {
  return error instanceof StateError ||
    error instanceof WorkerLostError && error.workerId === 0;
}
