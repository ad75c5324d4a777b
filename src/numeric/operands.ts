/**
 * The arrays that a loop reads and writes: of every kind, in shared memory, or
 * copied there once.
 */

import { shared, shown } from "./shared.ts";

/** A typed array of numbers: of any kind but the two of bigints. */
export interface NumberArray extends ArrayBufferView {
  readonly BYTES_PER_ELEMENT: number;
  readonly length: number;
  [index: number]: number;
}

/** A `BigInt64Array` or a `BigUint64Array`. */
export interface BigIntArray extends ArrayBufferView {
  readonly BYTES_PER_ELEMENT: number;
  readonly length: number;
  [index: number]: bigint;
}

/** A typed array of any kind. */
export type NumericArray = NumberArray | BigIntArray;

/** Numbers, or bigints of up to 64 bits: in shared memory they are not copied, else once. */
export type NumericItems = NumericArray | readonly number[] | readonly bigint[];

/** What is in it. */
export type ItemOf<I> = I extends BigIntArray | readonly bigint[] ? bigint
  : number;

type ArrayKind = typeof Float64Array | typeof BigInt64Array;

const KINDS = [
  ...[Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array],
  ...[Int32Array, Uint32Array, Float32Array, Float64Array],
  ...[BigInt64Array, BigUint64Array],
  ...(typeof Float16Array === "undefined" ? [] : [Float16Array]),
] as readonly unknown[] as readonly ArrayKind[];

const tagOf = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype),
  Symbol.toStringTag,
)?.get as (this: unknown) => string | undefined;

/** The kind of a typed array, whatever class extends it; undefined for anything else. */
function kindOf(value: unknown): ArrayKind | undefined {
  const tag = tagOf.call(value);
  return tag === undefined
    ? undefined
    : KINDS.find((kind) => kind.name === tag);
}

/** What a map into memory works on. */
export interface Operands {
  /** In shared memory, as many as the items. */
  readonly output: NumericArray;
  /** In shared memory; null: the items are the indices. */
  readonly input: NumericArray | null;
  /** Copies the output to where the caller wants it, if it is not there. */
  finish(): void;
}

/**
 * The operands of `output[i] = task(input[i])`; `input` may be their number.
 *
 * @throws TypeError for what is no array of numbers, RangeError for lengths that differ and for arrays that overlap in part
 */
export function operandsOf(
  output: unknown,
  input: unknown,
  action: string,
): Operands {
  const kind = kindOf(output);
  if (kind === undefined) {
    throw new TypeError(
      `Cannot ${action}: output must be a typed array, found ${shown(output)}`,
    );
  }
  const target = output as NumericArray;
  const count = lengthOf(input, action);
  if (count !== target.length) {
    throw new RangeError(
      `Cannot ${action}: the output must have as many elements as there are items, found ${target.length} for ${count}`,
    );
  }
  if (kindOf(input) !== undefined) {
    assertNoneBetween(target, input as NumericArray, action);
  }
  const items = typeof input === "number"
    ? null
    : sharedItems(input, action, true);
  if (target.buffer instanceof SharedArrayBuffer) {
    return { output: target, input: items, finish() {} };
  }
  const results = shared(kind, count);
  const finish = () => (target as Float64Array).set(results as Float64Array);
  return { output: results, input: items, finish };
}

/**
 * `into` itself if it is a typed array, else a new one of that class in shared
 * memory, with an element for each item; `items` may be their number.
 *
 * @throws TypeError for anything else, RangeError for a number that is no length
 */
export function outputFor(
  into: unknown,
  items: unknown,
  action: string,
): unknown {
  const count = lengthOf(items, action);
  if (kindOf(into) !== undefined) return into;
  const kind = KINDS.find((each) => each === into);
  if (kind !== undefined) return shared(kind, count) as NumericArray;
  throw new TypeError(
    `Cannot ${action}: into must be a typed array or the class of one, found ${
      typeof into === "function" ? into.name || "a function" : shown(into)
    }`,
  );
}

/**
 * The items in shared memory: themselves if they lie there, else a copy.
 * `each`: a task is given each of them, so an ordinary array of whole numbers
 * becomes an `Int32Array`; see `counted` in frame.ts.
 *
 * @throws TypeError for what is neither a typed array nor an array of numbers or bigints, RangeError for a bigint of more than 64 bits
 */
export function sharedItems(
  input: unknown,
  action: string,
  each = false,
): NumericArray {
  const count = itemCount(input, action);
  const kind = kindOf(input);
  if (kind === undefined) {
    const list = input as readonly unknown[];
    if (each && list.every(isInt32)) return copied(list, Int32Array, action);
    const big = typeof list[0] === "bigint";
    return copied(list, big ? BigInt64Array : Float64Array, action);
  }
  const items = input as NumericArray;
  if (items.buffer instanceof SharedArrayBuffer) return items;
  const copy = shared(kind, count);
  (copy as Float64Array).set(items as Float64Array);
  return copy;
}

/** Of what is an input by being their number, too. */
function lengthOf(input: unknown, action: string): number {
  return typeof input === "number" ? input : itemCount(input, action);
}

function itemCount(input: unknown, action: string): number {
  if (kindOf(input) !== undefined || Array.isArray(input)) {
    return (input as ArrayLike<unknown>).length;
  }
  throw new TypeError(
    `Cannot ${action}: the input must be a typed array or an array of numbers, found ${
      shown(input)
    }`,
  );
}

function isInt32(item: unknown): boolean {
  return typeof item === "number" && Object.is(item, item | 0);
}

function copied(
  items: readonly unknown[],
  kind: ArrayKind | typeof Int32Array,
  action: string,
): NumericArray {
  const big = kind === BigInt64Array;
  const copy: NumericArray = shared(kind as ArrayKind, items.length);
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    if (big ? typeof item !== "bigint" : typeof item !== "number") {
      const wanted = big ? "bigint" : "number";
      throw new TypeError(
        `Cannot ${action}: input[${i}] must be a ${wanted}, found ${
          shown(item)
        }`,
      );
    }
    if (typeof item === "bigint" && BigInt.asIntN(64, item) !== item) {
      throw new RangeError(
        `Cannot ${action}: input[${i}] must fit into 64 bits, found ${item}`,
      );
    }
    copy[i] = item as never;
  }
  return copy;
}

// In place is defined: each item is read before its result is written, and by
// nobody else. Shifted, a result would replace an item that is not read yet.
function assertNoneBetween(
  output: NumericArray,
  input: NumericArray,
  action: string,
): void {
  if (output.buffer !== input.buffer) return;
  const [a, b] = [output.byteOffset, input.byteOffset];
  if (a + output.byteLength <= b || b + input.byteLength <= a) return;
  if (a === b && output.byteLength === input.byteLength) return;
  throw new RangeError(
    `Cannot ${action}: output and input overlap in part, let them be the same elements or different ones`,
  );
}
