/** What a pool can be told, with units, defaults and errors. */
import { cores } from "../runtime/mod.ts";
import { toHref } from "../runtime/url.ts";
import { RoundRobin, type Scheduler } from "../scheduler.ts";
import { type Callable, type Task, toTask } from "../task.ts";

/** Options of a pool; every one may be left out. */
export interface PoolOptions {
  /** Workers. An integer from 1 to 120; default: the cores the runtime reports. */
  readonly workers?: number;
  /** Unfinished tasks one worker may hold, at least 1. Default 16. */
  readonly concurrency?: number;
  /** Task rings; worker i serves ring i % queueCount. From 1 to `workers`. Default 1. */
  readonly queueCount?: number;
  /** Places tasks on rings. Default: a new `RoundRobin`. */
  readonly scheduler?: Scheduler;
  /** How workers are made. Default "thread". */
  readonly startMethod?: "thread";
  /** A task run once in every worker before its first; may be asynchronous. If it fails, the worker cannot boot. */
  // deno-lint-ignore no-explicit-any
  readonly initializer?: Callable<any, unknown>;
  /** Arguments of `initializer`. Default none. */
  readonly initArgs?: readonly unknown[];
  /** Modules evaluated in a worker before any task module, in order. */
  readonly preload?: readonly (URL | string)[];
  /** Environment variables of the workers. Default: a copy of the host's. */
  readonly env?: Record<string, string | undefined>;
  /** Name of the pool in thread names. Default "whorl". */
  readonly name?: string;
  /** Heap limits of a worker in megabytes, as in node:worker_threads; Bun has none. */
  readonly resourceLimits?: Record<string, number>;
  /** Tasks between submit and settle that lie in shared memory; more wait on the heap. A power of two up to 65536, default 1024. */
  readonly ringCapacity?: number;
  /** Milliseconds a task module may take to load in a worker. Default 30000. */
  readonly importTimeout?: number;
}

/** Options as the pool uses them. */
export interface Settings {
  readonly workers: number;
  readonly concurrency: number;
  readonly queueCount: number;
  readonly scheduler: Scheduler;
  /** Whether the scheduler has a choice, or somebody to tell. */
  readonly scheduled: boolean;
  readonly initializer: Task | null;
  readonly initArgs: readonly unknown[];
  readonly preload: readonly string[];
  readonly env: Record<string, string | undefined> | undefined;
  readonly name: string;
  readonly resourceLimits: Record<string, number> | undefined;
  readonly ringCapacity: number;
  readonly importTimeout: number;
}

const KNOWN = new Set<string>([
  "workers",
  "concurrency",
  "queueCount",
  "scheduler",
  "startMethod",
  "initializer",
  "initArgs",
  "preload",
  "env",
  "name",
  "resourceLimits",
  "ringCapacity",
  "importTimeout",
]);

/**
 * Checks options and fills in the defaults.
 *
 * @throws TypeError for a wrong kind or an unknown name, RangeError for a number out of range
 */
export function settle(options: PoolOptions): Settings {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(
      `Cannot create a pool: options must be an object, found ${
        options === null ? "null" : typeof options
      }`,
    );
  }
  for (const name of Object.keys(options)) {
    if (!KNOWN.has(name)) {
      throw new TypeError(
        `Cannot create a pool: there is no option ${name}, the options are ${
          [...KNOWN].join(", ")
        }`,
      );
    }
  }
  const workers = integer(options, "workers", cores(), 1, 120);
  const queueCount = integer(options, "queueCount", 1, 1, 120);
  if (queueCount > workers) {
    throw new RangeError(
      `Cannot create a pool: queueCount must be <= workers, found ${queueCount} queues for ${workers} workers`,
    );
  }
  if (options.startMethod !== undefined && options.startMethod !== "thread") {
    throw new TypeError(
      `Cannot create a pool: startMethod must be "thread", found ${
        String(options.startMethod)
      }`,
    );
  }
  return {
    workers,
    concurrency: integer(options, "concurrency", 16, 1, 1_000_000),
    queueCount,
    scheduler: options.scheduler ?? new RoundRobin(),
    scheduled: options.scheduler !== undefined || queueCount > 1,
    initializer: options.initializer === undefined
      ? null
      : toTask(options.initializer, "initialize workers with"),
    initArgs: list(options.initArgs ?? [], "create a pool", "initArgs"),
    preload: (options.preload ?? []).map(toHref),
    env: options.env,
    name: options.name ?? "whorl",
    resourceLimits: options.resourceLimits,
    ringCapacity: capacity(options),
    importTimeout: integer(options, "importTimeout", 30_000, 1, 2 ** 31 - 1),
  };
}

/** `value`, if it is an array. @throws TypeError otherwise */
export function list(
  value: unknown,
  action: string,
  name: string,
): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new TypeError(
    `Cannot ${action}: ${name} must be an array, found ${
      value === null ? "null" : typeof value
    }`,
  );
}

/**
 * An option that counts something.
 *
 * @throws TypeError when it is no number, RangeError when it is not an integer in range
 */
export function integer<O extends object>(
  options: O,
  name: keyof O & string,
  fallback: number,
  least: number,
  most: number,
  action = "create a pool",
): number {
  const value: unknown = options[name] ?? fallback;
  if (Number.isInteger(value)) {
    const count = value as number;
    if (count >= least && count <= most) return count;
  }
  const Wrong = typeof value === "number" ? RangeError : TypeError;
  throw new Wrong(
    `Cannot ${action}: ${name} must be an integer from ${least} to ${most}, found ${
      typeof value === "string" ? JSON.stringify(value) : shown(value)
    }`,
  );
}

function shown(value: unknown): string {
  return typeof value === "number" ? String(value) : typeof value;
}

function capacity(options: PoolOptions): number {
  const cells = integer(options, "ringCapacity", 1024, 1, 65_536);
  if ((cells & (cells - 1)) !== 0) {
    throw new RangeError(
      `Cannot create a pool: ringCapacity must be a power of two, found ${cells}`,
    );
  }
  return cells;
}
