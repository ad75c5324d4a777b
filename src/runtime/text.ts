/**
 * The fastest known way to move text in and out of bytes on each runtime, and
 * the one question about arrays that only a runtime answers cheaply. The
 * figures are those of scripts/bench/alternatives/text.ts.
 */

interface ByteText {
  utf8Write(text: string, offset: number, length: number): number;
  ucs2Write(text: string, offset: number, length: number): number;
  latin1Slice(start: number, end: number): string;
  ucs2Slice(start: number, end: number): string;
}

interface Globals {
  readonly Deno?: unknown;
  readonly Bun?: unknown;
  readonly Buffer?: { readonly prototype: ByteText };
  readonly process?: {
    getBuiltinModule?(name: string): Record<string, unknown> | undefined;
  };
}

const globals = globalThis as unknown as Globals;

/** These methods of Buffer take any Uint8Array, also one over shared memory. */
const native: ByteText | undefined = bufferPrototype();
/** Deno's Buffer writes are loops in JavaScript, a hundred times slower on long text. */
const writer: ByteText | undefined = globals.Deno === undefined
  ? native
  : undefined;
const encoder: TextEncoder = new TextEncoder();

/** Below this a call into the runtime costs more than the loop. */
const LOOP = 10;
/** How far text is looked at before it is tried as ASCII. */
const PROBE = 24;

/**
 * Writes text as one byte per character if it is all ASCII, and says whether it
 * was. The target needs room for four bytes more than there are characters;
 * bytes behind `offset` are lost if the answer is false.
 */
export function writeAscii(
  target: Uint8Array,
  offset: number,
  text: string,
): boolean {
  const length = text.length;
  const probe = length < PROBE ? length : PROBE;
  for (let i = 0; i < probe; i++) {
    if (text.charCodeAt(i) > 0x7f) return false;
  }
  // Four bytes to spare: then anything that is not ASCII ends longer than the text, never equal.
  if (writer !== undefined) {
    return writer.utf8Write.call(target, text, offset, length + 4) === length;
  }
  const { read, written } = encoder.encodeInto(
    text,
    target.subarray(offset, offset + length + 4),
  );
  return read === length && written === length;
}

/** Writes text as UTF-16, two bytes per unit, whatever is in it. */
export function writeUtf16(
  target: Uint8Array,
  offset: number,
  text: string,
): void {
  const length = text.length;
  if (writer !== undefined && length > LOOP) {
    writer.ucs2Write.call(target, text, offset, length * 2);
    return;
  }
  for (let i = 0, at = offset; i < length; i++, at += 2) {
    const unit = text.charCodeAt(i);
    target[at] = unit;
    target[at + 1] = unit >> 8;
  }
}

/** Reads one byte per character. */
export function readLatin1(
  source: Uint8Array,
  start: number,
  end: number,
): string {
  if (end - start <= LOOP || native === undefined) {
    return looped(source, start, end);
  }
  return native.latin1Slice.call(source, start, end);
}

/** Reads UTF-16 as it was written, lone surrogates included. */
export function readUtf16(
  source: Uint8Array,
  start: number,
  end: number,
): string {
  if (native !== undefined) return native.ucs2Slice.call(source, start, end);
  let text = "";
  for (let i = start; i < end; i += 2) {
    text += String.fromCharCode(source[i]! | source[i + 1]! << 8);
  }
  return text;
}

function looped(source: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let i = start; i < end; i++) text += String.fromCharCode(source[i]!);
  return text;
}

/**
 * Whether an array without holes has properties besides its elements.
 * Listing the keys of an array makes a string of every index, which would cost
 * more than encoding it.
 */
export function hasNames(array: readonly unknown[]): boolean {
  if (sizeOf !== undefined && sizeOf(array) === BARE) return false;
  return Object.values(array).length !== array.length;
}

/**
 * JavaScriptCore keeps named properties outside the array, and says how large
 * that part is in 6 ns; `Object.values` takes 60 ns per element there and 1 ns on V8.
 */
const sizeOf: ((object: object) => number) | undefined = sizeQuestion();
const BARE: number = sizeOf?.([]) ?? 0;

function sizeQuestion(): ((object: object) => number) | undefined {
  if (globals.Bun === undefined) return undefined;
  const ask = globals.process?.getBuiltinModule?.("bun:jsc")
    ?.["estimateShallowMemoryUsageOf"];
  if (typeof ask !== "function") return undefined;
  const size = ask as (object: object) => number;
  // An answer that depends on the elements, or not on the names, is of no use.
  const bare = size([]);
  const reliable = size([1, 2, 3]) === bare &&
    size(new Array<number>(100).fill(0.5)) === bare &&
    size(Object.assign([], { name: 1 })) > bare &&
    size(Object.assign([1, "a"], { name: 1 })) > bare;
  return reliable ? size : undefined;
}

function bufferPrototype(): ByteText | undefined {
  const found = globals.Buffer ??
    globals.process?.getBuiltinModule?.("node:buffer")?.["Buffer"];
  const prototype = (found as { prototype?: Partial<ByteText> } | undefined)
    ?.prototype;
  const whole = typeof prototype?.utf8Write === "function" &&
    typeof prototype.ucs2Write === "function" &&
    typeof prototype.latin1Slice === "function" &&
    typeof prototype.ucs2Slice === "function";
  return whole ? prototype as ByteText : undefined;
}
