/** When does a bare worker run its first line? */

// On Bun the module for it takes longer than the thread.
if ("Bun" in globalThis) globalThis.postMessage(0);
else (await import("node:worker_threads")).parentPort?.postMessage(0);
