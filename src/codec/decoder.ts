/**
 * Bytes back into values. The bytes may be anything: whatever they are, a call
 * ends with a value or a `CodecError`, reads nothing outside its message and
 * takes memory in proportion to it.
 */

import { CodecError } from "../errors.ts";
import { besides, define, readBuffer, readError, readView } from "./rebuild.ts";
import { malformed, Reader } from "./reader.ts";
import { FailureReader } from "./revival.ts";
import * as tags from "./tags.ts";

/** Finds shared memory by its number. */
export interface SharedSource {
  /** @throws {CodecError} if no memory has that number. */
  bufferOf(id: number): SharedArrayBuffer;
  /** What stands here for a buffer that was sent with its number; by default itself. */
  adopt?(id: number, sent: SharedArrayBuffer): SharedArrayBuffer;
}

/** What an object passed through `DEEP` starts as, by its number in the stream. */
const SHELLS: readonly (() => object)[] = [
  () => [],
  () => ({}),
  () => new Map(),
  () => new Set(),
];

/** Takes values out of a message, in the order in which they were appended. */
export class Decoder {
  readonly #reader: Reader = new Reader();
  readonly #source: SharedSource;
  readonly #failure: FailureReader;
  readonly #met: unknown[] = [];
  readonly #deep: object[] = [];
  #foreign: readonly unknown[] = [];
  #depth = 0;

  constructor(source: SharedSource) {
    this.#source = source;
    this.#failure = new FailureReader(this.#reader, () => this.#root());
  }

  /**
   * Starts a message.
   * @param bytes may lie over shared memory; decoded values never do, unless they are shared themselves.
   * @throws {CodecError} if the message is not within the bytes.
   */
  begin(
    bytes: Uint8Array,
    offset: number,
    length: number,
    foreign: readonly unknown[] = [],
  ): void {
    this.#reader.begin(bytes, offset, length);
    this.#foreign = foreign;
  }

  /** @throws {CodecError} if the bytes are not a value. */
  value(): unknown {
    try {
      return this.#root();
    } catch (error) {
      throw error instanceof CodecError
        ? error
        : malformed("its content makes no value, see the cause", error);
    }
  }

  /** The error that was appended as a failure. @throws {CodecError} if the bytes are none. */
  failure(): Error {
    try {
      return this.#failure.read();
    } catch (error) {
      throw error instanceof CodecError
        ? error
        : malformed("its content makes no error, see the cause", error);
    }
  }

  /** @throws {CodecError} at the end of the message. */
  uint32(): number {
    return this.#reader.uint32();
  }

  #root(): unknown {
    this.#depth = 0;
    try {
      const value = this.#value();
      for (let i = 0; i < this.#deep.length; i++) {
        this.#depth = 1;
        this.#fill(this.#deep[i]!, this.#reader.byte());
      }
      return value;
    } finally {
      // Nothing of a message may live on here, whether it ended well or not.
      if (this.#met.length > 0) this.#met.length = 0;
      if (this.#deep.length > 0) this.#deep.length = 0;
    }
  }

  #value(): unknown {
    const reader = this.#reader;
    const tag = reader.byte();
    if (tag >= tags.SMALL) return tag - tags.SMALL;
    if (tag >= tags.TEXT_SHORT) {
      if (tag > tags.TEXT_SHORT + tags.SHORT_TEXT) {
        throw malformed(`${tag} is no tag`);
      }
      return reader.latin1(tag - tags.TEXT_SHORT);
    }
    switch (tag) {
      case tags.INT32:
        return reader.int32();
      case tags.FLOAT64:
        return reader.float64();
      case tags.TRUE:
        return true;
      case tags.FALSE:
        return false;
      case tags.NULL:
        return null;
      case tags.UNDEFINED:
        return undefined;
      case tags.TEXT_LATIN1:
        return reader.latin1(reader.count(1));
      case tags.TEXT_UTF16:
        return reader.utf16(reader.count(2));
      case tags.BIGINT64:
        return reader.bigint64();
      case tags.BIGINT_LONG:
        return this.#bigint();
      default:
        return this.#object(tag);
    }
  }

  #object(tag: number): unknown {
    if (this.#depth >= tags.DEPTH_BOUND) {
      throw malformed("it is nested too deep");
    }
    this.#depth++;
    const object = this.#made(tag);
    this.#depth--;
    return object;
  }

  #made(tag: number): unknown {
    switch (tag) {
      case tags.OBJECT:
      case tags.OBJECT_LONG:
        return this.#fill(this.#add({}), tag);
      case tags.ARRAY:
      case tags.ARRAY_INT32:
      case tags.ARRAY_FLOAT64:
      case tags.ARRAY_SPARSE:
        return this.#fill(this.#add([]), tag);
      case tags.MAP:
        return this.#fill(this.#add(new Map()), tag);
      case tags.SET:
        return this.#fill(this.#add(new Set()), tag);
      case tags.REFERENCE:
        return this.#reference();
      case tags.DEEP:
        return this.#shell();
      case tags.FOREIGN:
        return this.#foreigner();
      default:
        return this.#builtin(tag);
    }
  }

  #builtin(tag: number): object {
    const reader = this.#reader;
    const add = this.#add;
    switch (tag) {
      case tags.DATE:
        return add(new Date(reader.float64()));
      case tags.REGEXP:
        return add(new RegExp(this.#text(), this.#text()));
      case tags.BOXED: {
        // Counted by the encoder before its content, which is no object.
        const value = this.#value();
        if (typeof value === "object" || value === undefined) {
          throw malformed("a boxed primitive is none");
        }
        return add(Object(value) as object);
      }
      case tags.ERROR:
        return readError(reader, add, () => this.#value());
      case tags.BUFFER:
      case tags.BUFFER_RESIZABLE:
        return add(readBuffer(reader, tag === tags.BUFFER_RESIZABLE));
      case tags.BUFFER_SHARED:
        return add(this.#source.bufferOf(reader.uint32()));
      case tags.BUFFER_SENT: {
        const id = reader.uint32();
        const sent = besides(this.#foreigner(), SharedArrayBuffer);
        return add(this.#source.adopt?.(id, sent) ?? sent);
      }
      case tags.BUFFER_MOVED:
        return add(besides(this.#foreigner(), ArrayBuffer));
      case tags.VIEW:
        return add(readView(reader, () => this.#value()));
      default:
        throw malformed(`${tag} is no tag`);
    }
  }

  /** Gives an object the number under which it may be met again; bound, as it is lent out. */
  readonly #add = <T extends object>(object: T): T => {
    this.#met.push(object);
    return object;
  };

  #fill(target: object, tag: number): object {
    switch (tag) {
      case tags.OBJECT:
        this.#properties(
          this.#own(target, Object.prototype) as Record<string, unknown>,
        );
        return target;
      case tags.OBJECT_LONG:
        this.#pairs(this.#own(target, Object.prototype), this.#reader.count(2));
        return target;
      case tags.ARRAY:
        this.#elements(this.#own(target, Array.prototype) as unknown[]);
        return target;
      case tags.ARRAY_INT32:
        this.#reader.int32s(this.#own(target, Array.prototype) as unknown[]);
        return target;
      case tags.ARRAY_FLOAT64:
        this.#reader.float64s(this.#own(target, Array.prototype) as unknown[]);
        return target;
      case tags.ARRAY_SPARSE: {
        const array = this.#own(target, Array.prototype) as unknown[];
        // By way of the largest length: V8 then keeps the array sparse instead of reserving the whole of it.
        const length = this.#reader.uint32();
        if (length > 1000) array.length = 0xffffffff;
        array.length = length;
        this.#pairs(array, this.#reader.count(2));
        return target;
      }
      case tags.MAP:
        this.#entries(
          this.#own(target, Map.prototype) as Map<unknown, unknown>,
        );
        return target;
      case tags.SET:
        this.#members(this.#own(target, Set.prototype) as Set<unknown>);
        return target;
      default:
        throw malformed(`${tag} is no container`);
    }
  }

  /** A shell filled with contents of another sort would be a value nobody sent. */
  #own(target: object, prototype: object): object {
    if (Object.getPrototypeOf(target) !== prototype) {
      throw malformed("contents do not fit their container");
    }
    return target;
  }

  #properties(target: Record<string, unknown>): void {
    const reader = this.#reader;
    const { keys, perilous } = reader.shape();
    for (let i = 0; i < keys.length; i++) {
      if (reader.skip(tags.ABSENT)) continue;
      const value = this.#value();
      if (perilous) define(target, keys[i]!, value);
      else target[keys[i]!] = value;
    }
  }

  #pairs(target: object, count: number): void {
    for (let i = 0; i < count; i++) {
      const key = this.#value();
      if (typeof key !== "string" && typeof key !== "number") {
        throw malformed("a key is no key");
      }
      // Assigning `length` would resize an array, and a huge index may not.
      if (key === "length" && Array.isArray(target)) {
        throw malformed("an array has a second length");
      }
      if (!this.#reader.skip(tags.ABSENT)) {
        define(target, String(key), this.#value());
      }
    }
  }

  #elements(target: unknown[]): void {
    const reader = this.#reader;
    const count = reader.count(1);
    for (let i = 0; i < count; i++) {
      if (reader.skip(tags.HOLE)) target.length++;
      else target.push(this.#value());
    }
  }

  #entries(target: Map<unknown, unknown>): void {
    const count = this.#reader.count(2);
    for (let i = 0; i < count; i++) target.set(this.#value(), this.#value());
  }

  #members(target: Set<unknown>): void {
    const count = this.#reader.count(1);
    for (let i = 0; i < count; i++) target.add(this.#value());
  }

  #reference(): unknown {
    const number = this.#reader.uint32();
    if (number >= this.#met.length) {
      throw malformed(`object ${number} has not been met`);
    }
    return this.#met[number];
  }

  #shell(): object {
    const make = SHELLS[this.#reader.byte()];
    if (make === undefined) throw malformed("a container is of no known sort");
    const shell = this.#add(make());
    this.#deep.push(shell);
    return shell;
  }

  #foreigner(): unknown {
    const index = this.#reader.uint32();
    if (index >= this.#foreign.length) {
      throw malformed(`value ${index} did not travel beside it`);
    }
    return this.#foreign[index];
  }

  #bigint(): bigint {
    const negative = this.#reader.byte() === 1;
    const magnitude = BigInt(`0x${this.#text()}`);
    return negative ? -magnitude : magnitude;
  }

  #text(): string {
    const text = this.#value();
    if (typeof text !== "string") throw malformed("text was expected");
    return text;
  }
}
