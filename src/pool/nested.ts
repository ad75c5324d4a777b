/**
 * The pool as its own tasks see it: `apply`, `map` and `starmap` from inside a
 * task, on the workers of the pool that runs it. The parts are those of a pool
 * on the host; only the way to the rings is longer.
 */
import { moving } from "../codec/mod.ts";
import { StateError } from "../errors.ts";
import { CHUNK, SPREAD } from "../frame.ts";
import { type Running, running, type Uplink } from "../running.ts";
import { isMainThread } from "../runtime/mod.ts";
import { type Callable, toTask } from "../task.ts";
import { SingleCall } from "./call.ts";
import { CallSite, CallSites } from "./call_site.ts";
import { list } from "./checks.ts";
import { ChunkCall } from "./chunk_call.ts";
import type { ChunkJob } from "./intake.ts";
import type { MapOptions } from "./map_options.ts";
import type { Refusal } from "./map_keys.ts";
import type { MapResult } from "./map_result.ts";
import { Maps } from "./maps.ts";
import { onAbort } from "./on_abort.ts";
import { assertCallOptions, type CallOptions } from "./will.ts";

/** What a running task may know of itself. */
export interface TaskContext {
  /** The number of its worker, as in `WorkerLostError.workerId`. */
  readonly workerId: number;
  /** The pool that runs it. */
  readonly pool: TaskPool;
  /** 1, and one more each time the task is tried again. */
  readonly attempt: number;
  /**
   * Fires when the caller takes the task back or its time is up. A loop that
   * never awaits can look at `aborted`. The items of one chunk of a map share
   * it.
   */
  readonly signal: AbortSignal;
  /**
   * Says how far this task is, with any value that travels, to the `onProgress`
   * of its call; costs next to nothing where there is none, as in a map.
   *
   * @throws CodecError when the value does not travel
   */
  progress(value: unknown): void;
}

/**
 * The pool that runs a task, for calls from inside it. While such a call is
 * outstanding its worker may hold one task more, so that awaiting it cannot
 * block the pool, even if that has one worker. Such calls are accepted until
 * the pool has ended, also after `close`. If the worker dies, those that have
 * not started are dropped.
 */
export interface TaskPool {
  /** As `Pool.apply`. */
  apply<A extends unknown[], R>(
    task: Callable<A, R>,
    ...rest: [] extends A ? [args?: Readonly<A>, options?: CallOptions]
      : [args: Readonly<A>, options?: CallOptions]
  ): Promise<Awaited<R>>;
  /** As `Pool.map`. */
  map<T, R>(
    task: Callable<[T], R>,
    items: Iterable<T> | AsyncIterable<T>,
    options?: MapOptions<NoInfer<T>>,
  ): MapResult<Awaited<R>>;
  /** As `Pool.starmap`. */
  starmap<A extends unknown[], R>(
    task: Callable<A, R>,
    argLists:
      | Iterable<Readonly<NoInfer<A>>>
      | AsyncIterable<Readonly<NoInfer<A>>>,
    options?: MapOptions<Readonly<NoInfer<A>>>,
  ): MapResult<Awaited<R>>;
}

/** Call sites are looked at once in a while, by all tasks of a worker together. */
const sites = new WeakMap<Uplink, CallSites>();

/**
 * What the running task may know of itself, and its way to submit to the pool
 * that runs it. Call it before the task's first `await`; what it answers stays
 * good afterwards.
 *
 *     const { pool } = taskContext();
 *     const parts = await pool.map(jobs.part, ranges);
 *
 * @throws StateError outside a task and after its first await
 */
export function taskContext(): TaskContext {
  const task: Running | null = running.task;
  if (task === null) {
    throw new StateError(
      "not_in_task",
      isMainThread
        ? "Cannot get the task context: no task runs here, call it inside a function that a pool runs"
        : "Cannot get the task context: no task runs right now, call it before the task's first await",
    );
  }
  return new Context(task.uplink, running.cell);
}

class Context implements TaskContext {
  readonly workerId: number;
  readonly attempt: number;
  #pool: TaskPool | null = null;
  readonly #uplink: Uplink;
  readonly #cell: number;
  readonly #number: number;

  constructor(uplink: Uplink, cell: number) {
    const { stops } = uplink;
    this.workerId = uplink.workerId;
    this.attempt = stops.attemptIn(cell);
    this.#uplink = uplink;
    this.#cell = cell;
    this.#number = stops.numberIn(cell);
  }

  get pool(): TaskPool {
    return this.#pool ??= new NestedPool(this.#uplink, this.#number);
  }

  progress(value: unknown): void {
    this.#uplink.report(this.#cell, this.#number, value);
  }

  get signal(): AbortSignal {
    return this.#uplink.stops.signalOf(this.#cell, this.#number);
  }
}

/** The calls of one task. */
class NestedPool implements TaskPool {
  readonly #uplink: Uplink;
  readonly #asker: number;
  // Most tasks have none.
  #maps: Maps | null = null;

  constructor(uplink: Uplink, asker: number) {
    this.#uplink = uplink;
    this.#asker = asker;
  }

  apply(
    task: Callable<never, unknown>,
    args: unknown = [],
    options: CallOptions = {},
    // deno-lint-ignore no-explicit-any
  ): Promise<any> {
    return new Promise((resolve, reject) => {
      this.#uplink.assertBusy("apply a task");
      const wishes = nestedWishes(options, "apply a task");
      const handle = toTask(task, "apply");
      const site = sitesOf(this.#uplink).of(handle, "pool.apply", this.apply);
      const where = { task: handle, taskId: 0, site };
      const given = list(args, "apply a task", "args");
      const { signal, transfer = [] } = options;
      signal?.throwIfAborted();
      let deaf = (): void => {};
      const caller = new SingleCall(
        where,
        (value) => {
          deaf();
          resolve(value);
        },
        (error) => {
          deaf();
          reject(error);
        },
      );
      moving(transfer, "apply a task", () => {
        const encoder = this.#uplink.encoder();
        encoder.value({ key: options.key, ...wishes }, "options");
        encoder.value(given, "args");
        const asker = this.#asker;
        this.#uplink.submit({ task: handle, flags: 0, asker, caller }, encoder);
      });
      if (signal === undefined) return;
      deaf = onAbort(
        signal,
        () => this.#uplink.cancel(caller, signal.reason),
      );
    });
  }

  map<T, R>(
    task: Callable<[T], R>,
    items: Iterable<T> | AsyncIterable<T>,
    options: MapOptions = {},
  ): MapResult<Awaited<R>> {
    this.#uplink.assertBusy("map a task");
    assertTravels(options, "map a task");
    const site = new CallSite("pool.map", this.map);
    return this.#openMaps().start({ verb: "map", task, items, options, site });
  }

  starmap<A extends unknown[], R>(
    task: Callable<A, R>,
    argLists:
      | Iterable<Readonly<NoInfer<A>>>
      | AsyncIterable<Readonly<NoInfer<A>>>,
    options: MapOptions = {},
  ): MapResult<Awaited<R>> {
    this.#uplink.assertBusy("starmap a task");
    assertTravels(options, "starmap a task");
    const items = argLists;
    const site = new CallSite("pool.starmap", this.starmap);
    return this.#openMaps().start({
      verb: "starmap",
      task,
      items,
      options,
      site,
    });
  }

  #openMaps(): Maps {
    const uplink = this.#uplink;
    const { workers, concurrency, maxTasksPerWorker } = uplink;
    const sizes = { workers, concurrency, maxTasksPerWorker };
    return this.#maps ??= new Maps({ ...sizes, ...NONE }, {
      intake: {
        submitChunk: (job, start, items, key) =>
          this.#submitChunk(job, start, items, key),
      },
      dispatcher: {
        cancel: (chunk, reason) => {
          if (chunk instanceof ChunkCall) uplink.cancel(chunk, reason);
          return false;
        },
      },
      stop: (chunk, reason) => uplink.cancel(chunk, reason),
    }, () => {});
  }

  #submitChunk(
    job: ChunkJob,
    start: number,
    items: readonly unknown[],
    key: unknown,
  ): ChunkCall | Refusal {
    const { task, spread } = job.call;
    const wishes = job.call.will()?.plain;
    const caller = new ChunkCall({ task, taskId: 0, start }, items, job);
    const encoder = this.#uplink.encoder();
    let index = 0;
    try {
      encoder.value({ key, ...wishes }, "options");
      encoder.uint32(items.length);
      for (; index < items.length; index++) {
        if (spread) {
          list(items[index], "starmap a task", `item ${start + index}`);
        }
        encoder.value(items[index], spread ? "args" : "args[0]");
      }
    } catch (error) {
      return { index, count: 1, error };
    }
    try {
      this.#uplink.assertBusy("map a task");
      const flags = CHUNK | (spread ? SPREAD : 0);
      caller.length = encoder.end();
      const asker = this.#asker;
      this.#uplink.submit({ task, flags, asker, caller }, encoder);
    } catch (error) {
      return { index: 0, count: items.length, error };
    }
    return caller;
  }
}

function sitesOf(uplink: Uplink): CallSites {
  let known = sites.get(uplink);
  if (known === undefined) {
    known = new CallSites({
      // As often as a pool on the host is audited while it is called.
      get audits(): number {
        return Math.floor(performance.now() / 100);
      },
    });
    sites.set(uplink, known);
  }
  return known;
}

/** Pools keep their defaults to themselves: the host adds them. */
const NONE = { timeout: 0, retries: 0 };

/** What of the options goes to the host. @throws TypeError or RangeError for wrong ones */
function nestedWishes(options: CallOptions, action: string): object {
  assertCallOptions(options, action);
  assertTravels(options, action, ["retryIf", "onProgress"]);
  const { timeout, retries } = options;
  return {
    ...(timeout === undefined ? {} : { timeout }),
    ...(retries === undefined ? {} : { retries }),
  };
}

/** @throws TypeError for a wish that would be lost on the way */
function assertTravels(
  options: object | null,
  action: string,
  functions: readonly string[] = ["retryIf"],
): void {
  for (const name of functions) {
    if ((options as Record<string, unknown> | null)?.[name] === undefined) {
      continue;
    }
    throw new TypeError(
      `Cannot ${action}: ${name} is a function and does not travel, leave it out inside a task`,
    );
  }
}
