/** Which queue a task goes to. */
export { Keyed } from "./keyed.ts";
export { LeastLoaded } from "./least_loaded.ts";
export { RoundRobin } from "./round_robin.ts";
export type {
  QueueId,
  ScheduleOptions,
  Scheduler,
  TaskId,
} from "./scheduler.ts";
