/** One task on a worker of its own. */
import type { Signal } from "../context/mod.ts";
import { StateError } from "../errors.ts";
import { CallSite } from "../pool/call_site.ts";
import { until } from "../pool/until.ts";
import {
  boolean,
  type ProcessOptions,
  type ProcessSettings,
  settle,
} from "./options.ts";
import { type Outcome, Run } from "./run.ts";

/**
 * Runs one task on a worker of its own; what it returns is not kept.
 *
 *     const process = new Process({ target: jobs.sweep, args: ["/tmp"] });
 *     await process;
 *
 * Awaiting starts it if that has not been done, and rejects with the error of
 * the task, or with `WorkerLostError` when it was killed. Nobody has to await
 * it: an error that nobody asks for is nobody's, `exitCode` tells of it.
 */
export class Process<
  R = void,
  // deno-lint-ignore no-explicit-any
  A extends unknown[] = any,
> implements PromiseLike<R>, AsyncDisposable {
  readonly #site: CallSite;
  #settings: ProcessSettings;
  #run: Run | null = null;
  #closed = false;

  /** @throws TypeError or RangeError for wrong options */
  constructor(options: ProcessOptions<A, unknown>) {
    const kind = this.kind;
    this.#settings = settle(options, kind);
    this.#site = new CallSite(`new ${kind}`, new.target as never);
  }

  /** The name it was given. */
  get name(): string {
    return this.#settings.name;
  }

  /**
   * The number of the operating system's process in which it runs, which is the
   * program's own for a thread; null before the start.
   */
  get pid(): number | null {
    this.#assertOpen("read pid");
    return this.#run?.pid ?? null;
  }

  /** The runtime's number of its thread, 0 for the main thread of a process; null before the start. */
  get threadId(): number | null {
    this.#assertOpen("read threadId");
    return this.#run?.threadId ?? null;
  }

  /**
   * Null until it has ended; then 0 after success, 1 when the task threw, below
   * zero when a signal ended it (-15, -9), else what the runtime reported.
   */
  get exitCode(): number | null {
    this.#assertOpen("read exitCode");
    return this.#run?.exitCode ?? null;
  }

  /** Whether it was started and has not ended. */
  get alive(): boolean {
    this.#assertOpen("read alive");
    return this.#running;
  }

  /** Whether the program may end while it runs. Can be set before the start. */
  get daemon(): boolean {
    return this.#settings.daemon;
  }

  set daemon(daemon: boolean) {
    this.#assertOpen("set daemon");
    this.#assertUnstarted("set daemon");
    this.#settings = { ...this.#settings, daemon: boolean(daemon) };
  }

  /**
   * Starts it.
   *
   * @throws StateError the second time, CodecError when an argument does not travel
   */
  start(): void {
    this.#assertOpen("start");
    this.#assertUnstarted("start");
    this.#run = new Run(this.#settings, this.#site);
  }

  /**
   * Waits for its end. May be called again, also when it has ended.
   *
   * @returns rejects with the error of the task, with `WorkerLostError` when it
   * was killed, with the signal's reason when that aborts (it runs on), and
   * with `StateError` before the start
   */
  async join(options: { signal?: AbortSignal } = {}): Promise<R> {
    const run = this.#started("join", "joining");
    const { signal } = options;
    signal?.throwIfAborted();
    await run.awaited(until(run.ended, signal));
    return this.valueOf(run.outcome as Outcome) as R;
  }

  /** Starts it if that has not been done, and waits for its end: what `await` does. */
  then<V = R, E = never>(
    onFulfilled?: ((value: R) => V | PromiseLike<V>) | null,
    onRejected?: ((reason: unknown) => E | PromiseLike<E>) | null,
  ): Promise<V | E> {
    return this.#finish().then(onFulfilled, onRejected);
  }

  /** Sends SIGTERM: a thread stops, a process may handle it. No-op after the end. @throws StateError before the start */
  terminate(): void {
    this.#signal("SIGTERM", "terminate", "terminating");
  }

  /** Sends SIGKILL. No-op after the end. @throws StateError before the start */
  kill(): void {
    this.#signal("SIGKILL", "kill", "killing");
  }

  /**
   * Gives up what is kept of it: only `name` and `daemon` can be read from here on.
   *
   * @throws StateError while it runs
   */
  close(): void {
    if (this.#running) {
      throw new StateError(
        "not_finished",
        "Cannot close: process is still running, join or terminate it first",
      );
    }
    this.#closed = true;
    this.#run = null;
  }

  /** Terminates it and waits for its end, however that comes. */
  async [Symbol.asyncDispose](): Promise<void> {
    const run = this.#run;
    if (run === null) return;
    run.signal("SIGTERM");
    await run.awaited(run.ended);
  }

  /** Begins the default name. */
  protected get kind(): string {
    return "Process";
  }

  /** What awaiting gives for an outcome. */
  protected valueOf(outcome: Outcome): unknown {
    if (!outcome.ok) throw outcome.error;
    return undefined;
  }

  /** What came of it, or null while that is unknown. */
  protected get outcome(): Outcome | null {
    this.#assertOpen("read result");
    return this.#run?.outcome ?? null;
  }

  // Asynchronous, so that a start that is refused rejects.
  async #finish(): Promise<R> {
    if (this.#run === null) this.start();
    return await this.join();
  }

  get #running(): boolean {
    return this.#run !== null && this.#run.exitCode === null;
  }

  #signal(signal: Signal, verb: string, doing: string): void {
    this.#started(verb, doing).signal(signal);
  }

  #started(verb: string, doing: string): Run {
    this.#assertOpen(verb);
    if (this.#run !== null) return this.#run;
    throw new StateError(
      "not_started",
      `Cannot ${verb}: must start process before ${doing} it`,
    );
  }

  #assertOpen(action: string): void {
    if (!this.#closed) return;
    throw new StateError("closed", `Cannot ${action}: process is closed`);
  }

  #assertUnstarted(action: string): void {
    if (this.#run === null) return;
    throw new StateError(
      "already_started",
      `Cannot ${action}: process was started already`,
    );
  }
}
