/**
 * The first byte of every encoded value. Both sides run the same version and
 * nothing is ever stored, so a number may change between releases. Separate
 * constants rather than one object: the engines fold them into the switches.
 */

/** Not 0: the padding behind a message must not read as values. */
export const UNDEFINED = 31;
export const NULL = 1;
export const TRUE = 2;
export const FALSE = 3;
/** Int32, little endian, as every number here. */
export const INT32 = 4;
export const FLOAT64 = 5;
export const BIGINT64 = 6;
/** Sign byte, then the magnitude in hexadecimal as text. */
export const BIGINT_LONG = 7;
/** Uint32 count, then one byte per character. */
export const TEXT_LATIN1 = 8;
/** Uint32 count, then UTF-16 units: the only form that keeps lone surrogates. */
export const TEXT_UTF16 = 9;
/** Uint32 index of an object met earlier in the same value. */
export const REFERENCE = 10;
/** Key count, block size, key block, then one value per key. */
export const OBJECT = 11;
/** Uint32 key count, then key and value by turns. */
export const OBJECT_LONG = 12;
export const ARRAY = 13;
export const ARRAY_INT32 = 14;
export const ARRAY_FLOAT64 = 15;
/** Length, entry count, then key and value by turns; an index is a number. */
export const ARRAY_SPARSE = 16;
export const MAP = 17;
export const SET = 18;
export const DATE = 19;
export const REGEXP = 20;
export const BOXED = 21;
export const ERROR = 22;
export const BUFFER = 23;
export const BUFFER_RESIZABLE = 24;
export const BUFFER_SHARED = 25;
export const VIEW = 26;
/** Uint32 index into the list that travels by structured clone. */
export const FOREIGN = 27;
/** A uint32 number of shared memory, and its index in that list. */
export const BUFFER_SENT = 32;
/** The index of a buffer in that list: moved, not copied. */
export const BUFFER_MOVED = 33;
/** An array element that is not there. */
export const HOLE = 28;
/** A property that a getter deleted after the keys were listed. */
export const ABSENT = 29;
/** An empty container whose contents follow after the value; see `MAX_DEPTH`. */
export const DEEP = 30;

/** 0x40 + length: Latin-1 text of up to {@link SHORT_TEXT} characters. */
export const TEXT_SHORT = 0x40;
/** Longest text whose length fits the tag; also where a plain loop stops paying. */
export const SHORT_TEXT = 31;
/** 0x80 + n: the integer n from 0 to 127. */
export const SMALL = 0x80;

/**
 * Containers nested deeper than this are written after the value that holds
 * them, so that the depth of a value costs memory and not stack.
 */
export const MAX_DEPTH = 128;
/** Chains that cannot be cut (causes of errors) end here, on both sides. */
export const DEPTH_BOUND = 1024;
/** Buffers of this size and more are copied once, straight to their target. */
export const BLOB_BYTES = 4096;

/** What stands behind VIEW; the position is the number in the stream. */
export const VIEWS: readonly string[] = [
  "DataView",
  "Int8Array",
  "Uint8Array",
  "Uint8ClampedArray",
  "Int16Array",
  "Uint16Array",
  "Int32Array",
  "Uint32Array",
  "Float32Array",
  "Float64Array",
  "BigInt64Array",
  "BigUint64Array",
  "Float16Array",
];

/** The error classes structured clone keeps; the position is the number. */
export const ERRORS: readonly string[] = [
  "Error",
  "EvalError",
  "RangeError",
  "ReferenceError",
  "SyntaxError",
  "TypeError",
  "URIError",
];
