/**
 * Which memory is moved instead of copied. A mark belongs to a buffer and not
 * to a place in a value, as a transfer does: with it go all views on it.
 */
import { nameOf } from "./kind.ts";

const marked = new WeakSet<ArrayBuffer>();
// Most programs move nothing, and then nothing is looked up.
let used = false;

/**
 * Says that memory is to be moved when it is next sent, as an argument, an
 * item of a map or a result: the receiver gets the memory itself, and here all
 * views on it are detached as soon as the call is accepted. It is not copied,
 * whatever its size.
 *
 * Memory that cannot be detached (WebAssembly's, a pooled `Buffer`'s) is
 * copied. Shared memory is not copied anyway, and is left as it is. A process
 * gets a copy, and the memory is detached here all the same.
 *
 * A call that moved memory to a worker that started it is not tried again.
 *
 * @param value an `ArrayBuffer`, or a view on one
 * @returns the value
 * @throws TypeError when it is neither
 */
export function move<T extends ArrayBufferLike | ArrayBufferView>(value: T): T {
  mark(value, "move a value");
  return value;
}

/** Whether a buffer is to be moved. */
export function isMoving(buffer: ArrayBuffer): boolean {
  return used && marked.has(buffer);
}

/**
 * Runs `send` with these marked as by {@link move}; afterwards they are not.
 *
 * @throws TypeError when they are no list of buffers and views, and what `send` throws
 */
export function moving(
  values: unknown,
  action: string,
  send: () => void,
): void {
  if (!Array.isArray(values)) {
    throw new TypeError(
      `Cannot ${action}: transfer must be an array, found ${shown(values)}`,
    );
  }
  const mine: ArrayBuffer[] = [];
  try {
    for (const value of values) {
      const buffer = mark(value, action);
      if (buffer !== null) mine.push(buffer);
    }
    send();
  } finally {
    for (const buffer of mine) marked.delete(buffer);
  }
}

/** Answers the buffer if that is news. */
function mark(value: unknown, action: string): ArrayBuffer | null {
  const buffer = ArrayBuffer.isView(value) ? value.buffer : value;
  if (buffer instanceof ArrayBuffer) {
    if (marked.has(buffer)) return null;
    marked.add(buffer);
    used = true;
    return buffer;
  }
  if (buffer instanceof SharedArrayBuffer) return null;
  throw new TypeError(
    `Cannot ${action}: only an ArrayBuffer or a view on one can be moved, found ${
      shown(value)
    }`,
  );
}

function shown(value: unknown): string {
  if (value === null) return "null";
  return typeof value === "object" ? nameOf(value) : typeof value;
}
