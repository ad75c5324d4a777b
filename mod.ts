/**
 * aiomultiprocess for TypeScript, on lock-free rings in shared memory: call
 * async functions on many cores from Node, Bun and Deno as if they were local.
 *
 * @module
 */
export {
  type Context,
  getContext,
  setStartMethod,
  type StartMethod,
} from "./src/context/mod.ts";
export { move } from "./src/codec/mod.ts";
export {
  CodecError,
  type LookupCode,
  ProxyError,
  type StateCode,
  StateError,
  TaskLookupError,
  TaskTimeoutError,
  UnsupportedError,
  WhorlError,
  WorkerLostError,
} from "./src/errors.ts";
export { inline, type InlineOptions } from "./src/inline.ts";
export { wasm, type WasmOptions } from "./src/inline_wasm.ts";
export type {
  IntoOptions,
  LoopOptions,
  LoopRange,
  ReduceOptions,
  Schedule,
} from "./src/numeric/loop_options.ts";
export type {
  BigIntArray,
  ItemOf,
  NumberArray,
  NumericArray,
  NumericItems,
} from "./src/numeric/operands.ts";
export { type Random, random } from "./src/numeric/random.ts";
/** Ready-made reductions: `numeric.sum(pool, xs)` and others. */
export * as numeric from "./src/numeric/reductions.ts";
export {
  type ArrayClass,
  shared,
  type SharedArray,
} from "./src/numeric/shared.ts";
export type { CallOptions } from "./src/pool/will.ts";
export type { MapOptions } from "./src/pool/map_options.ts";
export type { MapResult, SettledResult } from "./src/pool/map_result.ts";
export {
  type TaskContext,
  taskContext,
  type TaskPool,
} from "./src/pool/nested.ts";
export type { PoolOptions } from "./src/pool/options.ts";
export { Pool } from "./src/pool/pool.ts";
export type {
  Percentiles,
  PoolStats,
  TimesStats,
  WorkerStats,
} from "./src/pool/stats.ts";
export type { WorkerOptions } from "./src/pool/worker_options.ts";
export type { ProcessOptions } from "./src/process/options.ts";
export { Process } from "./src/process/process.ts";
export { Worker } from "./src/process/worker.ts";
export { isMainThread, type Runtime, runtime } from "./src/runtime/mod.ts";
export {
  Keyed,
  LeastLoaded,
  type QueueId,
  RoundRobin,
  type ScheduleOptions,
  type Scheduler,
  type TaskId,
} from "./src/scheduler/mod.ts";
export {
  type AsyncTask,
  type Callable,
  type SyncCallable,
  type Task,
  task,
  type TaskOf,
  type Tasks,
  tasks,
} from "./src/task.ts";
