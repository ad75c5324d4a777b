/** One row per kind of value that travels: primitives and objects. */
import { prepared, type Row } from "./row.ts";
import { deepCycle, nested } from "./odd_values.ts";

class Point {
  readonly x = 1;
  readonly #secret = 2;
  get sum(): number {
    return this.x + this.#secret;
  }
}
class SubMap extends Map<number, number> {}
class SubArray extends Array {}

export const scalars: readonly (readonly [string, unknown])[] = [
  ["undefined", undefined],
  ["null", null],
  ["true", true],
  ["false", false],
  ["0", 0],
  ["-0", -0],
  ["127", 127],
  ["128", 128],
  ["-1", -1],
  ["2^31-1", 2147483647],
  ["-2^31", -2147483648],
  ["2^31", 2147483648],
  ["2^53-1", Number.MAX_SAFE_INTEGER],
  ["largest", Number.MAX_VALUE],
  ["smallest subnormal", Number.MIN_VALUE],
  ["a subnormal", 1.5e-310],
  ["NaN", NaN],
  ["Infinity", Infinity],
  ["-Infinity", -Infinity],
  ["0n", 0n],
  ["-1n", -1n],
  ["2n**63n-1n", 2n ** 63n - 1n],
  ["2n**63n", 2n ** 63n],
  ["-2n**63n", -(2n ** 63n)],
  ["-2n**64n", -(2n ** 64n)],
  ["a bigint of 4000 bits", 3n ** 2500n],
  ["a negative bigint of 4000 bits", -(3n ** 2500n)],
  ["empty text", ""],
  ["NUL", "a\0b"],
  ["31 characters", "a".repeat(31)],
  ["32 characters", "a".repeat(32)],
  ["31 Latin-1", "é".repeat(31)],
  ["32 Latin-1", "é".repeat(32)],
  ["ASCII then one Latin-1", "a".repeat(50) + "é"],
  ["one Latin-1 within ASCII", "a".repeat(100) + "é" + "a".repeat(100)],
  ["one wide within ASCII", "a".repeat(100) + "日" + "a".repeat(100)],
  ["ASCII then one wide", "a".repeat(500) + "日"],
  ["ASCII then one pair", "a".repeat(500) + "😀"],
  ["short wide", "日本"],
  ["long wide", "日本語😀".repeat(300)],
  ["a lone surrogate", "\ud800"],
  ["lone surrogates in long text", "x".repeat(40) + "\udc00\ud800"],
  ["100,000 ASCII", "abcdefghij".repeat(10_000)],
  ["a byte order mark", "\ufeffabc".repeat(20)],
];

export const objects: readonly Row[] = [
  { name: "empty object", make: () => ({}) },
  {
    name: "small object",
    make: () => ({ a: 1, b: "hello", c: [1, 2, 3], d: { e: true } }),
  },
  { name: "undefined property", make: () => ({ a: undefined }) },
  {
    name: "key order",
    make: () => ({ b: 1, a: 2, 2: 3, 1: 4, "-1": 5, "01": 6 }),
  },
  { name: "odd keys", make: () => ({ "": 1, "é": 2, "a b": 3, "\0": 4 }) },
  { name: "wide keys", make: () => ({ 日本: 1, "\ud800": 2, a: 3 }) },
  { name: "a long key", make: () => ({ ["k".repeat(300)]: 1 }) },
  {
    name: "300 keys",
    make: () =>
      Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`k${i}`, i])),
  },
  {
    name: "own __proto__",
    make: () => JSON.parse('{"a":1,"__proto__":{"x":1},"constructor":2}'),
  },
  {
    name: "own __proto__ among wide keys",
    make: () => JSON.parse('{"日":1,"__proto__":{"x":1}}'),
  },
  {
    name: "own __proto__ set to null",
    make: () => JSON.parse('{"__proto__":null}'),
  },
  {
    name: "null prototype",
    make: () => Object.assign(Object.create(null), { a: 1 }),
  },
  { name: "class instance", make: () => new Point() },
  {
    name: "class instance in a class instance",
    make: () => Object.assign(new Point(), { p: new Point() }),
  },
  {
    name: "getter",
    make: () => ({
      get a() {
        return [1];
      },
    }),
  },
  {
    name: "getter that deletes the next key",
    make: () => ({
      get a() {
        delete (this as { b?: 1 }).b;
        return 1;
      },
      b: 1,
      c: 2,
    }),
    expected: () => ({ a: 1, c: 2 }),
    reason: "a second reading would find less",
  },
  {
    name: "not enumerable",
    make: () => Object.defineProperty({ a: 1 }, "hidden", { value: 1 }),
  },
  { name: "symbol key", make: () => ({ [Symbol("s")]: 1, a: 1 }) },
  { name: "frozen", make: () => Object.freeze({ a: Object.freeze([1]) }) },
  {
    name: "object made from a Map prototype",
    make: () => Object.assign(Object.create(Map.prototype), { a: 1 }),
  },
  {
    name: "object made from an Error prototype",
    make: () => Object.assign(Object.create(Error.prototype), { a: 1 }),
  },
  {
    name: "object made from a Date prototype",
    make: () => Object.create(Date.prototype),
  },
  { name: "empty array", make: () => [] },
  { name: "integers", make: () => [0, -1, 2147483647, -2147483648] },
  { name: "integers and -0", make: () => [0, -0, 1] },
  { name: "floats", make: () => [1.5, NaN, -0, Infinity, 5e-324] },
  { name: "numbers then text", make: () => [1, 2, "a", 3] },
  { name: "floats then text", make: () => [1.5, 2, "a", 3] },
  {
    name: "1000 numbers",
    make: () => Array.from({ length: 1000 }, (_, i) => i * 1.5),
  },
  {
    name: "10,000 integers",
    make: () => Array.from({ length: 10_000 }, (_, i) => i),
  },
  { name: "texts", make: () => ["a", "b", "", "é"] },
  { name: "undefined elements", make: () => [undefined, undefined] },
  { name: "holes", make: () => [1, , 3] },
  { name: "only holes", make: () => new Array(5) },
  { name: "hole and a name", make: () => Object.assign([1, , 3], { x: 1 }) },
  {
    name: "hole at the end",
    make: () => prepared([1, 2], (array) => array.length = 3),
  },
  {
    name: "sparse",
    make: () => prepared([] as number[], (array) => array[1_000_000] = 1),
  },
  {
    name: "sparse of the largest length",
    make: () =>
      prepared([] as number[], (array) => {
        array.length = 4294967295;
        array[7] = 1;
      }),
    expected: () =>
      prepared([] as number[], (array) => {
        array.length = 4294967295;
        array[7] = 1;
      }),
    reason: "structuredClone of Bun looks at each element and takes 24 s",
  },
  {
    name: "names on an array of integers",
    make: () => Object.assign([1, 2], { x: [1], y: "a" }),
  },
  {
    name: "names on an array of texts",
    make: () => Object.assign(["1", "2"], { x: 1, "01": 2 }),
  },
  { name: "names on an empty array", make: () => Object.assign([], { x: 1 }) },
  {
    name: "names on a long array",
    make: () =>
      Object.assign(Array.from({ length: 500 }, (_, i) => i), { x: 1 }),
  },
  {
    name: "own __proto__ on an array",
    make: () =>
      Object.defineProperty([1], "__proto__", { value: [2], enumerable: true }),
  },
  { name: "a match", make: () => "abc".match(/b/) },
  { name: "subclass of Array", make: () => SubArray.from([1, "a"]) },
  {
    name: "Map",
    make: () =>
      new Map<unknown, unknown>([["a", 1], [{ k: 1 }, [2]], [NaN, -0], [
        undefined,
        null,
      ]]),
  },
  { name: "Map of one text", make: () => new Map([["a", 1]]) },
  { name: "subclass of Map", make: () => new SubMap([[1, 2]]) },
  { name: "Set", make: () => new Set<unknown>([1, "a", { a: 1 }, [1], NaN]) },
  {
    name: "Map and Set in each other",
    make: () => new Map([[new Set([1]), new Set([new Map([[1, 2]])])]]),
  },
  { name: "Date", make: () => new Date(1e12) },
  { name: "invalid Date", make: () => new Date(NaN) },
  { name: "RegExp", make: () => /a(?<x>b)\/é日/giu },
  {
    name: "RegExp with lastIndex",
    make: () => prepared(/a/g, (regexp) => regexp.lastIndex = 3),
  },
  { name: "boxed number", make: () => Object(-0) },
  { name: "boxed text", make: () => Object("abc") },
  { name: "boxed boolean", make: () => Object(false) },
  { name: "boxed bigint", make: () => Object(2n ** 70n) },
  {
    name: "cycle",
    make: () =>
      prepared(
        { a: 1 } as Record<string, unknown>,
        (object) => object["self"] = object,
      ),
  },
  {
    name: "cycle through array, Map and Set",
    make: () =>
      prepared(
        [] as unknown[],
        (array) => array.push(new Map([[array, new Set([array])]])),
      ),
  },
  {
    name: "shared reference",
    make: () => {
      const one = { a: 1 };
      return [one, { one }, one];
    },
  },
  {
    name: "30 objects met twice",
    make: () => {
      const all = Array.from({ length: 30 }, (_, i) => ({ i }));
      return [all, [...all].reverse()];
    },
  },
  { name: "200 deep", make: () => nested(200) },
  { name: "1000 deep with back references", make: () => deepCycle(1000) },
];
