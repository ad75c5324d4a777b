/**
 * Typed arrays in shared memory. Workers that are threads get them by
 * reference: passing one costs the same whatever its size, and both sides see
 * what either writes.
 */

/** What each class of typed arrays makes of shared memory. */
interface SharedArrays {
  Int8Array: Int8Array<SharedArrayBuffer>;
  Uint8Array: Uint8Array<SharedArrayBuffer>;
  Uint8ClampedArray: Uint8ClampedArray<SharedArrayBuffer>;
  Int16Array: Int16Array<SharedArrayBuffer>;
  Uint16Array: Uint16Array<SharedArrayBuffer>;
  Int32Array: Int32Array<SharedArrayBuffer>;
  Uint32Array: Uint32Array<SharedArrayBuffer>;
  Float16Array: Float16Array<SharedArrayBuffer>;
  Float32Array: Float32Array<SharedArrayBuffer>;
  Float64Array: Float64Array<SharedArrayBuffer>;
  BigInt64Array: BigInt64Array<SharedArrayBuffer>;
  BigUint64Array: BigUint64Array<SharedArrayBuffer>;
}

/** A typed array in shared memory, of any class. */
export type SharedArray = SharedArrays[keyof SharedArrays];

/** A class of typed arrays, told by its name. */
export interface ArrayClass<N extends keyof SharedArrays> {
  readonly BYTES_PER_ELEMENT: number;
  readonly prototype: { readonly [Symbol.toStringTag]: N };
}

/** What a typed array is filled from. */
type Content<N extends keyof SharedArrays> =
  | Iterable<SharedArrays[N][number]>
  | ArrayLike<SharedArrays[N][number]>;

type AnyClass = {
  readonly name: string;
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: SharedArrayBuffer): SharedArray;
};

const TypedArray: unknown = Object.getPrototypeOf(Uint8Array);

/**
 * A typed array in shared memory.
 *
 * @param Class a class of typed arrays, like `Float64Array`
 * @param content how many elements, all 0 at first; or the elements: a typed
 * array, an array or an iterable, which is copied
 * @throws TypeError when `Class` is none, when `content` has no elements or an
 * element is no number (of the 64-bit integer classes: no bigint), RangeError
 * for a length that is none or for which there is no memory
 */
export function shared<N extends keyof SharedArrays>(
  Class: ArrayClass<N>,
  content: number | Content<N>,
): SharedArrays[N];
export function shared(Class: unknown, content: unknown): SharedArray {
  const Chosen = classOf(Class);
  if (typeof content === "number") return allocated(Chosen, content);
  const elements = elementsOf(Chosen, content);
  assertElements(Chosen, elements);
  const array = allocated(Chosen, elements.length);
  (array as Float64Array).set(elements as ArrayLike<number>);
  return array;
}

function classOf(Class: unknown): AnyClass {
  if (typeof Class === "function") {
    // What extends one of them would arrive as what it extends.
    if (Object.getPrototypeOf(Class) === TypedArray) return Class as AnyClass;
  }
  throw new TypeError(
    `Cannot make a shared array: the class must be one of typed arrays, like Float64Array, found ${
      typeof Class === "function" ? Class.name : shown(Class)
    }`,
  );
}

function allocated(Class: AnyClass, length: number): SharedArray {
  if (!Number.isSafeInteger(length) || length < 0) {
    throw new RangeError(
      `Cannot make a shared ${Class.name}: the length must be an integer from 0, found ${length}`,
    );
  }
  const size = Class.BYTES_PER_ELEMENT;
  let buffer: SharedArrayBuffer;
  try {
    buffer = new SharedArrayBuffer(length * size);
  } catch (cause) {
    throw new RangeError(
      `Cannot make a shared ${Class.name}: there is no memory for ${length} elements of ${size} bytes`,
      { cause },
    );
  }
  return new Class(buffer);
}

function elementsOf(Class: AnyClass, content: unknown): ArrayLike<unknown> {
  if (typeof content === "object" && content !== null) {
    if (typeof (content as ArrayLike<unknown>).length === "number") {
      return content as ArrayLike<unknown>;
    }
    if (typeof (content as Iterable<unknown>)[Symbol.iterator] === "function") {
      return [...content as Iterable<unknown>];
    }
  }
  throw new TypeError(
    `Cannot make a shared ${Class.name}: expected a length, an array or an iterable, found ${
      shown(content)
    }`,
  );
}

/** Whatever is no number would become one, or NaN, without a word. */
function assertElements(Class: AnyClass, elements: ArrayLike<unknown>): void {
  const wanted = Class.name.startsWith("Big") ? 0n : 0;
  // A view has elements of one type only.
  const count = ArrayBuffer.isView(elements)
    ? Math.min(1, elements.length)
    : elements.length;
  for (let i = 0; i < count; i++) {
    if (typeof elements[i] === typeof wanted) continue;
    throw new TypeError(
      `Cannot make a shared ${Class.name}: element ${i} must be a ${typeof wanted}, found ${
        shown(elements[i])
      }`,
    );
  }
}

/** What a value is, for messages. */
export function shown(value: unknown): string {
  if (value === null) return "null";
  return typeof value === "object"
    ? Object.prototype.toString.call(value).slice(8, -1)
    : typeof value;
}
