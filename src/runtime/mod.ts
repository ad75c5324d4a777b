/** What the library needs of a runtime, the same on all of them. */
export { isGlobal, parse, type SyntaxNode } from "./acorn.ts";
export {
  killSelf,
  openChannel,
  readJournal,
  startGuard,
  watchHost,
  writeChannel,
  writeJournal,
} from "./child.ts";
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
  createKeepAlive,
  every,
  type KeepAlive,
  nextTurn,
  onDrained,
} from "./loop.ts";
export {
  type Child,
  type ChildListener,
  type ChildOptions,
  Journal,
  spawnChild,
} from "./process.ts";
export {
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
