/** What a worker can be told, in a pool or alone. */
import {
  chooseContext,
  type Context,
  type StartMethod,
} from "../context/mod.ts";
import { toHref } from "../runtime/url.ts";
import { type Callable, type Task, toTask } from "../task.ts";
import { integer, list } from "./checks.ts";

/** Options of every worker; every one may be left out. */
export interface WorkerOptions {
  /** How workers are made. Default: what `setStartMethod` chose, at first "thread". */
  readonly startMethod?: StartMethod;
  /** A task run once in every worker before its first; may be asynchronous. Default none. If it fails, the worker cannot boot. */
  // deno-lint-ignore no-explicit-any
  readonly initializer?: Callable<any, unknown>;
  /** Arguments of `initializer`, copied once and given to every worker. Default none; `CodecError` for one that does not travel, as a `MessagePort`, which can move only once. */
  readonly initArgs?: readonly unknown[];
  /**
   * A task run once in every worker that leaves in an orderly way: after
   * `close()`, or when `maxTasksPerWorker` is reached; not after `terminate()`,
   * and not when the worker dies. May be asynchronous, and is waited for.
   * Default none. If it is not found, the worker cannot boot; if it fails, that
   * is a process warning, and the worker leaves all the same.
   */
  readonly finalizer?: Callable<[], unknown>;
  /**
   * A task run in the worker with the live error whenever a task, or an item of
   * a map, throws; before the caller gets the error, which is not delayed if it
   * is asynchronous. Default none. If it is not found, the worker cannot boot;
   * if it fails, that is a process warning and changes nothing else.
   */
  // deno-lint-ignore no-explicit-any
  readonly exceptionHandler?: Callable<[error: any], unknown>;
  /** Modules evaluated in a worker before any task module, in order. */
  readonly preload?: readonly (URL | string)[];
  /** Environment variables of the workers. Default: a copy of the host's. */
  readonly env?: Record<string, string | undefined>;
  /** Heap limits of a worker in megabytes, as in node:worker_threads; Bun has none. */
  readonly resourceLimits?: Record<string, number>;
  /** Milliseconds a task module may take to load in a worker. Default 30000. */
  readonly importTimeout?: number;
}

/** These options as they are used. */
export interface WorkerSettings {
  readonly context: Context;
  readonly initializer: Task | null;
  readonly initArgs: readonly unknown[];
  readonly finalizer: Task | null;
  readonly exceptionHandler: Task | null;
  readonly preload: readonly string[];
  readonly env: Record<string, string | undefined> | undefined;
  readonly resourceLimits: Record<string, number> | undefined;
  readonly importTimeout: number;
}

/** The names of {@link WorkerOptions}. */
export const WORKER_OPTIONS: readonly string[] = [
  "startMethod",
  "initializer",
  "initArgs",
  "finalizer",
  "exceptionHandler",
  "preload",
  "env",
  "resourceLimits",
  "importTimeout",
];

/**
 * Checks these options and fills in the defaults.
 *
 * @throws TypeError, RangeError, or UnsupportedError for an impossible start method
 */
export function settleWorker(
  options: WorkerOptions,
  action: string,
): WorkerSettings {
  return {
    context: chooseContext(options.startMethod, action),
    initializer: options.initializer === undefined
      ? null
      : toTask(options.initializer, "initialize workers with"),
    initArgs: list(options.initArgs ?? [], action, "initArgs"),
    finalizer: options.finalizer === undefined
      ? null
      : toTask(options.finalizer, "finalize workers with"),
    exceptionHandler: options.exceptionHandler === undefined
      ? null
      : toTask(options.exceptionHandler, "handle errors with"),
    preload: (options.preload ?? []).map(toHref),
    env: options.env,
    resourceLimits: options.resourceLimits,
    importTimeout: integer(
      options,
      "importTimeout",
      30_000,
      1,
      2 ** 31 - 1,
      action,
    ),
  };
}
