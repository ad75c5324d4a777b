/**
 * Calls into cells and results out of them: the host's hot path. It knows the
 * rings, the arena and the codec; who the workers are, it leaves to the crew.
 */
import {
  ARG_BYTES,
  ITEM,
  RESULT_TIME,
  RingHost,
  type Shape,
  TASK_NUMBER,
} from "../../ring/mod.ts";
import { Encoder } from "../codec/mod.ts";
import { CHUNK, SAMPLED } from "../frame.ts";
import { ArgumentWriter } from "./arguments.ts";
import { Backlog } from "./backlog.ts";
import type { Call } from "./call.ts";
import type { ChunkCall } from "./chunk_call.ts";
import type { Courier } from "./courier.ts";
import { Demand } from "./demand.ts";
import { Pulse } from "./pulse.ts";
import { Retries } from "./retries.ts";
import { Tally } from "./stats.ts";
import type { Times } from "./times.ts";

/** What the dispatcher asks of the crew. */
export interface CrewView {
  /** Settles the call in a finished cell; answers the times of the worker in that slot. */
  settle(call: Call, cell: number, slot: number): Times;
  /** The slot of the worker in the place of a call that is bound to one; -1: none now. */
  slotFor(call: Call): number;
  /** A worker posted something that wants attention. */
  attend(slot: number): void;
  /** Looks after what no event reports, now and then while calls are outstanding; answers whether there may soon be more of it. */
  audit(): boolean;
  /** All outstanding calls are settled. */
  idle(): void;
}

/** Calls whose worker writes down how long they ran. */
const TIMED = CHUNK | SAMPLED;
/** Calls after which what is staged is published at the latest. */
const PUBLISH_EVERY = 32;
/** Waiting calls between two looks for results while no cell is free. */
const LOOK_EVERY = 64;

/** Places calls and takes results. */
export class Dispatcher {
  readonly host: RingHost;
  readonly pulse: Pulse;
  readonly courier: Courier;
  readonly tally: Tally = new Tally();
  /** Calls that are neither settled nor rejected. */
  outstanding = 0;
  /** Told of every call that settled, however it ended; does not throw. */
  onSettled: ((call: Call) => void) | null = null;
  readonly #crew: CrewView;
  readonly #words: Int32Array;
  readonly #arguments: ArgumentWriter;
  readonly #calls: (Call | null)[];
  readonly #backlog = new Backlog();
  readonly #demand = new Demand();
  /** Calls for one worker that ended and has no successor yet. */
  readonly #stranded: Call[] = [];
  readonly #retries = new Retries((call) => this.#submitAgain(call));
  readonly #settleCell: (cell: number, slot: number) => void;
  readonly #attend = (slot: number): void => this.#crew.attend(slot);
  #encoder: Encoder;
  #turning = false;
  #submitted = 0;

  constructor(shape: Shape, courier: Courier, crew: CrewView) {
    this.host = new RingHost(shape);
    this.courier = courier;
    this.#crew = crew;
    this.#words = this.host.words;
    this.#arguments = new ArgumentWriter(this.host, courier);
    this.#calls = new Array(shape.cells).fill(null);
    this.#encoder = new Encoder(courier, true);
    this.#settleCell = (cell, slot) => this.settleCell(cell, slot);
    this.pulse = new Pulse(this.host, this, courier.apart);
  }

  /** Whether the next call gets a cell at once. */
  get hasRoom(): boolean {
    return this.#backlog.size === 0 && this.host.freeCells > 0;
  }

  /** An encoder that nobody is in the middle of using. */
  encoder(): Encoder {
    // A getter in a value may call back into the pool while it is encoded.
    return this.#encoder.busy ? new Encoder(this.courier, true) : this.#encoder;
  }

  /**
   * Accepts a call. With `encoder`, its arguments are what that holds; they
   * are in a cell, in the arena or copied before this returns.
   */
  submit(call: Call, encoder: Encoder | null): void {
    this.tally.submitted(call);
    // What a task captured may not travel: known before a cell is taken.
    if (this.courier.apart) this.courier.numberOf(call.task);
    if (encoder !== null) this.#arguments.prepare(call, encoder);
    else if (call.numbers !== null && call.numbers.length * 8 > ARG_BYTES) {
      this.#arguments.storeNumbers(call);
    }
    try {
      if (this.#backlog.size > 0 || !this.#place(call, encoder)) {
        this.#arguments.keep(call, encoder);
        this.#backlog.push(call);
      }
    } catch (error) {
      this.#arguments.free(call);
      throw error;
    }
    this.#demand.enter(call);
    // Workers start while the caller is still submitting, and the first at once.
    const first = this.outstanding++ === 0;
    if (++this.#submitted % PUBLISH_EVERY === 0 || first) this.publish();
    this.pulse.stir();
    if (this.#backlog.size % LOOK_EVERY === 1 && !this.#turning) this.turn();
  }

  /** One look at everything: settles what is finished and refills the rings. */
  turn(): number {
    this.#turning = true;
    const count = this.host.drain(this.#settleCell, this.#attend);
    this.#turning = false;
    this.refill();
    return count;
  }

  /** As {@link Crew.audit}. */
  audit(): boolean {
    return this.#crew.audit() || this.#backlog.size > 0;
  }

  /** Moves waiting calls into cells as far as there is room. */
  refill(): void {
    let placed = 0;
    while (this.#backlog.size > 0) {
      const call = this.#backlog.first as Call;
      try {
        if (!call.settled && !this.#place(call, null)) break;
      } catch (error) {
        this.reject(call, error);
      }
      this.#backlog.shift();
      placed++;
    }
    if (placed > 0) this.publish();
  }

  /** Makes what is staged visible, and sees that workers enough are awake. */
  publish(): void {
    this.host.publish(this.#demand.workers);
  }

  /** Settles the call in a finished cell and frees the cell. */
  settleCell(cell: number, slot: number): void {
    const call = this.#calls[cell] as Call;
    const known = call.settled;
    const times = this.#crew.settle(call, cell, slot);
    if (!call.settled) {
      this.evict(cell);
      this.host.release(cell);
      return this.#tryAgain(call);
    }
    if ((call.flags & TIMED) !== 0 && !known && call.failures === 0) {
      const at = this.host.layout.cell(cell) + RESULT_TIME;
      const micros = this.#words[at] as number;
      this.tally.ran(call, micros, times);
      this.#demand.learn(call, micros);
    }
    this.#forget(cell, call);
    if (!known) this.#done(call);
  }

  /** Takes the call out of a cell that a lost worker held; it is outstanding still. */
  evict(cell: number): Call {
    const call = this.#calls[cell] as Call;
    this.#arguments.rescue(call, cell);
    this.#calls[cell] = null;
    call.cell = -1;
    return call;
  }

  /** Puts a call that never ran back, before everything that waits. */
  requeue(call: Call): void {
    if (call.settled) return this.#arguments.free(call);
    call.slot = -1;
    this.#backlog.unshift(call);
  }

  /** A call failed that is in no cell, and may be tried again. */
  fail(call: Call, error: unknown): void {
    if (call.settled) return this.#arguments.free(call);
    call.fail(error);
    this.#failed(call);
  }

  /** The same of a chunk all of whose items were lost. */
  failLost(call: ChunkCall): void {
    if (call.settled) return this.#arguments.free(call);
    call.completeLost();
    this.#failed(call);
  }

  /** Ends a call that is in no cell. */
  reject(call: Call, error: unknown): void {
    call.will?.giveUp();
    this.fail(call, error);
  }

  /** Ends a call that a worker has started; its cell stays taken until that is done with it. */
  abandon(call: Call, reason: unknown): void {
    call.will?.giveUp();
    call.fail(reason);
    this.#done(call);
  }

  /** The call in a cell, settled or not. */
  callIn(cell: number): Call | null {
    return this.#calls[cell] as Call | null;
  }

  /** The slot of its worker for each call that one has started and not finished. */
  get held(): number[] {
    return this.#calls.map((call, cell) =>
      call === null || call.settled ? -1 : this.host.runnerOf(cell)
    ).filter((slot) => slot >= 0);
  }

  /** What travels beside the arguments of a task that was started; nothing for one that nobody waits for. */
  give(cell: number, number: number): readonly unknown[] {
    const call = this.numberIn(cell) === number ? this.callIn(cell) : null;
    return call === null || call.settled ? [] : call.give();
  }

  /** Whether a worker runs something that somebody waits for. */
  isBusy(slot: number): boolean {
    return this.held.includes(slot);
  }

  /** The unsettled call with this TASK_NUMBER, if it is in a cell. */
  numbered(number: number): Call | null {
    return this.#calls.find((call, cell) =>
      call !== null && !call.settled && this.numberIn(cell) === number
    ) ?? null;
  }

  /** The TASK_NUMBER in a cell. */
  numberIn(cell: number): number {
    return this.#words[this.host.layout.cell(cell) + TASK_NUMBER] as number;
  }

  /** Takes back a call that no worker has started; false when one may have. */
  cancel(call: Call, error: unknown): boolean {
    if (call.settled) return false;
    if (call.cell >= 0) {
      const { cell } = call;
      if (!this.host.cancel(cell)) return false;
      this.evict(cell);
      this.host.release(cell);
    }
    this.reject(call, error);
    return true;
  }

  /** The same for a call that the pool made itself and needs no more. */
  withdraw(call: Call, why: Error): boolean {
    const done = this.cancel(call, why);
    if (done) this.tally.withdrawn(call);
    return done;
  }

  /** Every call that is not settled, in cells or waiting. */
  *pending(): Iterable<Call> {
    for (const call of this.#calls) {
      if (call !== null && !call.settled) yield call;
    }
    for (const call of this.#backlog) if (!call.settled) yield call;
    for (const call of this.#stranded) if (!call.settled) yield call;
    yield* this.#retries;
  }

  /** A worker has started: calls that wait for it are placed. */
  rescue(): void {
    this.#stranded.splice(0).reverse().forEach((call) => this.requeue(call));
    this.refill();
  }

  /** How many items of the chunk in `cell` may have started. */
  itemsStarted(cell: number): number {
    return this.#words[this.host.layout.cell(cell) + ITEM] as number;
  }

  // ---- cells ------------------------------------------------------------------

  #place(call: Call, encoder: Encoder | null): boolean {
    let slot = -1;
    if (call.place >= 0) {
      slot = this.#crew.slotFor(call);
      if (slot < 0) {
        this.#arguments.keep(call, encoder);
        return this.#stranded.push(call) > 0;
      }
    }
    const cell = this.host.acquire();
    if (cell < 0) return false;
    this.#arguments.write(call, cell, encoder);
    const staged = slot < 0
      ? this.host.stage(call.queue, cell)
      : this.host.stageFor(slot, cell);
    if (!staged) {
      this.#arguments.rescue(call, cell);
      this.host.release(cell);
      return false;
    }
    this.#calls[cell] = call;
    call.cell = cell;
    call.slot = slot;
    return true;
  }

  #forget(cell: number, call: Call): void {
    this.#calls[cell] = null;
    call.cell = -1;
    this.host.release(cell);
    this.#arguments.free(call);
  }

  #failed(call: Call): void {
    if (!call.settled) return this.#tryAgain(call);
    this.#arguments.free(call);
    this.#done(call);
  }

  #tryAgain(call: Call): void {
    this.tally.again(call);
    this.#retries.add(call);
  }

  #submitAgain(call: Call): void {
    this.requeue(call);
    this.refill();
    this.pulse.stir();
  }

  #done(call: Call): void {
    this.tally.settled(call);
    this.#demand.leave(call);
    if (call.will !== null) {
      call.will.end();
      this.#retries.forget(call);
    }
    this.onSettled?.(call);
    if (--this.outstanding === 0) this.#crew.idle();
  }
}
