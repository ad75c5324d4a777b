/** When does a bare worker run its first line? */

// On Bun the module for it takes longer than the thread; on Node that of
// `process` would make all standard streams.
if ("Bun" in globalThis) globalThis.postMessage(0);
else {
  const { getBuiltinModule } = globalThis.process;
  getBuiltinModule("node:worker_threads").parentPort?.postMessage(0);
}
