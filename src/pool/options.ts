/** What a pool can be told, with units, defaults and errors. */
import { cores } from "../runtime/mod.ts";
import { RoundRobin, type Scheduler } from "../scheduler/mod.ts";
import { assertOptions, integer } from "./checks.ts";
import {
  settleWorker,
  WORKER_OPTIONS,
  type WorkerOptions,
  type WorkerSettings,
} from "./worker_options.ts";

export { integer, list } from "./checks.ts";

/** Options of a pool; every one may be left out. */
export interface PoolOptions extends WorkerOptions {
  /** Workers. An integer from 1 to 120; default: the cores the runtime reports. */
  readonly workers?: number;
  /** Unfinished tasks one worker may hold, at least 1. Default 16. */
  readonly concurrency?: number;
  /** Task rings; worker i serves ring i % queueCount. From 1 to `workers`. Default 1, or `workers` if the scheduler wants a queue per worker, as `Keyed` does. */
  readonly queueCount?: number;
  /** Tasks a worker starts, each item of a map counted, before it finishes them, leaves and is replaced; maps then send items one by one. Default 0: no limit. */
  readonly maxTasksPerWorker?: number;
  /** Places tasks on rings: `RoundRobin`, `LeastLoaded`, `Keyed` or one of your own. Default: a new `RoundRobin`. `TypeError` if one of its four methods is missing. */
  readonly scheduler?: Scheduler;
  /** Milliseconds a task may run, unless its call says otherwise; see {@link CallOptions.timeout}. Default none. */
  readonly timeout?: number;
  /** How often a task is tried again, unless its call says otherwise; see {@link CallOptions.retries}. Default 0. */
  readonly retries?: number;
  /** Milliseconds a task that is asked to stop may take until its worker is replaced, from 0. Default 1000. A worker that turns its event loop finishes its other tasks first, and one in the synchronous part of another task that part, however long it takes; one that holds others and does not turn for ten times as long, because this task or another one computes after an `await`, loses them. */
  readonly gracePeriod?: number;
  /** Name of the pool in thread names. Default "whorl". */
  readonly name?: string;
  /** Tasks between submit and settle that lie in shared memory; more wait on the heap. A power of two up to 65536, default 1024. */
  readonly ringCapacity?: number;
}

/** Options as the pool uses them. */
export interface Settings extends WorkerSettings {
  readonly workers: number;
  readonly concurrency: number;
  readonly queueCount: number;
  readonly maxTasksPerWorker: number;
  readonly scheduler: Scheduler;
  /** Whether the scheduler has a choice, or somebody to tell. */
  readonly scheduled: boolean;
  /** 0: none. */
  readonly timeout: number;
  readonly retries: number;
  readonly gracePeriod: number;
  readonly name: string;
  readonly ringCapacity: number;
}

const ACTION = "create a pool";
const KNOWN = [
  "workers",
  "concurrency",
  "queueCount",
  "maxTasksPerWorker",
  "scheduler",
  "timeout",
  "retries",
  "gracePeriod",
  "name",
  "ringCapacity",
  ...WORKER_OPTIONS,
];

const METHODS = [
  "registerQueue",
  "registerProcess",
  "scheduleTask",
  "completeTask",
] as const;

/**
 * Checks options and fills in the defaults.
 *
 * @throws TypeError for a wrong kind or an unknown name, RangeError for a number out of range
 */
export function settle(options: PoolOptions): Settings {
  assertOptions(options, KNOWN, ACTION);
  const workers = integer(options, "workers", cores(), 1, 120);
  const scheduler = options.scheduler ?? new RoundRobin();
  const queueCount = queues(options, scheduler, workers);
  return {
    workers,
    concurrency: integer(options, "concurrency", 16, 1, 1_000_000),
    queueCount,
    maxTasksPerWorker: integer(
      options,
      "maxTasksPerWorker",
      0,
      0,
      2 ** 31 - 1,
    ),
    scheduler,
    scheduled: options.scheduler !== undefined || queueCount > 1,
    ...settleWorker(options, ACTION),
    timeout: options.timeout === undefined
      ? 0
      : integer(options, "timeout", 1, 1, 2 ** 31 - 1),
    retries: integer(options, "retries", 0, 0, 1000),
    gracePeriod: integer(options, "gracePeriod", 1000, 0, 2 ** 31 - 1),
    name: options.name ?? "whorl",
    ringCapacity: capacity(options),
  };
}

function queues(
  options: PoolOptions,
  scheduler: Scheduler,
  workers: number,
): number {
  assertScheduler(scheduler);
  const alone = scheduler.queuePerWorker === true;
  const count = integer(options, "queueCount", alone ? workers : 1, 1, 120);
  if (count > workers) {
    throw new RangeError(
      `Cannot create a pool: queueCount must be <= workers, found ${count} queues for ${workers} workers`,
    );
  }
  if (alone && count < workers) {
    throw new RangeError(
      `Cannot create a pool: the scheduler wants a queue per worker, found ${count} queues for ${workers} workers, leave queueCount out`,
    );
  }
  return count;
}

function assertScheduler(scheduler: Scheduler): void {
  for (const method of METHODS) {
    if (typeof scheduler?.[method] === "function") continue;
    throw new TypeError(
      `Cannot create a pool: scheduler must have the methods ${
        METHODS.join(", ")
      }, found no ${method}`,
    );
  }
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
