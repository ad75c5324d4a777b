/**
 * The pool: the public face of everything else in this folder. It checks what
 * it is given, and decides what may be asked when.
 */
import { moving } from "../codec/mod.ts";
import type { Scheduler } from "../scheduler/mod.ts";
import type {
  IntoOptions,
  LoopOptions,
  LoopRange,
  ReduceOptions,
} from "../numeric/loop_options.ts";
import type {
  ItemOf,
  NumericArray,
  NumericItems,
} from "../numeric/operands.ts";
import { Team } from "../numeric/team.ts";
import { type Callable, type SyncCallable, toTask } from "../task.ts";
import { broadcast } from "./broadcast.ts";
import { SingleCall } from "./call.ts";
import { CallSite, CallSites } from "./call_site.ts";
import { Courier } from "./courier.ts";
import { Crew } from "./crew.ts";
import { crewOptions, shapeOf } from "./crew_options.ts";
import { Dispatcher } from "./dispatcher.ts";
import { Intake } from "./intake.ts";
import { Life } from "./life.ts";
import type { MapOptions } from "./map_options.ts";
import type { MapResult } from "./map_result.ts";
import { Maps } from "./maps.ts";
import { list, type PoolOptions, type Settings, settle } from "./options.ts";
import { Requests } from "./requests.ts";
import type { PoolStats } from "./stats.ts";
import { Watch } from "./watch.ts";
import { assertCallOptions, type CallOptions, willOf } from "./will.ts";

/**
 * Workers with an event loop each, and a way to call functions on them.
 *
 *     await using pool = new Pool();
 *     const sizes = await pool.map(jobs.size, urls);
 */
export class Pool implements AsyncDisposable {
  readonly #settings: Settings;
  readonly #life = new Life();
  readonly #crew: Crew;
  readonly #intake: Intake;
  readonly #maps: Maps;
  readonly #sites: CallSites;
  readonly #team: Team;

  /**
   * Starts the workers; tasks may be sent at once.
   *
   * @throws TypeError or RangeError for wrong options
   */
  constructor(options: PoolOptions = {}) {
    const settings = this.#settings = settle(options);
    const courier = new Courier(settings.context.apart);
    const crew = this.#crew = new Crew(
      crewOptions(settings, courier),
      this.#life,
    );
    const dispatcher = new Dispatcher(shapeOf(settings), courier, crew);
    this.#sites = new CallSites(dispatcher.pulse);
    const watch = new Watch(dispatcher, crew, settings.gracePeriod);
    const intake = this.#intake = new Intake(settings, dispatcher, watch);
    courier.reception = new Requests({
      intake,
      dispatcher,
      watch,
      defaults: settings,
      closed: () => this.#life.over,
    });
    const maps = this.#maps = new Maps(
      settings,
      {
        intake,
        dispatcher,
        stop: (chunk, reason) => watch.stop(chunk, reason),
      },
      () => this.#life.idle(),
    );
    this.#team = new Team(settings, {
      intake,
      dispatcher,
      watch,
      sites: this.#sites,
      attention: () => crew.attention(),
      assertOpen: (action) => this.#life.assertOpen(action),
    });
    this.#life.begin({ crew, dispatcher, maps });
  }

  /** How many workers the pool keeps running. */
  get workers(): number {
    return this.#settings.workers;
  }

  /** How many unfinished tasks one worker may hold. */
  get concurrency(): number {
    return this.#settings.concurrency;
  }

  /** How many task rings the workers serve. */
  get queueCount(): number {
    return this.#settings.queueCount;
  }

  /** What places tasks on rings. */
  get scheduler(): Scheduler {
    return this.#settings.scheduler;
  }

  /**
   * Calls a task on some worker.
   *
   * @returns its result; rejects with its error, with `WorkerLostError` when
   * the worker died with it, with `CodecError` when an argument or the result
   * does not travel, and with `StateError` when the pool ends
   */
  apply<A extends unknown[], R>(
    task: Callable<A, R>,
    ...rest: [] extends A ? [args?: Readonly<A>, options?: CallOptions]
      : [args: Readonly<A>, options?: CallOptions]
  ): Promise<Awaited<R>>;
  apply(
    task: Callable<never, unknown>,
    args: unknown = NO_ARGS,
    options?: CallOptions,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#life.assertOpen("apply a task");
      assertCallOptions(options, "apply a task");
      const will = willOf(options, this.#settings);
      const handle = toTask(task, "apply");
      options?.signal?.throwIfAborted();
      const given = list(args, "apply a task", "args");
      const taskId = this.#intake.nextId();
      const call = new SingleCall(
        { task: handle, taskId, site: null },
        resolve,
        reject,
      );
      call.will = will;
      if (options?.transfer === undefined) {
        this.#intake.submit(call, given, options);
      } else {
        moving(options.transfer, "apply a task", () => {
          this.#intake.submit(call, given, options);
        });
      }
      // Last: it takes longer than all else.
      call.site = this.#sites.of(handle, "pool.apply", this.apply);
    });
  }

  /**
   * Calls a task once on every worker, also on those that still boot, each with
   * the pool's `timeout` and `retries`; tried again, it is at the same place.
   *
   * @returns the results in the order of the workers; rejects as `apply` does
   * with the first error, while the others run on
   */
  broadcast<A extends unknown[], R>(
    task: Callable<A, R>,
    ...rest: [] extends A ? [args?: Readonly<A>] : [args: Readonly<A>]
  ): Promise<Awaited<R>[]>;
  async broadcast(
    task: Callable<never, unknown>,
    args: unknown = NO_ARGS,
  ): Promise<unknown[]> {
    this.#life.assertOpen("broadcast a task");
    const handle = toTask(task, "broadcast");
    const site = this.#sites.of(handle, "pool.broadcast", this.broadcast);
    const given = list(args, "broadcast a task", "args");
    const where = { task: handle, site };
    return await broadcast(this.#intake, where, this.#settings, given);
  }

  /**
   * Calls a task once per item: `task(item)`. Items are pulled when there is
   * room for them and sent in chunks.
   *
   * @param items an array, a typed array, an iterable or an async iterable
   * @throws StateError on a closed pool, TypeError and RangeError for wrong arguments
   */
  map<T, R>(
    task: Callable<[T], R>,
    items: Iterable<T> | AsyncIterable<T>,
    options?: MapOptions<NoInfer<T>>,
  ): MapResult<Awaited<R>>;
  /**
   * With `into`, all results go into one typed array and none of them travels:
   * as {@link mapInto}, but the task gets the item alone.
   */
  map<I extends NumericItems | number, O extends NumericArray>(
    task: SyncCallable<[item: ItemOf<I>], ItemOf<O>>,
    items: I,
    options: IntoOptions<O>,
  ): Promise<O>;
  map(
    task: Callable<[never], unknown>,
    items: never,
    options: MapOptions | IntoOptions = {},
  ): unknown {
    if (Object.hasOwn(Object(options), "into")) {
      const { into, ...rest } = options as IntoOptions;
      const method = this.map;
      const request = { task, input: items, options: rest, method };
      try {
        return this.#team.mapTo(into, request);
      } finally {
        // Not a tail call: on Bun they leave no frame, and no call site.
      }
    }
    this.#life.assertOpen("map a task");
    const site = new CallSite("pool.map", this.map);
    return this.#maps.start({
      verb: "map",
      task,
      items,
      options: options as MapOptions,
      site,
    });
  }

  /** As {@link map}, with an argument list per item: `task(...item)`. */
  starmap<A extends unknown[], R>(
    task: Callable<A, R>,
    argLists:
      | Iterable<Readonly<NoInfer<A>>>
      | AsyncIterable<Readonly<NoInfer<A>>>,
    options: MapOptions<Readonly<NoInfer<A>>> = {},
  ): MapResult<Awaited<R>> {
    this.#life.assertOpen("starmap a task");
    const items = argLists;
    const site = new CallSite("pool.starmap", this.starmap);
    return this.#maps.start({ verb: "starmap", task, items, options, site });
  }

  /**
   * Runs a loop on all workers: `kernel(from, to, ...args)` for one part of the
   * range after the other, which the workers take from a shared counter
   * themselves. Arrays over shared memory are passed by reference, and when the
   * loop has succeeded or failed nobody touches them any more.
   *
   * @param range a number of items from 0, or `[from, to]`
   * @returns when all is done; rejects with the first error of a kernel, or
   * with `WorkerLostError`, and then `error.range` is `[from, to]` of the part;
   * with `UnsupportedError` where workers are processes; and as `apply`
   */
  async parallelFor<A extends unknown[]>(
    kernel: Callable<[from: number, to: number, ...args: A], unknown>,
    range: LoopRange,
    ...rest: [] extends A ? [args?: Readonly<A>, options?: LoopOptions]
      : [args: Readonly<A>, options?: LoopOptions]
  ): Promise<void> {
    const method = this.parallelFor;
    await this.#team.each({ task: kernel, range, rest, method });
  }

  /**
   * Reduces a range to one value on all workers: `kernel(from, to, ...args)`
   * gives the partial result of each `grain` items, `combine(one, other)` joins
   * two neighbours, also on workers. Which are joined depends on the range and
   * the grain alone, so the digits are the same for any number of workers, any
   * schedule and every runtime. A worker hands its partial results over when
   * none is left to take, so one whose other tasks block it then delays the end.
   *
   * @returns the result; rejects as `parallelFor`, and with `RangeError` for an
   * empty range without `initial`
   */
  async parallelReduce<A extends unknown[], R>(
    kernel: Callable<[from: number, to: number, ...args: A], R>,
    combine: Callable<[one: NoInfer<R>, other: NoInfer<R>], NoInfer<R>>,
    range: LoopRange,
    ...rest: [] extends A
      ? [args?: Readonly<A>, options?: ReduceOptions<NoInfer<R>>]
      : [args: Readonly<A>, options?: ReduceOptions<NoInfer<R>>]
  ): Promise<Awaited<R>> {
    const method = this.parallelReduce;
    const request = { task: kernel, range, rest, method };
    return await this.#team.reduce(combine, request) as Awaited<R>;
  }

  /**
   * Sets `output[i] = task(input[i], i)` on all workers, in memory: results are
   * written where they belong, and in each worker the task is compiled into a
   * loop of its own. A task that waits is refused: use {@link map}.
   *
   * @param output a typed array of any kind. In shared memory it is written in
   * place; else it is copied to at the end, and not touched by a map that fails
   * @param input a typed array of any kind, an array of numbers or of bigints
   * that fit into 64 bits, or the length of `output`, to call `task(i, i)`. What
   * is not in shared memory is copied there once. It may be the very elements of
   * `output`; if it shares only some of them, that is a `RangeError`
   * @returns `output`; rejects with `TypeError` for a result that is not a number,
   * or not a bigint for arrays of those, and as {@link parallelFor}
   */
  async mapInto<
    O extends NumericArray,
    I extends NumericItems | number,
  >(
    output: O,
    task: SyncCallable<[item: ItemOf<I>, index: number], ItemOf<O>>,
    input: I,
    options: LoopOptions = {},
  ): Promise<O> {
    const method = this.mapInto;
    return await this.#team.mapInto(output, { task, input, options, method });
  }

  /** What the pool did so far and does now; costs what it reads. Good after its end too. */
  stats(): PoolStats {
    return this.#crew.stats();
  }

  /** No new work from here on; what was accepted still runs, then the workers leave. */
  close(): void {
    this.#life.close();
  }

  /** Ends the workers now; everything that is not settled rejects with `StateError`. */
  terminate(): void {
    this.#life.terminate();
  }

  /**
   * Waits until every worker is gone.
   *
   * @throws StateError while the pool is open, the signal's reason when it aborts
   */
  async join(options: { signal?: AbortSignal } = {}): Promise<void> {
    await this.#life.join(options.signal);
  }

  /** Keeps the program alive until the pool has ended, also while it is idle. */
  ref(): this {
    this.#life.keepAlive(true);
    return this;
  }

  /** Lets the program end even while tasks are outstanding. */
  unref(): this {
    this.#life.keepAlive(false);
    return this;
  }

  /** Terminates the pool and waits for its end. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.terminate();
    await this.join();
  }
}

const NO_ARGS: readonly unknown[] = [];
