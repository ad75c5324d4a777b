/** The maps of a pool that are under way. */
import { type Task, toTask } from "../task.ts";
import type { CallSite } from "./call_site.ts";
import type { ChunkCall } from "./chunk_call.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { Intake } from "./intake.ts";
import type { Refusal } from "./map_keys.ts";
import { MapJob, type MapPool } from "./map_job.ts";
import type { ItemCost } from "./map_pace.ts";
import { type MapOptions, settleMap } from "./map_options.ts";
import { MapResult } from "./map_result.ts";
import { onAbort } from "./on_abort.ts";
import { sourceOf } from "./map_source.ts";
import type { Settings } from "./options.ts";
import type { WillDefaults } from "./will.ts";

/** What a map is asked to do; nothing of it is checked yet. */
export interface MapRequest {
  readonly verb: "map" | "starmap";
  readonly task: unknown;
  readonly items: unknown;
  readonly options: MapOptions;
  readonly site: CallSite;
}

/** Where chunks go: the rings, or from inside a task the host. */
export interface MapParts {
  readonly intake: Pick<Intake, "submitChunk">;
  readonly dispatcher: Pick<Dispatcher, "cancel">;
  /** As {@link Watch.stop}. */
  stop(chunk: ChunkCall, reason: unknown): void;
}

/** Starts maps and hears of their end. */
export class Maps implements MapPool {
  readonly workers: number;
  readonly concurrency: number;
  readonly #alone: boolean;
  readonly #defaults: WillDefaults;
  readonly #jobs = new Map<MapJob, () => void>();
  readonly #costs = new WeakMap<Task, ItemCost>();
  readonly #parts: MapParts;
  readonly #onEnded: () => void;

  constructor(
    settings:
      & Pick<Settings, "workers" | "concurrency" | "maxTasksPerWorker">
      & WillDefaults,
    parts: MapParts,
    onEnded: () => void,
  ) {
    this.workers = settings.workers;
    this.concurrency = settings.concurrency;
    // A worker that may start only so many tasks counts messages.
    this.#alone = settings.maxTasksPerWorker > 0;
    this.#defaults = settings;
    this.#parts = parts;
    this.#onEnded = onEnded;
  }

  /** Maps that have not ended. */
  get size(): number {
    return this.#jobs.size;
  }

  /** Starts a map. @throws TypeError or RangeError when the request is wrong */
  start<R>(request: MapRequest): MapResult<R> {
    const { verb, options } = request;
    const action = `${verb} a task`;
    const call = settleMap(options, this.#defaults, this.#alone, action);
    const task = toTask(request.task, verb);
    const job = new MapJob(this, sourceOf(request.items, action), {
      ...call,
      task,
      spread: verb === "starmap",
      site: request.site,
    }, this.#costOf(task));
    // The first to hold results: those that nobody holds are not kept.
    const result = new MapResult<R>(job);
    this.#jobs.set(job, () => {});
    const ignore = follow(job, options.signal);
    // A signal that has fired has ended it.
    if (this.#jobs.has(job)) this.#jobs.set(job, ignore);
    job.start();
    return result;
  }

  /** Ends every map: what has not started fails with `error` of its task. */
  cancelAll(error: (task: string) => Error): void {
    for (const job of [...this.#jobs.keys()]) {
      job.cancel(error(job.call.task.name));
    }
  }

  #costOf(task: Task): ItemCost {
    let cost = this.#costs.get(task);
    if (cost === undefined) {
      this.#costs.set(task, cost = { micros: 0, bytes: 0 });
    }
    return cost;
  }

  submitChunk(
    job: MapJob,
    start: number,
    items: readonly unknown[],
    key: unknown,
  ): ChunkCall | Refusal {
    return this.#parts.intake.submitChunk(job, start, items, key);
  }

  cancelChunk(chunk: ChunkCall, error: unknown, running: boolean): void {
    if (running) this.#parts.stop(chunk, error);
    else this.#parts.dispatcher.cancel(chunk, error);
  }

  ended(job: MapJob): void {
    this.#jobs.get(job)?.();
    this.#jobs.delete(job);
    this.#onEnded();
  }
}

/** Cancels a job when the signal fires; answers how to stop following it. */
function follow(job: MapJob, signal: AbortSignal | undefined): () => void {
  const abort = (): void => job.cancel(signal?.reason, true);
  if (signal?.aborted) abort();
  else if (signal !== undefined) return onAbort(signal, abort);
  return () => {};
}
