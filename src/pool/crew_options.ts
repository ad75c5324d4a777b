/** What the workers of a pool have in common, out of its settings. */
import type { Courier } from "./courier.ts";
import { encodeHooks } from "./hooks.ts";
import type { Settings } from "./options.ts";
import type { Context, LinkOptions } from "../context/mod.ts";
import type { BootRecord } from "../mail.ts";
import { MAX_SLOTS, type Shape } from "../../ring/mod.ts";

/** What all workers of a pool have in common. */
export interface CrewOptions {
  readonly workers: number;
  readonly queues: number;
  readonly context: Context;
  readonly link: Omit<LinkOptions, "name"> & { readonly name: string };
  readonly boot: Pick<
    BootRecord,
    | "preload"
    | "initializer"
    | "finalizer"
    | "exceptionHandler"
    | "workers"
    | "concurrency"
    | "maxTasks"
    | "importTimeout"
    | "slice"
  >;
  /** As `PoolOptions.gracePeriod`. */
  readonly graceMs: number;
  /** Bytes of a worker's first result ring, a power of two. */
  readonly resultBytes: number;
}

/** What the crew asks of the pool. */
export interface CrewOwner {
  /** Whether the place of a lost worker should be filled. */
  readonly needsWorkers: boolean;
  /** A worker could not boot, and said why. */
  bootFailed?(cause: Error): void;
  /** No worker can be started: `cause` says why. */
  broken(reason: string, cause: Error): void;
  /** The last worker is gone. */
  gone(): void;
  /** All outstanding calls are settled. */
  idle(): void;
}

/** Longest uninterrupted sleep of a worker: a safety net that is never needed. */
const SLICE_MS = 60_000;
const RESULT_BYTES = 256 * 1024;

/** @throws CodecError when an argument of the initializer does not travel */
export function crewOptions(settings: Settings, courier: Courier): CrewOptions {
  return {
    workers: settings.workers,
    queues: settings.queueCount,
    context: settings.context,
    link: {
      name: settings.name,
      env: settings.env,
      resourceLimits: settings.resourceLimits,
    },
    boot: {
      preload: settings.preload,
      ...encodeHooks(settings, courier),
      workers: settings.workers,
      concurrency: settings.concurrency,
      maxTasks: settings.maxTasksPerWorker,
      importTimeout: settings.importTimeout,
      slice: SLICE_MS,
    },
    graceMs: settings.gracePeriod,
    resultBytes: RESULT_BYTES,
  };
}

/** How large the rings of a pool are. */
export function shapeOf(settings: Settings): Shape {
  const { workers, context, ringCapacity, queueCount } = settings;
  // Workers that cannot be stopped keep theirs.
  const spare = context.exitIsCertain ? 8 : 64;
  const slots = Math.min(MAX_SLOTS, 2 * workers + spare);
  return { cells: ringCapacity, slots, queues: queueCount };
}
