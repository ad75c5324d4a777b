/**
 * Calls into cells and results out of them: the host's hot path. It knows the
 * rings, the arena and the codec; who the workers are, it leaves to the crew.
 */
import {
  ARG_BYTES,
  ARG_LENGTH,
  ARG_OFFSET,
  ARG_SEGMENT,
  ARGS,
  FLAGS,
  FN,
  ITEM,
  NO_BLOCK,
  offsetOf,
  RingHost,
  segmentOf,
  type Shape,
  TASK_NUMBER,
} from "../../ring/mod.ts";
import { Encoder } from "../codec/mod.ts";
import { ARGS_BYTES, ARGS_KIND, INLINE, MAILED } from "../frame.ts";
import { Backlog } from "./backlog.ts";
import type { Call } from "./call.ts";
import type { ChunkCall } from "./chunk_call.ts";
import type { Courier } from "./courier.ts";
import { Pulse } from "./pulse.ts";

/** What the dispatcher asks of the crew. */
export interface CrewView {
  /** The result reader of the worker in a slot; settles the call in a finished cell. */
  settle(call: Call, cell: number, slot: number): void;
  /** The live worker that holds least, or -1. */
  leastLoaded(): number;
  /** Posts values that only structured clone carries. */
  postValues(slot: number, number: number, values: readonly unknown[]): void;
  /** Looks after what no event reports; called now and then while calls are outstanding. */
  audit(): void;
  /** All outstanding calls are settled. */
  idle(): void;
}

/** Places calls and takes results. */
export class Dispatcher {
  readonly host: RingHost;
  readonly pulse: Pulse;
  readonly courier: Courier;
  /** Calls that are neither settled nor rejected. */
  outstanding = 0;
  /** Told of every call that settled, however it ended. */
  onSettled: ((call: Call) => void) | null = null;
  readonly #crew: CrewView;
  readonly #words: Int32Array;
  readonly #floats: Float64Array;
  readonly #bytes: Uint8Array;
  readonly #calls: (Call | null)[];
  readonly #backlog = new Backlog();
  readonly #settleCell: (cell: number, slot: number) => void;
  #encoder: Encoder;
  #taskNumber = 0;

  constructor(shape: Shape, courier: Courier, crew: CrewView) {
    this.host = new RingHost(shape);
    this.courier = courier;
    this.#crew = crew;
    this.#words = this.host.words;
    this.#floats = new Float64Array(this.host.buffer);
    this.#bytes = new Uint8Array(this.host.buffer);
    this.#calls = new Array(shape.cells).fill(null);
    this.#encoder = new Encoder(courier);
    this.#settleCell = (cell, slot) => this.settleCell(cell, slot);
    this.pulse = new Pulse(this.host, this);
  }

  /** Calls that wait for a cell. */
  get waiting(): number {
    return this.#backlog.size;
  }

  /** An encoder that nobody is in the middle of using. */
  encoder(): Encoder {
    // A getter in a value may call back into the pool while it is encoded.
    return this.#encoder.busy ? new Encoder(this.courier) : this.#encoder;
  }

  /**
   * Accepts a call. With `encoder`, its arguments are what that holds; they
   * are in a cell, in the arena or copied before this returns.
   */
  submit(call: Call, encoder: Encoder | null): void {
    this.outstanding++;
    if (encoder === null) {
      if (call.numbers !== null && call.numbers.length * 8 > ARG_BYTES) {
        this.#storeNumbers(call);
      }
    } else {
      call.shared = this.courier.takeMet();
      this.#store(call, encoder);
    }
    if (this.#backlog.size > 0 || !this.#place(call)) {
      // The caller may change its array before a cell is free.
      if (call.numbers !== null) call.numbers = Array.from(call.numbers);
      this.#backlog.push(call);
    }
    this.pulse.stir();
  }

  /** One look at everything: settles what is finished and refills the rings. */
  turn(): number {
    const count = this.host.drain(this.#settleCell);
    this.refill();
    return count;
  }

  /** As {@link Crew.audit}. */
  audit(): void {
    this.#crew.audit();
  }

  /** Moves waiting calls into cells as far as there is room. */
  refill(): void {
    let placed = 0;
    while (this.#backlog.size > 0) {
      const call = this.#backlog.first as Call;
      if (!call.settled && !this.#place(call)) break;
      this.#backlog.shift();
      placed++;
    }
    if (placed > 0) this.host.publish();
  }

  /** Settles the call in a finished cell and frees the cell. */
  settleCell(cell: number, slot: number): void {
    const call = this.#calls[cell] as Call;
    const known = call.settled;
    this.#crew.settle(call, cell, slot);
    this.#forget(cell, call);
    if (!known) this.#done(call);
  }

  /** Takes the call out of a cell that a lost worker held; it is outstanding still. */
  evict(cell: number): Call {
    const call = this.#calls[cell] as Call;
    if (call.numbers !== null && call.block === NO_BLOCK) {
      const at = (this.host.layout.cell(cell) + ARGS) >> 1;
      // As they were sent: the caller may have changed its array since.
      call.numbers = this.#floats.slice(at, at + call.numbers.length);
    }
    this.#calls[cell] = null;
    call.cell = -1;
    return call;
  }

  /** Puts a call that never ran back, before everything that waits. */
  requeue(call: Call): void {
    if (call.settled) return;
    call.slot = -1;
    this.#backlog.unshift(call);
  }

  /** Ends a chunk all of whose items were lost. */
  completeLost(call: ChunkCall): void {
    if (call.settled) return;
    this.#freeBlock(call);
    call.completeLost();
    this.#done(call);
  }

  /** Ends a call that is in no cell. */
  reject(call: Call, error: unknown): void {
    if (call.settled) return;
    this.#freeBlock(call);
    call.fail(error);
    this.#done(call);
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

  /** Every call that is not settled, in cells or waiting. */
  *pending(): Iterable<Call> {
    for (const call of this.#calls) if (call !== null) yield call;
    for (const call of this.#backlog) if (!call.settled) yield call;
  }

  /** How many items of the chunk in `cell` may have started. */
  itemsStarted(cell: number): number {
    return this.#words[this.host.layout.cell(cell) + ITEM] as number;
  }

  // ---- arguments --------------------------------------------------------------

  #store(call: Call, encoder: Encoder): void {
    const length = encoder.end();
    const foreign = encoder.foreign.length === 0 ? NONE : [...encoder.foreign];
    let block = NO_BLOCK;
    let bytes: Uint8Array | null = null;
    if (length <= ARG_BYTES) encoder.copyTo(bytes = new Uint8Array(length), 0);
    else {
      block = this.courier.arena.allocate(length);
      encoder.copyTo(this.courier.arena.bytes(block), offsetOf(block));
    }
    call.block = block;
    call.payload = { bytes, block, length, foreign };
    call.flags = (call.flags & ~ARGS_KIND) | ARGS_BYTES |
      (foreign.length > 0 ? MAILED : 0);
  }

  #storeNumbers(call: Call): void {
    const numbers = call.numbers as ArrayLike<number>;
    const { arena } = this.courier;
    call.block = arena.allocate(numbers.length * 8);
    new Float64Array(
      arena.bytes(call.block).buffer,
      offsetOf(call.block),
      numbers.length,
    ).set(numbers);
  }

  // ---- cells ------------------------------------------------------------------

  #place(call: Call): boolean {
    let slot = call.slot;
    if (slot < 0 && (call.flags & MAILED) !== 0) {
      slot = this.#crew.leastLoaded();
      if (slot < 0) return false;
    }
    const cell = this.host.acquire();
    if (cell < 0) return false;
    this.#write(call, cell);
    if ((call.flags & MAILED) !== 0) {
      this.#crew.postValues(
        slot,
        this.#taskNumber,
        call.payload?.foreign as readonly unknown[],
      );
    }
    const staged = slot < 0
      ? this.host.stage(call.queue, cell)
      : this.host.stageFor(slot, cell);
    if (!staged) {
      this.host.release(cell);
      return false;
    }
    this.#calls[cell] = call;
    call.cell = cell;
    return true;
  }

  #write(call: Call, cell: number): void {
    const words = this.#words;
    const base = this.host.layout.cell(cell);
    // plain: all of it is published with the ticket in STATE
    words[base + FN] = this.courier.numberOf(call.task);
    words[base + FLAGS] = call.flags;
    words[base + ITEM] = call.skip;
    words[base + TASK_NUMBER] =
      this.#taskNumber =
        (this.#taskNumber + 1) & 0x7fffffff;
    words[base + ARG_SEGMENT] = INLINE;
    const { numbers, payload, block } = call;
    if (numbers !== null) {
      words[base + ARG_LENGTH] = numbers.length;
      if (block === NO_BLOCK) {
        const at = (base + ARGS) >> 1;
        for (let i = 0; i < numbers.length; i++) {
          this.#floats[at + i] = numbers[i] as number;
        }
      }
    } else if (payload !== null) {
      words[base + ARG_LENGTH] = payload.length / 8;
      if (payload.bytes !== null) {
        this.#bytes.set(payload.bytes, (base + ARGS) * 4);
      }
    }
    if (block !== NO_BLOCK) {
      words[base + ARG_SEGMENT] = segmentOf(block);
      words[base + ARG_OFFSET] = offsetOf(block) / 8;
    }
  }

  #forget(cell: number, call: Call): void {
    this.#calls[cell] = null;
    call.cell = -1;
    this.host.release(cell);
    this.#freeBlock(call);
  }

  #freeBlock(call: Call): void {
    if (call.block === NO_BLOCK) return;
    this.courier.arena.free(call.block);
    call.block = NO_BLOCK;
  }

  #done(call: Call): void {
    if (this.onSettled !== null) {
      try {
        this.onSettled(call);
      } catch (error) {
        // The user's scheduler failed; that is the program's business, not this call's.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
    if (--this.outstanding === 0) this.#crew.idle();
  }
}

const NONE: readonly unknown[] = [];
