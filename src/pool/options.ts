/** What a pool can be told, with units, defaults and errors. */
import { cores } from "../runtime/mod.ts";
import { RoundRobin, type Scheduler } from "../scheduler.ts";
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
  /** Task rings; worker i serves ring i % queueCount. From 1 to `workers`. Default 1. */
  readonly queueCount?: number;
  /** Places tasks on rings. Default: a new `RoundRobin`. */
  readonly scheduler?: Scheduler;
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
  readonly scheduler: Scheduler;
  /** Whether the scheduler has a choice, or somebody to tell. */
  readonly scheduled: boolean;
  readonly name: string;
  readonly ringCapacity: number;
}

const ACTION = "create a pool";
const KNOWN = [
  "workers",
  "concurrency",
  "queueCount",
  "scheduler",
  "name",
  "ringCapacity",
  ...WORKER_OPTIONS,
];

/**
 * Checks options and fills in the defaults.
 *
 * @throws TypeError for a wrong kind or an unknown name, RangeError for a number out of range
 */
export function settle(options: PoolOptions): Settings {
  assertOptions(options, KNOWN, ACTION);
  const workers = integer(options, "workers", cores(), 1, 120);
  const queueCount = integer(options, "queueCount", 1, 1, 120);
  if (queueCount > workers) {
    throw new RangeError(
      `Cannot create a pool: queueCount must be <= workers, found ${queueCount} queues for ${workers} workers`,
    );
  }
  return {
    workers,
    concurrency: integer(options, "concurrency", 16, 1, 1_000_000),
    queueCount,
    scheduler: options.scheduler ?? new RoundRobin(),
    scheduled: options.scheduler !== undefined || queueCount > 1,
    ...settleWorker(options, ACTION),
    name: options.name ?? "whorl",
    ringCapacity: capacity(options),
  };
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
