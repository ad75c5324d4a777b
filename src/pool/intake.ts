/**
 * The way into the pool: asks the scheduler where a call goes, picks the road
 * its arguments take, and hands it to the dispatcher.
 */
import { ARG_BYTES } from "../../ring/mod.ts";
import { ARGS_NUMBERS, CHUNK, SPREAD } from "../frame.ts";
import type { Call, SingleCall } from "./call.ts";
import { ChunkCall } from "./chunk_call.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { MapJob } from "./map_job.ts";
import { list, type Settings } from "./options.ts";

/** Numbers that fit into a cell without the codec. */
const INLINE_NUMBERS = ARG_BYTES / 8;

/** Turns arguments into calls under way. */
export class Intake {
  readonly #settings: Settings;
  readonly #dispatcher: Dispatcher;
  readonly #queueIds: number[] = [];
  #lastTaskId = 0;

  /** Registers queues and workers with the scheduler. */
  constructor(settings: Settings, dispatcher: Dispatcher) {
    this.#settings = settings;
    this.#dispatcher = dispatcher;
    const { scheduler, queueCount, workers } = settings;
    for (let i = 0; i < queueCount; i++) {
      this.#queueIds.push(scheduler.registerQueue());
    }
    if (settings.scheduled) {
      dispatcher.onSettled = (call) => scheduler.completeTask(call.taskId);
    }
    for (let i = 0; i < workers; i++) {
      scheduler.registerProcess(this.#queueIds[i % queueCount] as number);
    }
  }

  /** The number of the next task. */
  nextId(): number {
    return ++this.#lastTaskId;
  }

  /** Sends one call. @throws CodecError when an argument does not travel; nothing is queued then */
  submit(call: SingleCall, args: readonly unknown[]): void {
    if (args.length <= INLINE_NUMBERS && areNumbers(args)) {
      if (args.length > 0) {
        call.flags = ARGS_NUMBERS;
        call.numbers = args;
      }
      this.#schedule(call, args);
      return this.#dispatcher.submit(call, null);
    }
    const encoder = this.#dispatcher.encoder();
    encoder.begin();
    encoder.value(args, "args");
    this.#schedule(call, args);
    this.#dispatcher.submit(call, encoder);
  }

  /** As MapPool.submitChunk. */
  submitChunk(
    job: MapJob,
    start: number,
    items: readonly unknown[],
  ): ChunkCall | { index: number; error: unknown } {
    const { task, spread } = job.call;
    const call = new ChunkCall(
      { task, taskId: this.nextId(), start },
      items,
      job,
    );
    call.flags = CHUNK | (spread ? SPREAD : 0);
    let index = 0;
    try {
      if (!spread && areNumbers(items)) {
        call.flags |= ARGS_NUMBERS;
        call.numbers = items;
        this.#schedule(call, items);
        this.#dispatcher.submit(call, null);
        return call;
      }
      const encoder = this.#dispatcher.encoder();
      encoder.begin();
      encoder.uint32(items.length);
      for (; index < items.length; index++) {
        if (spread) {
          list(items[index], "starmap a task", `item ${start + index}`);
        }
        encoder.value(items[index], spread ? "args" : "args[0]");
      }
      index = 0;
      this.#schedule(call, items);
      this.#dispatcher.submit(call, encoder);
    } catch (error) {
      return { index, error };
    }
    return call;
  }

  #schedule(call: Call, args: readonly unknown[]): void {
    if (!this.#settings.scheduled) return;
    const id = this.#settings.scheduler.scheduleTask(
      call.taskId,
      call.task,
      args,
    );
    const queue = this.#queueIds.indexOf(id);
    if (queue < 0) {
      throw new RangeError(
        `Cannot schedule ${call.task.name}: the scheduler named queue ${
          String(id)
        }, there are ${this.#queueIds.join(", ")}`,
      );
    }
    call.queue = queue;
  }
}

function areNumbers(values: readonly unknown[]): values is readonly number[] {
  for (let i = 0; i < values.length; i++) {
    if (typeof values[i] !== "number") return false;
  }
  return true;
}
