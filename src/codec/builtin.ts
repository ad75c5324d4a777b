/**
 * How objects with an inside of their own are written: dates, regular
 * expressions, boxed primitives, errors, buffers and the views on them.
 */

import {
  BOXED_KIND,
  BUFFER_KIND,
  DATE_KIND,
  ERROR_KIND,
  REGEXP_KIND,
  SHARED_KIND,
  unboxed,
} from "./kind.ts";
import { Refusal } from "./path.ts";
import * as tags from "./tags.ts";
import type { Route } from "./route.ts";

const DETACHED = "the buffer is detached, pass it before it is transferred";

/** Writes an object of one of the built-in kinds; it is already counted. */
export function writeBuiltin(walk: Route, object: object, kind: number): void {
  const writer = walk.writer;
  switch (kind) {
    case DATE_KIND:
      writer.byte(tags.DATE);
      return writer.float64(Date.prototype.getTime.call(object));
    case REGEXP_KIND:
      writer.byte(tags.REGEXP);
      writer.text((object as RegExp).source);
      return writer.text((object as RegExp).flags);
    case BOXED_KIND:
      writer.byte(tags.BOXED);
      return walk.value(unboxed(object));
    case ERROR_KIND:
      return writeError(walk, object as Error);
    case BUFFER_KIND:
      return writeBuffer(walk, object as ArrayBuffer);
    case SHARED_KIND:
      return writeShared(walk, object as SharedArrayBuffer);
    default:
      throw new Refusal(
        `an object of kind ${kind} has no encoding, report this`,
      );
  }
}

function writeShared(walk: Route, buffer: SharedArrayBuffer): void {
  const { writer, shares } = walk;
  if (shares.apart) {
    throw new Refusal(
      'shared memory does not leave its process: pass a copy, or use startMethod "thread"',
    );
  }
  const id = shares.idOf(buffer);
  const known = shares.knows(id);
  writer.byte(known ? tags.BUFFER_SHARED : tags.BUFFER_SENT);
  writer.uint32(id);
  if (!known) walk.beside(buffer);
}

function writeBuffer(walk: Route, buffer: ArrayBuffer): void {
  const writer = walk.writer;
  const size = buffer.byteLength;
  // Told by resizing to zero bytes a moment before, a detached buffer looks the same.
  if (size === 0 && detached(buffer)) {
    throw new Refusal(DETACHED);
  }
  if (walk.takes(buffer)) {
    writer.byte(tags.BUFFER_MOVED);
    return walk.beside(buffer);
  }
  writer.byte(buffer.resizable ? tags.BUFFER_RESIZABLE : tags.BUFFER);
  writer.float64(size);
  if (buffer.resizable) writer.float64(buffer.maxByteLength);
  writer.blob(buffer, size);
}

/** `buffer.detached` is missing on Node 20; a view cannot be made on any. */
function detached(buffer: ArrayBuffer): boolean {
  try {
    new Uint8Array(buffer);
    return false;
  } catch {
    return true;
  }
}

const kindOfView: (this: unknown) => unknown = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype),
  Symbol.toStringTag,
)!.get!;

/** Writes a view and, first, the whole buffer it lies on, as structured clone does. */
export function writeView(walk: Route, view: ArrayBufferView): void {
  const name = (kindOfView.call(view) ?? "DataView") as string;
  const kind = tags.VIEWS.indexOf(name);
  if (kind < 0) throw new Refusal(`${name} has no encoding, pass its buffer`);
  const buffer = view.buffer;
  const tracking = tracks(view, buffer);
  if (tracking === undefined) {
    walk.add(view);
    return walk.leave();
  }
  const offset = view.byteOffset;
  // Out of bounds reads as an empty view at 0: structured clone refuses it, and so do we.
  if (outOfBounds(view)) {
    throw new Refusal(
      buffer instanceof ArrayBuffer && detached(buffer)
        ? DETACHED
        : "the view lies outside its resized buffer, make a new one",
    );
  }
  const size = elements(view);
  walk.writer.byte(tags.VIEW);
  walk.writer.byte(kind);
  walk.writer.byte(tracking ? 1 : 0);
  walk.writer.float64(offset);
  walk.writer.float64(size);
  walk.value(buffer);
  walk.add(view);
}

/**
 * Whether a view follows the length of its buffer; undefined where nothing but
 * structured clone can tell. No property says so: a view that ends where its
 * buffer ends may be of either sort, and only resizing shows which.
 */
function tracks(
  view: ArrayBufferView,
  buffer: ArrayBufferLike,
): boolean | undefined {
  if (buffer instanceof SharedArrayBuffer) {
    if (!buffer.growable) return false;
    // Shared memory cannot be resized on trial: its other users would see it.
    return endsWithBuffer(view, buffer) ? undefined : false;
  }
  if (!buffer.resizable || outOfBounds(view) || !endsWithBuffer(view, buffer)) {
    return false;
  }
  const twin = structuredClone(view);
  const trial = twin.buffer as ArrayBuffer;
  if (view.byteLength > 0) {
    trial.resize(view.byteOffset);
    return !outOfBounds(twin);
  }
  if (trial.maxByteLength < trial.byteLength + 8) return false;
  trial.resize(trial.byteLength + 8);
  return twin.byteLength > 0;
}

function endsWithBuffer(
  view: ArrayBufferView,
  buffer: ArrayBufferLike,
): boolean {
  const left = buffer.byteLength - view.byteOffset - view.byteLength;
  const unit = view instanceof DataView
    ? 1
    : (view as Uint8Array).BYTES_PER_ELEMENT;
  return left < unit;
}

/** Typed arrays read as empty when out of bounds and data views throw; both refuse to be used. */
function outOfBounds(view: ArrayBufferView): boolean {
  try {
    if (view instanceof DataView) return view.byteLength < 0;
    if (view.byteLength > 0) return false;
    Uint8Array.prototype.entries.call(view as Uint8Array);
    return false;
  } catch {
    return true;
  }
}

function elements(view: ArrayBufferView): number {
  return view instanceof DataView
    ? view.byteLength
    : (view as Uint8Array).length;
}

/** What structured clone keeps of an error, and its cause where a runtime forgets it. */
function writeError(walk: Route, error: Error): void {
  const writer = walk.writer;
  const name = String(error.name);
  const message = Object.getOwnPropertyDescriptor(error, "message");
  const hasMessage = message !== undefined && "value" in message;
  const stack = error.stack;
  const cause = Object.getOwnPropertyDescriptor(error, "cause");
  writer.byte(tags.ERROR);
  // A name that is none of the known ones means a plain Error, like AggregateError.
  writer.byte(Math.max(0, tags.ERRORS.indexOf(name)));
  writer.byte((hasMessage ? 1 : 0) | (cause === undefined ? 0 : 2));
  if (hasMessage) writer.text(String(message.value));
  walk.value(typeof stack === "string" ? stack : undefined);
  if (cause !== undefined) walk.step(error.cause, ".cause");
}
