/**
 * The rings and the doorbell alone, for people who build something else on
 * them: task cells with one owner word, index rings, done rings, parking that
 * loses no wake-up, an argument arena and result rings. See README.md for the
 * protocol and why it is safe.
 *
 * @module
 */
export {
  Arena,
  type Block,
  NO_BLOCK,
  offsetOf,
  type SegmentListener,
  segmentOf,
} from "./arena.ts";
export {
  cancelPayload,
  isCancelRequested,
  requestCancel,
} from "./cancellation.ts";
export { DoneConsumer, DoneProducer } from "./done_ring.ts";
export { HostBell, Sleepers, type Wait, WorkerBell } from "./doorbell.ts";
export { RingHost } from "./host.ts";
export * from "./layout.ts";
export { Probe } from "./probe.ts";
export { MAX_GRAINS, RangeCounter, type Shares } from "./range_counter.ts";
export {
  createResultRing,
  type ResultListener,
  ResultReader,
  ResultWriter,
  type Room,
} from "./result_ring.ts";
export {
  CANCELLED,
  claimed,
  FREE,
  isClaimed,
  isQueued,
  isRunning,
  ownerOf,
  queued,
  running,
} from "./state.ts";
export { type Attention, type Recovered, Roster, type Slot } from "./roster.ts";
export { MAX_BATCH, TaskConsumer, TaskProducer } from "./task_ring.ts";
export { type Enlisted, RingWorker } from "./worker.ts";
