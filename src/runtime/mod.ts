/** What the library needs of a runtime, the same on all of them. */
export {
  cores,
  isMainThread,
  type Runtime,
  runtime,
  type RuntimeName,
} from "./detect.ts";
export {
  after,
  createKeepAlive,
  every,
  type KeepAlive,
  nextTurn,
  onDrained,
} from "./loop.ts";
export {
  createPorts,
  type ExitListener,
  exitThread,
  onExit,
  onThreadExit,
  onUncaught,
  type Port,
  spawnThread,
  takeMessage,
  type Thread,
  threadData,
  type ThreadOptions,
} from "./thread.ts";
export { toHref } from "./url.ts";
