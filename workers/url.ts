/** Where the worker entries are; the one file of this folder that src/ imports. */

// The source runs as .ts, the published package as .js; import.meta.url tells which.
const suffix = import.meta.url.endsWith(".ts") ? "ts" : "js";

/** The first module of a worker thread. */
export const threadEntry: URL = new URL(
  `./thread_entry.${suffix}`,
  import.meta.url,
);

/** The first module of a worker process. */
export const processEntry: URL = new URL(
  `./process_entry.${suffix}`,
  import.meta.url,
);

/** The first module of the thread that ends a worker process with its host. */
export const guardEntry: URL = new URL(
  `./guard_entry.${suffix}`,
  import.meta.url,
);
