/**
 * What a caller wants of one call besides its result: when to stop it, and
 * when to try it again. Calls without such wishes have none of this.
 */
import { WorkerLostError } from "../errors.ts";
import { assertOptions, integer } from "./checks.ts";

/** What a caller may say of one call. */
export interface CallOptions {
  /**
   * What the scheduler may place the call by: with `Keyed`, calls with the same
   * key run on the same worker. Any value. Default none.
   */
  readonly key?: unknown;
  /**
   * Takes the call back. It rejects with the signal's reason at once; if it
   * runs, the signal of its `taskContext()` fires, and a worker that is not
   * done with it after the pool's `gracePeriod` is replaced. Default none.
   */
  readonly signal?: AbortSignal;
  /**
   * Milliseconds the task may run, waiting in the queue not included; then it
   * rejects with `TaskTimeoutError` and is stopped as by `signal`. Default the
   * pool's, at first none.
   */
  readonly timeout?: number;
  /**
   * How often the task is tried again if {@link retryIf} says so, after 0.1,
   * 0.2, 0.4 … seconds, at most 10. A task that never started is always given
   * to another worker and not counted. Default the pool's, at first 0.
   */
  readonly retries?: number;
  /**
   * Which errors are worth another try. Default: a `WorkerLostError`. A task
   * that three workers died with is not tried again.
   */
  readonly retryIf?: (error: unknown, attempt: number) => boolean;
  /**
   * Hears of what the task says with `progress(value)` of its `taskContext()`:
   * the first value at once, later ones at most every 20 ms, the last before
   * the result. What it throws is a process warning. Default none.
   */
  readonly onProgress?: (value: unknown) => void;
  /**
   * Buffers, or views on them, whose memory goes with the call instead of being
   * copied, as if each were passed through `move`. One that is in no argument
   * stays. Default none.
   */
  readonly transfer?: readonly (ArrayBufferLike | ArrayBufferView)[];
}

/** The names in {@link CallOptions}. */
export const CALL_OPTIONS: readonly string[] = [
  "key",
  "signal",
  "timeout",
  "retries",
  "retryIf",
  "onProgress",
  "transfer",
];

/** What a pool wants of every call. */
export interface WillDefaults {
  /** Milliseconds; 0: none. */
  readonly timeout: number;
  readonly retries: number;
}

/** A task that so many workers died with is not tried again. */
const POISON = 3;
const BACKOFF_MS = 100;
const BACKOFF_MOST_MS = 10_000;

/** The wishes for one call, and what became of them so far. */
export class Will {
  /** Milliseconds; 0: none. */
  readonly timeout: number;
  readonly signal: AbortSignal | undefined;
  /** 1 at first. */
  attempt = 1;
  /** Workers that died while they ran it. */
  kills = 0;
  /** When it was first seen running in this attempt; 0: not yet. */
  seenRunning = 0;
  /** Who hears of its progress. */
  readonly onProgress: ((value: unknown) => void) | undefined;
  readonly #retries: number;
  readonly #retryIf: (error: unknown, attempt: number) => boolean;
  #final = false;
  #atEnd: (() => void)[] = [];

  constructor(options: CallOptions, defaults: WillDefaults) {
    this.signal = options.signal;
    this.onProgress = options.onProgress;
    this.timeout = options.timeout ?? defaults.timeout;
    this.#retries = options.retries ?? defaults.retries;
    this.#retryIf = options.retryIf ??
      ((error) => error instanceof WorkerLostError);
  }

  /** Whether the call is to be tried again after `error`; if so, that is the next attempt. */
  takesAgain(error: unknown): boolean {
    if (this.#final || this.attempt > this.#retries) return false;
    if (error instanceof WorkerLostError && error.started) this.kills++;
    if (this.kills >= POISON || !this.#asks(error)) return false;
    this.attempt++;
    this.seenRunning = 0;
    return true;
  }

  /** What of it can be sent to another thread. */
  get plain(): { timeout: number; retries: number } {
    return { timeout: this.timeout, retries: this.#retries };
  }

  /** How long to wait before this attempt, in milliseconds. */
  get backoff(): number {
    return Math.min(BACKOFF_MOST_MS, BACKOFF_MS * 2 ** (this.attempt - 2));
  }

  /** Whatever comes next is the end. */
  giveUp(): void {
    this.#final = true;
  }

  /** Calls back when the call has settled. */
  atEnd(callback: () => void): void {
    this.#atEnd.push(callback);
  }

  /** The call has settled. */
  end(): void {
    this.#final = true;
    for (const callback of this.#atEnd.splice(0)) callback();
  }

  // A predicate that fails wants nothing.
  #asks(error: unknown): boolean {
    try {
      return this.#retryIf(error, this.attempt);
    } catch {
      return false;
    }
  }
}

/** The will in these options, which were checked, or null if there is none. */
export function willOf(
  options: CallOptions | undefined,
  defaults: WillDefaults,
): Will | null {
  const wished = options?.signal !== undefined ||
    options?.onProgress !== undefined ||
    (options?.timeout ?? defaults.timeout) > 0 ||
    (options?.retries ?? defaults.retries) > 0;
  return wished ? new Will(options ?? {}, defaults) : null;
}

/** Checks what is wanted besides the result. @throws TypeError or RangeError */
export function assertWishes(options: CallOptions, action: string): void {
  const { signal, retryIf, onProgress } = options;
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw new TypeError(
      `Cannot ${action}: signal must be an AbortSignal, found ${typeof signal}`,
    );
  }
  if (retryIf !== undefined && typeof retryIf !== "function") {
    throw new TypeError(
      `Cannot ${action}: retryIf must be a function, found ${typeof retryIf}`,
    );
  }
  if (onProgress !== undefined && typeof onProgress !== "function") {
    throw new TypeError(
      `Cannot ${action}: onProgress must be a function, found ${typeof onProgress}`,
    );
  }
  integer(options, "timeout", 1, 1, 2 ** 31 - 1, action);
  integer(options, "retries", 0, 0, 1000, action);
}

/** Checks the options of one call. @throws TypeError for an unknown name, and as {@link assertWishes} */
export function assertCallOptions(
  options: CallOptions | undefined,
  action: string,
): void {
  if (options === undefined) return;
  assertOptions(options, CALL_OPTIONS, action);
  assertWishes(options, action);
}
