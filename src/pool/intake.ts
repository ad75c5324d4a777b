/**
 * The way into the pool: asks the scheduler where a call goes, picks the road
 * its arguments take, and hands it to the dispatcher.
 */
import { ARG_BYTES } from "../../ring/mod.ts";
import type { Encoder } from "../codec/mod.ts";
import { ARGS_NUMBERS, CHUNK, SPREAD, TEAM } from "../frame.ts";
import { warn } from "../runtime/mod.ts";
import type { ScheduleOptions } from "../scheduler/mod.ts";
import type { Task } from "../task.ts";
import type { Order } from "../team.ts";
import type { Call, SingleCall } from "./call.ts";
import { ChunkCall, type ChunkListener } from "./chunk_call.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { Refusal } from "./map_keys.ts";
import { list, type Settings } from "./options.ts";
import type { Watch } from "./watch.ts";
import type { Will } from "./will.ts";

/** Numbers that fit into a cell without the codec. */
const INLINE_NUMBERS = ARG_BYTES / 8;

const NO_OPTIONS: ScheduleOptions = {};

/** What chunks belong to: a map, or one that runs in a worker. */
export interface ChunkJob extends ChunkListener {
  /** How long an item is expected to take, in microseconds; 0: not known. */
  readonly itemMicros: number;
  readonly call: {
    readonly task: Task;
    readonly spread: boolean;
    /** What is wanted of each chunk. */
    readonly will: () => Will | null;
  };
}

/** Turns arguments into calls under way. */
export class Intake {
  readonly #settings: Settings;
  readonly #dispatcher: Dispatcher;
  readonly #watch: Watch;
  readonly #queueIds: number[] = [];
  #lastTaskId = 0;
  #complained = false;

  /** Registers queues and workers with the scheduler. */
  constructor(
    settings: Settings,
    dispatcher: Dispatcher,
    watch: Watch,
  ) {
    this.#settings = settings;
    this.#dispatcher = dispatcher;
    this.#watch = watch;
    const { scheduler, queueCount, workers } = settings;
    for (let i = 0; i < queueCount; i++) {
      const id = scheduler.registerQueue();
      if (this.#queueIds.includes(id)) {
        throw new RangeError(
          `Cannot create a pool: the scheduler gave two queues the id ${
            String(id)
          }`,
        );
      }
      this.#queueIds.push(id);
    }
    if (settings.scheduled) {
      dispatcher.onSettled = (call) => this.#completed(call);
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
  submit(
    call: SingleCall,
    args: readonly unknown[],
    options: ScheduleOptions = NO_OPTIONS,
  ): void {
    if (args.length <= INLINE_NUMBERS && areNumbers(args)) {
      if (args.length > 0) {
        call.flags = ARGS_NUMBERS;
        call.numbers = args;
      }
      this.#schedule(call, args, options);
      return this.#send(call, null);
    }
    const encoder = this.#dispatcher.encoder();
    encoder.begin();
    encoder.value(args, "args");
    this.#schedule(call, args, options);
    this.#send(call, encoder);
  }

  /** Sends a call for a team: the arguments of its task, and what it is told. @throws as {@link submit} */
  submitOrder(call: SingleCall, args: readonly unknown[], order: Order): void {
    call.flags = TEAM;
    const encoder = this.#dispatcher.encoder();
    encoder.begin();
    encoder.value(args, "args");
    encoder.value(order, "order");
    this.#schedule(call, args, NO_OPTIONS);
    this.#send(call, encoder);
  }

  /** As MapPool.submitChunk. */
  submitChunk(
    job: ChunkJob,
    start: number,
    items: readonly unknown[],
    key: unknown,
  ): ChunkCall | Refusal {
    const { task, spread, will } = job.call;
    const call = new ChunkCall(
      { task, taskId: this.nextId(), start },
      items,
      job,
    );
    call.will = will();
    call.micros = items.length * job.itemMicros;
    call.flags = CHUNK | (spread ? SPREAD : 0);
    let encoder: Encoder | null = null;
    let index = 0;
    try {
      if (!spread && areNumbers(items)) {
        call.flags |= ARGS_NUMBERS;
        call.numbers = items;
      } else {
        encoder = this.#dispatcher.encoder();
        encoder.begin();
        encoder.uint32(items.length);
        for (; index < items.length; index++) {
          if (spread) {
            list(items[index], "starmap a task", `item ${start + index}`);
          }
          encoder.value(items[index], spread ? "args" : "args[0]");
        }
      }
    } catch (error) {
      return { index, count: 1, error };
    }
    const { length } = items;
    try {
      this.#schedule(call, items, { key, items: length });
    } catch (error) {
      return { index: 0, count: length, error };
    }
    try {
      this.#send(call, encoder);
    } catch (error) {
      return { index: 0, count: length === 1 ? 1 : 0, error };
    }
    return call;
  }

  #schedule(
    call: Call,
    args: readonly unknown[],
    options: ScheduleOptions,
  ): void {
    // A call for the worker of one place is not the scheduler's to place.
    if (!this.#settings.scheduled || call.place >= 0) return;
    const id = this.#settings.scheduler.scheduleTask(
      call.taskId,
      call.task,
      args,
      options,
    );
    call.scheduled = true;
    const queue = this.#queueIds.indexOf(id);
    if (queue < 0) {
      this.#completed(call);
      throw new RangeError(
        `Cannot schedule ${call.task.name}: the scheduler named queue ${
          String(id)
        }, there are ${this.#queueIds.join(", ")}`,
      );
    }
    call.queue = queue;
  }

  // What was scheduled and could not be queued is complete all the same.
  #send(call: Call, encoder: Encoder | null): void {
    try {
      this.#dispatcher.submit(call, encoder);
    } catch (error) {
      this.#completed(call);
      throw error;
    }
    this.#watch.follow(call);
  }

  // Whatever a scheduler does here is no business of the call that settled.
  #completed(call: Call): void {
    if (!call.scheduled) return;
    call.scheduled = false;
    try {
      this.#settings.scheduler.completeTask(call.taskId);
    } catch (error) {
      if (this.#complained) return;
      this.#complained = true;
      warn(
        `Cannot tell the scheduler that ${call.task.name} settled: completeTask failed with ${
          String(error)
        }`,
        error instanceof Error ? String(error.stack) : "",
      );
    }
  }
}

function areNumbers(values: readonly unknown[]): values is readonly number[] {
  for (let i = 0; i < values.length; i++) {
    if (typeof values[i] !== "number") return false;
  }
  return true;
}
