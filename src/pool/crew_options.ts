/** What the workers of a pool have in common, out of its settings. */
import type { Courier } from "./courier.ts";
import type { CrewOptions } from "./crew.ts";
import { encodeHooks } from "./hooks.ts";
import type { Settings } from "./options.ts";

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
    resultBytes: RESULT_BYTES,
  };
}
