/**
 * The bytes of a message under construction: primitives into a private scratch
 * that doubles as needed, and large buffers only remembered, so that they are
 * copied once, to where they belong. It knows nothing of objects; see walk.ts.
 */

import * as tags from "./tags.ts";
import { writeAscii, writeUtf16 } from "../runtime/text.ts";

const FIRST_BYTES = 4096;
/** Scratch beyond this is given back as soon as its message is copied. */
const KEPT_BYTES = 1 << 20;
/** Up to here a loop over words beats `set` and the view it needs. */
const LOOPED_BYTES = 192;
/** A block of keys carries its size and its count in one byte each. */
const BLOCK_BYTES = 255;

interface Blob {
  /** Where in the scratch the blob belongs; always a multiple of 8. */
  readonly at: number;
  readonly source: Uint8Array;
  readonly size: number;
}

/** A point to which a writer can be rolled back. */
export interface Mark {
  readonly at: number;
  readonly blobs: number;
  readonly blobBytes: number;
}

/** Appends primitives to a message and moves it out. */
export class Writer {
  #bytes: Uint8Array = new Uint8Array(FIRST_BYTES);
  #view: DataView = new DataView(this.#bytes.buffer);
  #at = 0;
  readonly #blobs: Blob[] = [];
  #blobBytes = 0;
  // The target is nearly always the same region: its word view is kept.
  #target: Uint8Array | undefined;
  #words: Int32Array | undefined;
  #ownWords: Int32Array = new Int32Array(this.#bytes.buffer);

  clear(): void {
    this.#at = 0;
    this.#blobBytes = 0;
    if (this.#blobs.length > 0) this.#blobs.length = 0;
    if (this.#bytes.length > KEPT_BYTES) {
      this.#adopt(new Uint8Array(FIRST_BYTES));
    }
  }

  mark(): Mark {
    return {
      at: this.#at,
      blobs: this.#blobs.length,
      blobBytes: this.#blobBytes,
    };
  }

  rollback(mark: Mark): void {
    this.#at = mark.at;
    this.#blobBytes = mark.blobBytes;
    this.#blobs.length = mark.blobs;
  }

  byte(value: number): void {
    if (this.#at >= this.#bytes.length) this.#grow(1);
    this.#bytes[this.#at++] = value;
  }

  uint32(value: number): void {
    if (this.#at + 4 > this.#bytes.length) this.#grow(4);
    this.#view.setUint32(this.#at, value, true);
    this.#at += 4;
  }

  float64(value: number): void {
    if (this.#at + 8 > this.#bytes.length) this.#grow(8);
    this.#view.setFloat64(this.#at, value, true);
    this.#at += 8;
  }

  number(value: number): void {
    if (this.#at + 9 > this.#bytes.length) this.#grow(9);
    const integer = value | 0;
    // -0 has no integer form and must not become one.
    if (integer !== value || (value === 0 && 1 / value < 0)) {
      this.#bytes[this.#at] = tags.FLOAT64;
      this.#view.setFloat64(this.#at + 1, value, true);
      this.#at += 9;
    } else if (integer >= 0 && integer < 128) {
      this.#bytes[this.#at++] = tags.SMALL | integer;
    } else {
      this.#bytes[this.#at] = tags.INT32;
      this.#view.setInt32(this.#at + 1, integer, true);
      this.#at += 5;
    }
  }

  bigint(value: bigint): void {
    if (BigInt.asIntN(64, value) === value) {
      this.byte(tags.BIGINT64);
      if (this.#at + 8 > this.#bytes.length) this.#grow(8);
      this.#view.setBigInt64(this.#at, value, true);
      this.#at += 8;
      return;
    }
    this.byte(tags.BIGINT_LONG);
    this.byte(value < 0n ? 1 : 0);
    this.text((value < 0n ? -value : value).toString(16));
  }

  text(text: string): void {
    const length = text.length;
    if (length > tags.SHORT_TEXT) {
      this.#longText(text);
      return;
    }
    if (this.#at + length + 1 > this.#bytes.length) this.#grow(length + 1);
    const bytes = this.#bytes;
    const start = this.#at + 1;
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 0xff) {
        this.#wideText(text);
        return;
      }
      bytes[start + i] = unit;
    }
    bytes[start - 1] = tags.TEXT_SHORT | length;
    this.#at = start + length;
  }

  /**
   * Writes all keys of an object in one block, the form whose decoding can be
   * looked up, and says whether they fitted; if not, nothing was written.
   */
  keys(keys: readonly string[]): boolean {
    const count = keys.length;
    if (count > BLOCK_BYTES) return false;
    const start = this.#at + 3;
    if (start + BLOCK_BYTES > this.#bytes.length) this.#grow(BLOCK_BYTES + 3);
    const bytes = this.#bytes;
    const end = start + BLOCK_BYTES;
    let at = start;
    for (let i = 0; i < count; i++) {
      const key = keys[i]!;
      const length = key.length;
      if (at + length + 1 > end) return false;
      bytes[at++] = length;
      for (let j = 0; j < length; j++) {
        const unit = key.charCodeAt(j);
        if (unit > 0xff) return false;
        bytes[at++] = unit;
      }
    }
    bytes[start - 3] = tags.OBJECT;
    bytes[start - 2] = count;
    bytes[start - 1] = at - start;
    this.#at = at;
    return true;
  }

  /** Writes an array as packed numbers if it holds nothing else, and says whether it did. */
  numbers(array: readonly unknown[]): boolean {
    const length = array.length;
    // Two looks spare most mixed arrays the attempt.
    if (typeof array[0] !== "number" || typeof array[length - 1] !== "number") {
      return false;
    }
    const start = this.#at + 5;
    if (start + length * 4 > this.#bytes.length) this.#grow(length * 4 + 5);
    const view = this.#view;
    for (let i = 0, at = start; i < length; i++, at += 4) {
      const value = array[i];
      if (typeof value !== "number") return false;
      const integer = value | 0;
      if (integer !== value || (value === 0 && 1 / value < 0)) {
        return this.#floats(array);
      }
      view.setInt32(at, integer, true);
    }
    this.#bytes[start - 5] = tags.ARRAY_INT32;
    view.setUint32(start - 4, length, true);
    this.#at = start + length * 4;
    return true;
  }

  /** Writes the content of a buffer, or remembers a large one for `copyTo`. */
  blob(buffer: ArrayBuffer, size: number): void {
    const source = new Uint8Array(buffer, 0, size);
    if (size >= tags.BLOB_BYTES) {
      this.#align();
      this.#blobs.push({ at: this.#at, source, size });
      // Not by bit operations: a size may exceed 2^31.
      this.#blobBytes += Math.ceil(size / 8) * 8;
      return;
    }
    if (this.#at + size > this.#bytes.length) this.#grow(size);
    this.#bytes.set(source, this.#at);
    this.#at += size;
  }

  /** Reads what it remembers of `buffer` from another one with the same content. */
  replace(buffer: ArrayBuffer, by: ArrayBuffer): void {
    for (const [i, { at, source, size }] of this.#blobs.entries()) {
      if (source.buffer !== buffer) continue;
      this.#blobs[i] = { at, source: new Uint8Array(by, 0, size), size };
    }
  }

  /** The size of the message so far, rounded up to whole 8 bytes. */
  end(): number {
    this.#align();
    return this.#at + this.#blobBytes;
  }

  /** Moves the message to its target and forgets it. */
  copyTo(target: Uint8Array, offset: number): void {
    if (this.#blobs.length > 0) this.#copyBlobs(target, offset);
    else if (
      this.#at > LOOPED_BYTES || (target.byteOffset + offset & 3) !== 0
    ) {
      target.set(this.#bytes.subarray(0, this.#at), offset);
    } else this.#copyWords(target, offset);
    this.clear();
  }

  #copyWords(target: Uint8Array, offset: number): void {
    if (target !== this.#target) {
      this.#target = target;
      const spare = target.byteOffset & 3;
      this.#words = spare === 0
        ? new Int32Array(
          target.buffer,
          target.byteOffset,
          target.byteLength >> 2,
        )
        : undefined;
    }
    const words = this.#words;
    const own = this.#ownWords;
    const count = this.#at + 3 >> 2;
    const first = offset / 4;
    if (words === undefined || first + count > words.length) {
      target.set(this.#bytes.subarray(0, this.#at), offset);
      return;
    }
    for (let i = 0; i < count; i++) words[first + i] = own[i]!;
  }

  #copyBlobs(target: Uint8Array, offset: number): void {
    let from = 0;
    let to = offset;
    for (const { at, source, size } of this.#blobs) {
      target.set(this.#bytes.subarray(from, at), to);
      to += at - from;
      from = at;
      // Shrunk or detached since: the promised size must stand, so zeros take its place.
      if (source.byteLength === size) target.set(source, to);
      else target.fill(0, to, to + size);
      to += Math.ceil(size / 8) * 8;
    }
    target.set(this.#bytes.subarray(from, this.#at), to);
  }

  #floats(array: readonly unknown[]): boolean {
    const length = array.length;
    const start = this.#at + 5;
    if (start + length * 8 > this.#bytes.length) this.#grow(length * 8 + 5);
    const view = this.#view;
    for (let i = 0, at = start; i < length; i++, at += 8) {
      const value = array[i];
      if (typeof value !== "number") return false;
      view.setFloat64(at, value, true);
    }
    this.#bytes[start - 5] = tags.ARRAY_FLOAT64;
    view.setUint32(start - 4, length, true);
    this.#at = start + length * 8;
    return true;
  }

  #longText(text: string): void {
    const length = text.length;
    // Room for the attempt: `writeAscii` looks four bytes further.
    if (this.#at + length + 9 > this.#bytes.length) this.#grow(length + 9);
    if (!writeAscii(this.#bytes, this.#at + 5, text)) {
      this.#wideText(text);
      return;
    }
    this.#bytes[this.#at] = tags.TEXT_LATIN1;
    this.#view.setUint32(this.#at + 1, length, true);
    this.#at += length + 5;
  }

  #wideText(text: string): void {
    const length = text.length;
    if (this.#at + length * 2 + 5 > this.#bytes.length) {
      this.#grow(length * 2 + 5);
    }
    this.#bytes[this.#at] = tags.TEXT_UTF16;
    this.#view.setUint32(this.#at + 1, length, true);
    writeUtf16(this.#bytes, this.#at + 5, text);
    this.#at += length * 2 + 5;
  }

  #align(): void {
    while (this.#at % 8 !== 0) this.byte(0);
  }

  #grow(wanted: number): void {
    let size = this.#bytes.length * 2;
    while (size < this.#at + wanted) size *= 2;
    const larger = new Uint8Array(size);
    larger.set(this.#bytes.subarray(0, this.#at));
    this.#adopt(larger);
  }

  #adopt(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
    this.#ownWords = new Int32Array(bytes.buffer);
  }
}
