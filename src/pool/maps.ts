/** The maps of a pool that are under way. */
import { toTask } from "../task.ts";
import { CallSite } from "./call_site.ts";
import type { ChunkCall } from "./chunk_call.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { Intake } from "./intake.ts";
import type { Refusal } from "./map_keys.ts";
import { MapJob, type MapOptions, type MapPool } from "./map_job.ts";
import { sourceOf } from "./map_source.ts";
import { integer, type Settings } from "./options.ts";

/** What a map is asked to do; nothing of it is checked yet. */
export interface MapRequest {
  readonly verb: "map" | "starmap";
  readonly task: unknown;
  readonly items: unknown;
  readonly options: MapOptions;
  /** The public method, whose caller is the call site. */
  readonly method: (...args: never[]) => unknown;
}

/** Where chunks go: the rings, or from inside a task the host. */
export interface MapParts {
  readonly intake: Pick<Intake, "submitChunk">;
  readonly dispatcher: Pick<Dispatcher, "cancel">;
}

/** Starts maps and hears of their end. */
export class Maps implements MapPool {
  readonly workers: number;
  readonly concurrency: number;
  readonly #maxTasks: number;
  readonly #jobs = new Set<MapJob>();
  readonly #intake: MapParts["intake"];
  readonly #dispatcher: MapParts["dispatcher"];
  readonly #onEnded: () => void;

  constructor(
    settings: Pick<Settings, "workers" | "concurrency" | "maxTasksPerWorker">,
    parts: MapParts,
    onEnded: () => void,
  ) {
    this.workers = settings.workers;
    this.concurrency = settings.concurrency;
    this.#maxTasks = settings.maxTasksPerWorker;
    this.#intake = parts.intake;
    this.#dispatcher = parts.dispatcher;
    this.#onEnded = onEnded;
  }

  /** Maps that have not ended. */
  get size(): number {
    return this.#jobs.size;
  }

  /** Starts a map. @throws TypeError or RangeError when the request is wrong */
  start(request: MapRequest): MapJob {
    const { verb, options } = request;
    const action = `${verb} a task`;
    if (typeof options !== "object" || options === null) {
      throw new TypeError(
        `Cannot ${action}: options must be an object, found ${
          options === null ? "null" : typeof options
        }`,
      );
    }
    const task = toTask(request.task, verb);
    const { window, key } = options;
    const job = new MapJob(this, sourceOf(request.items, action), {
      task,
      spread: verb === "starmap",
      chunkSize: this.#chunkSize(options, action),
      window: window === undefined
        ? undefined
        : integer({ window }, "window", 1, 1, 2 ** 31, action),
      key,
      site: new CallSite(`pool.${verb}`, request.method),
    });
    this.#jobs.add(job);
    job.start();
    return job;
  }

  /** Ends every map: what has not started fails with `error` of its task. */
  cancelAll(error: (task: string) => Error): void {
    for (const job of [...this.#jobs]) job.cancel(error(job.call.task.name));
  }

  submitChunk(
    job: MapJob,
    start: number,
    items: readonly unknown[],
    key: unknown,
  ): ChunkCall | Refusal {
    return this.#intake.submitChunk(job, start, items, key);
  }

  cancelChunk(chunk: ChunkCall, error: unknown): void {
    this.#dispatcher.cancel(chunk, error);
  }

  // A worker that may start only so many tasks counts messages, so each item
  // travels in one of its own.
  #chunkSize(
    { chunkSize = "auto" }: MapOptions,
    action: string,
  ): number | "auto" {
    const asked = chunkSize === "auto"
      ? "auto"
      : integer({ chunkSize }, "chunkSize", 1, 1, 2 ** 24, action);
    return this.#maxTasks > 0 ? 1 : asked;
  }

  ended(job: MapJob): void {
    this.#jobs.delete(job);
    this.#onEnded();
  }
}
