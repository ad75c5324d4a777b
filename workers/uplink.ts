/**
 * The way back into the pool: nested calls of the tasks that run here. Sent by
 * mail, answered by mail; the host is told that there is some and wakes us for
 * the answers. A call the host has no room for, this worker runs itself.
 */
import type { RingWorker } from "../ring/worker.ts";
import {
  Decoder,
  Encoder,
  readOutcomes,
  writeOutcomes,
} from "../src/codec/mod.ts";
import { StateError } from "../src/errors.ts";
import * as frame from "../src/frame.ts";
import {
  type BootRecord,
  type Outcome,
  recordOf,
  type TaskRecord,
} from "../src/mail.ts";
import {
  type Caller,
  type NestedCall,
  type Running,
  running,
  type Stops,
  type Uplink,
} from "../src/running.ts";
import type { Task } from "../src/task.ts";
import type { Loader, TaskFunction } from "./loader.ts";
import type { Mailbox, Reply } from "./mailbox.ts";
import type { Reports } from "./reports.ts";

/** A call that has no outcome yet. */
interface Pending extends NestedCall {
  readonly bytes: Uint8Array;
  readonly values: readonly unknown[];
  /** Why it fails if it was taken back. */
  reason?: unknown;
}

/** Nested calls of one worker. */
export class WorkerUplink implements Uplink, Running {
  readonly uplink: Uplink = this;
  readonly stops: Stops;
  readonly workerId: number;
  readonly workers: number;
  readonly concurrency: number;
  readonly maxTasksPerWorker: number;
  /** Whether a task is unfinished here: only then does the host listen. */
  holds: () => boolean = () => false;
  /** Called after a call was sent: more may be held, and its answer waited for. */
  onSubmitted: () => void = () => {};
  readonly #mailbox: Mailbox;
  readonly #loader: Loader;
  readonly #ring: RingWorker;
  readonly #reports: Reports;
  readonly #encoder: Encoder;
  readonly #calls = new Map<number, Pending>();
  readonly #numbers = new Map<Caller, number>();
  readonly #tasks = new WeakMap<Task, { id: number; record: TaskRecord }>();
  #taskCount = 0;
  #lastCall = 0;
  #recalled = false;
  // Calls that this worker runs itself.
  #own = 0;
  // Settling runs user code, and mail is read anywhere.
  #settlers: (() => void)[] = [];

  constructor(
    record: BootRecord,
    parts: {
      ring: RingWorker;
      mailbox: Mailbox;
      loader: Loader;
      aborts: Stops;
      reports: Reports;
    },
  ) {
    this.#reports = parts.reports;
    this.stops = parts.aborts;
    this.workerId = record.workerId;
    this.workers = record.workers;
    this.concurrency = record.concurrency;
    this.maxTasksPerWorker = record.maxTasks;
    this.#ring = parts.ring;
    this.#mailbox = parts.mailbox;
    this.#loader = parts.loader;
    this.#encoder = new Encoder(parts.mailbox, true);
    parts.mailbox.onReply = (reply) => this.#receive(reply);
  }

  /** Nested calls without an outcome. */
  get outstanding(): number {
    return this.#calls.size;
  }

  encoder(): Encoder {
    const encoder = this.#encoder.busy
      ? new Encoder(this.#mailbox, true)
      : this.#encoder;
    encoder.begin();
    // The host may have dropped what it lent us: send it again.
    this.#mailbox.lend(null);
    return encoder;
  }

  report(cell: number, number: number, value: unknown): void {
    this.#reports.report(cell, number, value);
  }

  assertBusy(action: string): void {
    if (running.task !== null || this.holds() || this.#own > 0) return;
    throw new StateError(
      "not_in_task",
      `Cannot ${action} in the pool of a task: no task runs in this worker any more, await what a task starts`,
    );
  }

  submit({ task, flags, asker, caller }: NestedCall, encoder: Encoder): void {
    encoder.takeMoved();
    const bytes = encoder.take();
    const values = [...encoder.foreign];
    const { id } = this.#known(task);
    const call = ++this.#lastCall;
    const pending = { task, flags, asker, caller, bytes, values };
    this.#calls.set(call, pending);
    this.#numbers.set(caller, call);
    // Without a task the host may not listen: what our own calls call is ours.
    if (this.#recalled || (this.#own > 0 && !this.holds())) {
      return this.#later(() => this.#run(call, pending));
    }
    const what = { call, task: id, flags, asker, bytes, values };
    this.#mailbox.post({ kind: "submit", ...what });
    this.#ring.done.posted();
    this.onSubmitted();
  }

  cancel(caller: Caller, reason: unknown): void {
    const call = this.#numbers.get(caller);
    const pending = call === undefined ? undefined : this.#calls.get(call);
    if (call === undefined || pending === undefined) return;
    pending.reason = reason;
    this.#mailbox.post({ kind: "cancel", call });
    this.#ring.done.posted();
    this.onSubmitted();
  }

  /**
   * This worker takes no more tasks: what it waits for might wait for it, so it
   * runs all nested calls itself that nobody has started.
   */
  recall(): void {
    if (this.#recalled || this.#calls.size === 0) return;
    this.#recalled = true;
    this.#mailbox.post({ kind: "recall" });
    this.#ring.done.posted();
  }

  #known(task: Task): { id: number; record: TaskRecord } {
    let known = this.#tasks.get(task);
    if (known === undefined) {
      const buffers: SharedArrayBuffer[] = [];
      const record = recordOf(task, (buffer) => {
        buffers.push(buffer);
        return this.#mailbox.keep(buffer);
      });
      known = { id: this.#taskCount++, record };
      this.#tasks.set(task, known);
      this.#mailbox.post({ kind: "task", id: known.id, ...record, buffers });
    }
    return known;
  }

  // ---- replies ----------------------------------------------------------------

  // Read at once: a shared buffer it names may be dropped by the next message.
  #receive(reply: Reply): void {
    const { call } = reply;
    const pending = this.#calls.get(call);
    if (pending === undefined) return;
    if (reply.kind === "run") {
      return this.#later(() => this.#run(call, pending));
    }
    let settle: () => void;
    try {
      settle = this.#read(reply, pending);
    } catch (error) {
      settle = () => pending.caller.fail(error);
    }
    this.#later(() => {
      this.#calls.delete(call);
      this.#numbers.delete(pending.caller);
      settle();
    });
  }

  #read(reply: Outcome, { caller, flags, reason }: Pending): () => void {
    if (reply.status === 0) return () => caller.fail(reason);
    const { bytes, values, micros } = reply;
    if ((flags & frame.CHUNK) !== 0) caller.resultBytes = bytes.length;
    const decoder = new Decoder({ bufferOf: (id) => this.#mailbox.find(id) });
    decoder.begin(bytes, 0, bytes.length, values);
    if (reply.status === frame.RESULT_FAILURE) {
      const error = decoder.failure();
      return () => caller.fail(error);
    }
    if (reply.status === frame.RESULT_OUTCOMES) {
      const { values, failures } = readOutcomes(decoder);
      return () => caller.complete?.(values, failures, micros);
    }
    const value = decoder.value();
    return (flags & frame.CHUNK) === 0
      ? () => caller.fulfil(value)
      : () => caller.complete?.(value as Float64Array, null, micros);
  }

  #later(settler: () => void): void {
    if (this.#settlers.push(settler) > 1) return;
    queueMicrotask(() => {
      const settlers = this.#settlers;
      this.#settlers = [];
      for (const settle of settlers) settle();
    });
  }

  // ---- calls this worker runs itself ------------------------------------------

  // Encoded and decoded like any other: nested calls share no objects.
  async #run(call: number, pending: Pending): Promise<void> {
    const { task, flags } = pending;
    const began = performance.now();
    const encoder = new Encoder(this.#mailbox, true);
    this.#own++;
    let status: number;
    try {
      const fn = await this.#loader.load(this.#known(task).record);
      this.#mailbox.lend(null);
      if ((flags & frame.CHUNK) === 0) {
        const args = this.#arguments(pending).value() as unknown[];
        const value = await called(this, fn, args);
        encoder.begin();
        encoder.value(value, "result");
        status = frame.RESULT_VALUE;
      } else {
        await this.#runChunk(pending, fn, encoder);
        status = frame.RESULT_OUTCOMES;
      }
    } catch (error) {
      encoder.begin();
      encoder.failure(error);
      status = frame.RESULT_FAILURE;
    }
    this.#own--;
    encoder.takeMoved();
    const bytes = encoder.take();
    const values = [...encoder.foreign];
    const micros = Math.ceil((performance.now() - began) * 1000);
    this.#receive({ kind: "outcome", call, status, micros, bytes, values });
  }

  async #runChunk(
    pending: Pending,
    fn: TaskFunction,
    encoder: Encoder,
  ): Promise<void> {
    const decoder = this.#arguments(pending);
    const items: unknown[] = [];
    for (let left = decoder.uint32(); left > 0; left--) {
      items.push(decoder.value());
    }
    const spread = (pending.flags & frame.SPREAD) !== 0;
    const values: unknown[] = new Array(items.length);
    const failures = new Map<number, unknown>();
    await Promise.all(items.map(async (item, index) => {
      try {
        const args = spread ? item as unknown[] : [item];
        values[index] = await called(this, fn, args);
      } catch (error) {
        failures.set(index, error);
      }
    }));
    encoder.begin();
    writeOutcomes(encoder, items.length, { values, failures });
  }

  #arguments({ bytes, values }: Pending): Decoder {
    const decoder = new Decoder({ bufferOf: (id) => this.#mailbox.find(id) });
    decoder.begin(bytes, 0, bytes.length, values);
    // The key was for the scheduler.
    decoder.value();
    return decoder;
  }
}

/** Calls a function as a task. */
function called(task: Running, fn: TaskFunction, args: unknown[]): unknown {
  const before = running.task;
  running.task = task;
  try {
    return fn(...args);
  } finally {
    running.task = before;
  }
}
