/**
 * How objects with an inside of their own are made again; the counterpart of
 * builtin.ts. Sizes are checked before memory is asked for.
 */

import { bufferToFill } from "../runtime/memory.ts";
import { errorOf } from "./error_class.ts";
import { malformed } from "./reader.ts";
import type { Reader } from "./reader.ts";
import * as tags from "./tags.ts";

type ViewClass = new (
  buffer: ArrayBufferLike,
  offset: number,
  size?: number,
) => ArrayBufferView;

/** In the order of `VIEWS`. */
const VIEW_CLASSES: readonly (ViewClass | undefined)[] = [
  DataView,
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  // Missing on Node 20.
  typeof Float16Array === "undefined" ? undefined : Float16Array,
] as readonly (ViewClass | undefined)[];

/** Makes a buffer and copies its content. */
export function readBuffer(reader: Reader, resizable: boolean): ArrayBuffer {
  const size = reader.float64();
  const maxByteLength = resizable ? reader.float64() : 0;
  if (!(size >= 0 && size <= reader.left)) {
    throw malformed(`a buffer of ${size} bytes does not fit in ${reader.left}`);
  }
  // A forged maximum is refused by the engine, before it takes any memory.
  const buffer = resizable
    ? new ArrayBuffer(size, { maxByteLength })
    : bufferToFill(size);
  reader.blob(new Uint8Array(buffer, 0, size));
  return buffer;
}

/** What travelled beside a message, if it is of the class that its place says. */
export function besides<T>(
  value: unknown,
  Class: { readonly name: string; new (size: number): T },
): T {
  if (value instanceof Class) return value;
  throw malformed(`what travelled beside it is no ${Class.name}`);
}

/** Makes a view; the engine checks its bounds against the buffer. */
export function readView(
  reader: Reader,
  value: () => unknown,
): ArrayBufferView {
  const View = VIEW_CLASSES[reader.byte()];
  const tracking = reader.byte() === 1;
  const offset = reader.float64();
  const size = reader.float64();
  const buffer = value();
  if (View === undefined) throw malformed("a view is of a kind unknown here");
  if (!(buffer instanceof ArrayBuffer || buffer instanceof SharedArrayBuffer)) {
    throw malformed("a view lies on something that is no buffer");
  }
  return tracking ? new View(buffer, offset) : new View(buffer, offset, size);
}

/** Makes an error as structured clone would, with its cause. */
export function readError(
  reader: Reader,
  add: (error: Error) => Error,
  value: () => unknown,
): Error {
  const name = tags.ERRORS[reader.byte()];
  if (name === undefined) throw malformed("an error is of no known class");
  const flags = reader.byte();
  const message = (flags & 1) !== 0 ? value() : undefined;
  if (message !== undefined && typeof message !== "string") {
    throw malformed("text was expected");
  }
  const error = add(quietly(name, message));
  setStack(error, value());
  if ((flags & 2) !== 0) define(error, "cause", value(), false);
  return error;
}

/** The stack of the place of decoding is of no interest to anybody. */
function quietly(name: string, message: string | undefined): Error {
  const error = errorOf(name, message ?? "", name);
  // An error made without a message has none of its own.
  if (message === undefined) Reflect.deleteProperty(error, "message");
  return error;
}

/** Replaces the stack, by the engine's own accessor where it has one. */
export function setStack(error: Error, stack: unknown): void {
  error.stack = stack as string;
}

/** Defines an own data property: `__proto__` is a key like any other. */
export function define(
  target: object,
  key: string,
  value: unknown,
  enumerable = true,
): void {
  Object.defineProperty(target, key, {
    value,
    writable: true,
    enumerable,
    configurable: true,
  });
}
