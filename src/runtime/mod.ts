/**
 * What every thread of the library needs of a runtime, the same on all of them.
 * acorn.ts, child.ts and process.ts are imported by their own names: what they
 * load would make each worker start later. So would node:process, which evaluates
 * all properties of the global `process`, the standard streams among them.
 */
export {
  cores,
  isMainThread,
  type Runtime,
  runtime,
  type RuntimeName,
} from "./detect.ts";
export { HeapWatch } from "./heap.ts";
export {
  after,
  afterMicrotasks,
  createKeepAlive,
  every,
  type KeepAlive,
  nextTurn,
  onDrained,
} from "./loop.ts";
export {
  confineThread,
  createPorts,
  type ExitListener,
  exitThread,
  onExit,
  onUncaught,
  type Port,
  spawnThread,
  takeMessage,
  type Thread,
  threadData,
  type ThreadOptions,
} from "./thread.ts";
export { toHref } from "./url.ts";
export { warn } from "./warning.ts";
