/**
 * The bytes of a message being taken apart: primitives, each checked against
 * the end of the message, because the memory behind it is shared and may hold
 * anything. It knows nothing of objects; see decoder.ts.
 */

import { CodecError } from "../errors.ts";
import { readLatin1, readUtf16 } from "../runtime/text.ts";
import { Shapes } from "./shape.ts";
import type { Shape } from "./shape.ts";
import { BLOB_BYTES } from "./tags.ts";

/** The error for bytes that are not a value. */
export function malformed(what: string, cause?: unknown): CodecError {
  return new CodecError("decode", `Cannot decode a message: ${what}`, {
    path: "",
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Takes primitives out of a message. */
export class Reader {
  readonly #shapes: Shapes = new Shapes();
  #bytes: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(this.#bytes.buffer);
  #start = 0;
  #at = 0;
  #end = 0;

  begin(bytes: Uint8Array, offset: number, length: number): void {
    if (!(offset >= 0 && length >= 0 && offset + length <= bytes.length)) {
      throw malformed(
        `${length} bytes at ${offset} are not within ${bytes.length}`,
      );
    }
    // The source is nearly always the same region: its view is kept.
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = new DataView(
        bytes.buffer,
        bytes.byteOffset,
        bytes.byteLength,
      );
    }
    this.#start = offset;
    this.#at = offset;
    this.#end = offset + length;
  }

  /** Bytes not read yet: the bound of every count, as nothing takes less than a byte. */
  get left(): number {
    return this.#end - this.#at;
  }

  byte(): number {
    return this.#bytes[this.#take(1)]!;
  }

  /** Passes over one byte if it is the given tag, and says whether it was. */
  skip(tag: number): boolean {
    if (this.#at >= this.#end || this.#bytes[this.#at] !== tag) return false;
    this.#at++;
    return true;
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#take(4), true);
  }

  float64(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  bigint64(): bigint {
    return this.#view.getBigInt64(this.#take(8), true);
  }

  latin1(length: number): string {
    const start = this.#take(length);
    return readLatin1(this.#bytes, start, start + length);
  }

  utf16(length: number): string {
    const start = this.#take(length * 2);
    return readUtf16(this.#bytes, start, start + length * 2);
  }

  /** The keys of an object, in the form `Writer.keys` gives them. */
  shape(): Shape {
    const count = this.byte();
    const size = this.byte();
    const start = this.#take(size);
    const shape = this.#shapes.find(this.#bytes, start, size, count);
    if (shape === undefined) throw malformed("a block of keys does not add up");
    return shape;
  }

  /** A count of things that take at least `unit` bytes each. */
  count(unit: number): number {
    const count = this.uint32();
    if (count * unit > this.left) {
      throw malformed(`${count} elements do not fit in ${this.left} bytes`);
    }
    return count;
  }

  int32s(target: unknown[]): void {
    const count = this.count(4);
    const start = this.#take(count * 4);
    const view = this.#view;
    // Reserved in one step: what is reserved is no more than twice the message.
    target.length = count;
    for (let i = 0; i < count; i++) {
      target[i] = view.getInt32(start + i * 4, true);
    }
  }

  float64s(target: unknown[]): void {
    const count = this.count(8);
    const start = this.#take(count * 8);
    const view = this.#view;
    target.length = count;
    for (let i = 0; i < count; i++) {
      target[i] = view.getFloat64(start + i * 8, true);
    }
  }

  /** Copies bytes out, never lends them: their memory is used again. */
  blob(target: Uint8Array): void {
    const size = target.length;
    const large = size >= BLOB_BYTES;
    if (large) this.#align();
    const start = this.#take(size);
    target.set(this.#bytes.subarray(start, start + size));
    if (large) this.#align();
  }

  /** Large contents lie at multiples of 8 from the start of the message. */
  #align(): void {
    this.#at = this.#start + Math.ceil((this.#at - this.#start) / 8) * 8;
  }

  #take(size: number): number {
    const start = this.#at;
    if (size > this.#end - start) {
      throw malformed(`it ends ${size - (this.#end - start)} bytes too early`);
    }
    this.#at = start + size;
    return start;
  }
}
