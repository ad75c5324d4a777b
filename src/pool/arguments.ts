/**
 * The arguments of calls: in cells, in the arena, or on the heap while there
 * is no cell. What workers read with the reader of the same name.
 */
import {
  ARG_BYTES,
  ARG_LENGTH,
  ARG_OFFSET,
  ARG_SEGMENT,
  ARGS,
  CANCEL,
  FLAGS,
  FN,
  ITEM,
  type Layout,
  NO_BLOCK,
  offsetOf,
  type RingHost,
  segmentOf,
  TASK_NUMBER,
} from "../../ring/mod.ts";
import type { Encoder } from "../codec/mod.ts";
import { ARGS_BYTES, ARGS_KIND, INLINE, MAILED, REPORTED } from "../frame.ts";
import { LONGEST, TASK_WORDS } from "../wire.ts";
import { CodecError } from "../errors.ts";
import type { Call } from "./call.ts";
import type { Courier } from "./courier.ts";

/** Bytes of arguments that one frame to another process can hold. */
const MOST_APART = LONGEST - TASK_WORDS * 4;

/** Writes arguments where workers look for them. */
export class ArgumentWriter {
  readonly #courier: Courier;
  readonly #layout: Layout;
  readonly #words: Int32Array;
  readonly #floats: Float64Array;
  readonly #bytes: Uint8Array;
  #taskNumber = 0;

  constructor(host: RingHost, courier: Courier) {
    this.#courier = courier;
    this.#layout = host.layout;
    this.#words = host.words;
    this.#floats = new Float64Array(host.buffer);
    this.#bytes = new Uint8Array(host.buffer);
  }

  /** Takes what `encoder` holds: into the arena if it is large. */
  prepare(call: Call, encoder: Encoder): void {
    call.shared = this.#courier.takeMet();
    call.flags = (call.flags & ~ARGS_KIND) | ARGS_BYTES;
    const length = call.length = encoder.end();
    if (this.#courier.apart && length > MOST_APART) {
      throw new CodecError(
        "encode",
        `Cannot encode args: ${length} bytes are too many for another process, send them in parts`,
        { path: "args" },
      );
    }
    if (call.place >= 0 && encoder.gives) {
      throw new CodecError(
        "encode",
        "Cannot encode args: what is moved can go to one worker only, pass a copy or shared memory",
        { path: "args" },
      );
    }
    if (length > ARG_BYTES) {
      call.block = this.#courier.arena.allocate(length);
    }
    // Nothing refuses the call from here on.
    encoder.takeMoved();
    if (encoder.foreign.length > 0) {
      call.foreign = [...encoder.foreign];
      call.flags |= MAILED;
    }
    const { block } = call;
    if (block === NO_BLOCK) return;
    encoder.copyTo(this.#courier.arena.bytes(block), offsetOf(block));
  }

  /** There is no cell now, and the caller may change what it passed. */
  keep(call: Call, encoder: Encoder | null): void {
    if (call.block !== NO_BLOCK) return;
    if (call.numbers !== null) call.numbers = Array.from(call.numbers);
    else if (encoder !== null && call.bytes === null) {
      encoder.copyTo(call.bytes = new Uint8Array(call.length), 0);
    }
  }

  /** Copies the arguments out of a cell, as they were sent: the caller may have changed them since. */
  rescue(call: Call, cell: number): void {
    if (call.block !== NO_BLOCK) return;
    const base = this.#layout.cell(cell);
    const at = (base + ARGS) * 4;
    if (call.numbers !== null) {
      const count = this.#words[base + ARG_LENGTH] as number;
      call.numbers = this.#floats.slice(at / 8, at / 8 + count);
    } else if (call.length > 0) {
      call.bytes = this.#bytes.slice(at, at + call.length);
    }
  }

  /** Puts numbers that do not fit into a cell into the arena. */
  storeNumbers(call: Call): void {
    const numbers = call.numbers as ArrayLike<number>;
    const { arena } = this.#courier;
    call.block = arena.allocate(numbers.length * 8);
    new Float64Array(
      arena.bytes(call.block).buffer,
      offsetOf(call.block),
      numbers.length,
    ).set(numbers);
  }

  /** Fills a cell; answers the number of its task. */
  write(call: Call, cell: number, encoder: Encoder | null): number {
    const words = this.#words;
    const base = this.#layout.cell(cell);
    // plain: all of it is published with the ticket in STATE
    words[base + FN] = this.#courier.numberOf(call.task);
    words[base + FLAGS] = call.will?.onProgress === undefined
      ? call.flags
      : call.flags | REPORTED;
    words[base + ITEM] = call.skip;
    words[base + TASK_NUMBER] =
      this.#taskNumber =
        (this.#taskNumber + 1) & 0x7fffffff;
    words[base + CANCEL] = (call.will?.attempt ?? 1) << 1;
    words[base + ARG_SEGMENT] = INLINE;
    const { numbers, bytes, block } = call;
    if (numbers !== null) {
      words[base + ARG_LENGTH] = numbers.length;
      if (block === NO_BLOCK) {
        const at = (base + ARGS) >> 1;
        for (let i = 0; i < numbers.length; i++) {
          this.#floats[at + i] = numbers[i] as number;
        }
      }
    } else if (call.length > 0) {
      words[base + ARG_LENGTH] = call.length / 8;
      if (bytes !== null) this.#bytes.set(bytes, (base + ARGS) * 4);
      else if (block === NO_BLOCK) {
        encoder?.copyTo(this.#bytes, (base + ARGS) * 4);
      }
    }
    if (block !== NO_BLOCK) {
      words[base + ARG_SEGMENT] = segmentOf(block);
      words[base + ARG_OFFSET] = offsetOf(block) / 8;
    }
    return this.#taskNumber;
  }

  /** Gives its place in the arena back. */
  free(call: Call): void {
    if (call.block === NO_BLOCK) return;
    this.#courier.arena.free(call.block);
    call.block = NO_BLOCK;
  }
}
