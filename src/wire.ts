/**
 * The byte stream between a host and a child process: frames of whole 8-byte
 * units, each a length, a kind and a body. Both ends run the same version, so
 * a frame that makes no sense means that the stream is lost, not old.
 */
import { CodecError } from "./errors.ts";

// Kinds of frames. To the child:
/** What it boots with, encoded. */
export const BOOT = 1;
/** A task: TASK_WORDS words, then its arguments. */
export const TASK = 2;
/** Finish what you hold and end. */
export const LEAVE = 3;
// To the host:
/** The child takes tasks. */
export const READY = 4;
/** A finished task: DONE_WORDS words, then its result. */
export const DONE = 5;
/** Started tasks so far, how many of them are unfinished, how many may be, and milliseconds tasks ran. */
export const PROGRESS = 6;
/** A task that was taken back before it started: its cell, and which sending. */
export const RETURNED = 7;
// Both ways:
/** A message of src/mail.ts, encoded. */
export const MAIL = 8;

/** Cell, FN, FLAGS, ITEM, TASK_NUMBER, ARG_LENGTH, CANCEL, and which sending this is. */
export const TASK_WORDS = 8;
/** Cell, RESULT_STATUS, RESULT_LENGTH, RESULT_TIME. */
export const DONE_WORDS = 4;

const HEADER = 8;
const LEAST = 16 * 1024;
/** Bytes that one frame can hold, at most. */
export const LONGEST: number = 2 ** 31 - 2 * HEADER;

/** What an encoder holds. */
export interface Message {
  end(): number;
  copyTo(target: Uint8Array, offset: number): void;
}

/** Collects frames. */
export class FrameWriter {
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(LEAST);
  #words: Int32Array = new Int32Array(this.#bytes.buffer);
  #length = 0;

  /** Bytes of complete frames. */
  get length(): number {
    return this.#length;
  }

  /**
   * Adds a frame with a body of `length` bytes, which is rounded up to whole
   * units; answers where the body starts, in bytes.
   */
  add(kind: number, length: number): number {
    const total = HEADER + Math.ceil(length / 8) * 8;
    this.#grow(total);
    const at = this.#length;
    this.#words[at / 4] = total;
    this.#words[at / 4 + 1] = kind;
    this.#length = at + total;
    return at + HEADER;
  }

  /** Adds a frame with an encoded message. */
  addMessage(kind: number, message: Message): void {
    const at = this.add(kind, message.end());
    message.copyTo(this.#bytes, at);
  }

  /** All bytes, to write the body into; valid until the next {@link add}. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** The same as words. */
  get words(): Int32Array {
    return this.#words;
  }

  /** The frames so far; whoever takes them owns them. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.#length);
    this.#bytes = new Uint8Array(LEAST);
    this.#words = new Int32Array(this.#bytes.buffer);
    this.#length = 0;
    return taken;
  }

  /** The frames so far, to be copied before the next {@link add}. */
  lend(): Uint8Array {
    const lent = this.#bytes.subarray(0, this.#length);
    this.#length = 0;
    return lent;
  }

  #grow(by: number): void {
    const needed = this.#length + by;
    if (needed <= this.#bytes.length) return;
    const bytes = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    bytes.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = bytes;
    this.#words = new Int32Array(bytes.buffer);
  }
}

/** Cuts a stream into frames. */
export class FrameReader {
  /** Where the current frame lies; valid while `onFrame` runs. */
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(LEAST);
  words: Int32Array = new Int32Array(this.bytes.buffer);
  readonly #onFrame: (kind: number, start: number, end: number) => void;
  #length = 0;

  /** `onFrame` hears of every frame: its body is bytes `start` to `end`. */
  constructor(onFrame: (kind: number, start: number, end: number) => void) {
    this.#onFrame = onFrame;
  }

  /** Takes bytes as they come. @throws CodecError when they are no frames */
  feed(chunk: Uint8Array): void {
    this.#append(chunk);
    let at = 0;
    while (this.#length - at >= HEADER) {
      const total = this.words[at / 4] as number;
      const kind = this.words[at / 4 + 1] as number;
      const whole = total >= HEADER && total <= LONGEST && total % 8 === 0;
      // Also before the rest has come: a length that is none is never reached.
      if (!whole || kind < BOOT || kind > MAIL) {
        throw new CodecError(
          "decode",
          `Cannot read the stream of a process: expected a frame, found one of kind ${kind} and ${total} bytes`,
          { path: "stream" },
        );
      }
      if (this.#length - at < total) {
        this.#reserve(at, total);
        break;
      }
      this.#onFrame(kind, at + HEADER, at + total);
      at += total;
    }
    this.#drop(at);
  }

  #append(chunk: Uint8Array): void {
    const needed = this.#length + chunk.length;
    if (needed > this.bytes.length) {
      this.#resize(Math.max(needed, this.bytes.length * 2));
    }
    this.bytes.set(chunk, this.#length);
    this.#length = needed;
  }

  // A long frame gets its room at once instead of by doubling.
  #reserve(at: number, total: number): void {
    if (at + total > this.bytes.length) this.#resize(at + total);
  }

  #resize(size: number): void {
    const bytes = new Uint8Array(Math.ceil(size / 8) * 8);
    bytes.set(this.bytes.subarray(0, this.#length));
    this.bytes = bytes;
    this.words = new Int32Array(bytes.buffer);
  }

  #drop(count: number): void {
    if (count === 0) return;
    this.bytes.copyWithin(0, count, this.#length);
    this.#length -= count;
    // One long frame must not be paid for in memory for ever.
    if (this.#length === 0 && this.bytes.length > 64 * LEAST) {
      this.#resize(LEAST);
    }
  }
}
