/** One row per kind of value: what travels like structured clone, and what does not travel. */

/** A value that must arrive as `structuredClone` would give it. */
export interface Row {
  readonly name: string;
  readonly make: () => unknown;
  /** What must arrive where a runtime's own structured clone gives less. */
  readonly expected?: () => unknown;
  /** Why `expected` is needed. */
  readonly reason?: string;
  /** What is missing on some runtime; the row is left out there. */
  readonly unless?: () => boolean;
}

const prepared = <T>(
  value: T,
  change: (value: T) => void,
): T => (change(value), value);

class Point {
  readonly x = 1;
  readonly #secret = 2;
  get sum(): number {
    return this.x + this.#secret;
  }
}
class SubMap extends Map<number, number> {}
class SubArray extends Array {}
class SubError extends RangeError {}
class SubBytes extends Uint8Array {}

const DEFECT = "structuredClone of Bun loses the cause";

const scalars: readonly (readonly [string, unknown])[] = [
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

const objects: readonly Row[] = [
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

const buffers: readonly Row[] = [
  { name: "ArrayBuffer", make: () => bytes(10).buffer },
  { name: "empty ArrayBuffer", make: () => new ArrayBuffer(0) },
  { name: "ArrayBuffer of 4095", make: () => ["a", bytes(4095).buffer, "b"] },
  { name: "ArrayBuffer of 4096", make: () => ["a", bytes(4096).buffer, "b"] },
  {
    name: "ArrayBuffer of 5001",
    make: () => ["a", bytes(5001).buffer, bytes(4099), "b"],
  },
  {
    name: "resizable",
    make: () =>
      prepared(
        new ArrayBuffer(10, { maxByteLength: 64 }),
        (b) => new Uint8Array(b).fill(7),
      ),
  },
  {
    name: "large resizable",
    make: () =>
      new Uint8Array(new ArrayBuffer(5000, { maxByteLength: 9000 })).fill(3)
        .buffer,
  },
  ...[
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    Float32Array,
    Float64Array,
  ]
    .map((Class): Row => ({
      name: Class.name,
      make: () => Class.from([1, 2, 250]),
    })),
  { name: "BigInt64Array", make: () => BigInt64Array.of(1n, -1n) },
  { name: "BigUint64Array", make: () => BigUint64Array.of(1n, 2n ** 64n - 1n) },
  {
    name: "Float16Array",
    make: () => Float16Array.of(1.5, NaN),
    unless: () => typeof Float16Array === "undefined",
  },
  {
    name: "Float64Array of 64 KB",
    make: () => Float64Array.from({ length: 8192 }, (_, i) => i / 3),
  },
  { name: "DataView", make: () => new DataView(bytes(16).buffer, 3, 5) },
  {
    name: "a view on a part",
    make: () => new Uint16Array(bytes(64).buffer, 8, 4),
  },
  {
    name: "two views on one buffer",
    make: () => {
      const { buffer } = bytes(32);
      return [new Uint8Array(buffer), new Float32Array(buffer, 4, 2), buffer];
    },
  },
  {
    name: "two views on one large buffer",
    make: () => {
      const { buffer } = bytes(8192);
      return { a: new Uint8Array(buffer, 1), b: new DataView(buffer) };
    },
  },
  {
    name: "view met twice",
    make: () => {
      const view = bytes(8);
      return [view, view, view.buffer];
    },
  },
  {
    name: "tracking view",
    make: () => new Uint8Array(new ArrayBuffer(8, { maxByteLength: 64 }), 4),
  },
  {
    name: "tracking view on a full buffer",
    make: () => new Uint8Array(new ArrayBuffer(8, { maxByteLength: 8 })),
  },
  {
    name: "tracking view of length 0",
    make: () => new Uint8Array(new ArrayBuffer(8, { maxByteLength: 64 }), 8),
  },
  {
    name: "tracking DataView",
    make: () => new DataView(new ArrayBuffer(8, { maxByteLength: 64 }), 2),
  },
  {
    name: "fixed view to the end of a resizable",
    make: () => new Uint8Array(new ArrayBuffer(8, { maxByteLength: 64 }), 4, 4),
  },
  {
    name: "fixed DataView to the end of a resizable",
    make: () => new DataView(new ArrayBuffer(8, { maxByteLength: 64 }), 4, 4),
  },
  { name: "subclass of Uint8Array", make: () => SubBytes.of(1, 2) },
  {
    name: "names on a typed array",
    make: () => Object.assign(bytes(2), { x: 1 }),
  },
];

const errors: readonly Row[] = [
  ...[
    Error,
    EvalError,
    RangeError,
    ReferenceError,
    SyntaxError,
    TypeError,
    URIError,
  ]
    .map((Class): Row => ({ name: Class.name, make: () => new Class("boom") })),
  { name: "AggregateError", make: () => new AggregateError([1], "all") },
  { name: "Error without a message", make: () => new Error() },
  { name: "Error with an empty message", make: () => new Error("") },
  {
    name: "Error with a number as message",
    make: () => Object.assign(new Error("x"), { message: 7 }),
  },
  {
    name: "Error with properties",
    make: () => Object.assign(new Error("x"), { code: 1 }),
  },
  { name: "subclass of RangeError", make: () => new SubError("x") },
  {
    name: "Error with a name of its own",
    make: () => Object.assign(new TypeError("x"), { name: "Mine" }),
  },
  {
    name: "Error named like another class",
    make: () => Object.assign(new Error("x"), { name: "RangeError" }),
  },
  {
    name: "Error with a stack of its own",
    make: () => Object.assign(new Error("x"), { stack: "here" }),
  },
];

const causes: readonly Row[] = [1, undefined, "text", { a: 1 }].map(
  (cause): Row => {
    const make = () =>
      prepared(new Error("x", { cause }), (error) => error.stack = "s");
    return {
      name: `Error with the cause ${JSON.stringify(cause)}`,
      make,
      expected: make,
      reason: DEFECT,
    };
  },
);

const better: readonly Row[] = [
  ...causes,
  {
    name: "Error as its own cause",
    make: selfCaused,
    expected: selfCaused,
    reason: `${DEFECT}; Node 20 cannot read its own bytes`,
  },
  {
    name: "5000 deep",
    make: () => nested(5000),
    expected: () => nested(5000),
    reason: "V8 runs out of stack",
  },
  {
    name: "a list of 100,000",
    make: () => listed(100_000),
    expected: () => listed(100_000),
    reason: "V8 runs out of stack",
  },
  {
    name: "a proxy of a plain object",
    make: () => new Proxy({ a: 1 }, {}),
    expected: () => ({ a: 1 }),
    reason: "proxies are refused by all; their properties travel",
  },
  {
    name: "arguments",
    make: function () {
      return (function (..._: number[]) {
        return arguments;
      })(1, 2);
    },
    expected: () => ({ 0: 1, 1: 2 }),
    reason: "refused by all; its properties travel",
  },
];

/** Everything that travels. */
export const ROWS: readonly Row[] = [
  ...scalars.map(([name, value]): Row => ({ name, make: () => value })),
  ...objects,
  ...buffers,
  ...errors,
  ...better,
];

/** A value that does not travel, where in it the reason is, and what is said. */
export interface Refused {
  readonly name: string;
  readonly make: () => unknown;
  readonly path: string;
  readonly message: RegExp;
  readonly cause?: boolean;
}

const FUNCTIONS = /functions do not travel, pass a task$/;

export const REFUSED: readonly Refused[] = [
  {
    name: "function",
    make: () => () => 1,
    path: "args",
    message: /^Cannot encode args: functions do not travel, pass a task$/,
  },
  {
    name: "symbol",
    make: () => Symbol(),
    path: "args",
    message: /symbols do not travel/,
  },
  {
    name: "nested function",
    make: () => [{ rows: [1, 2, 3, Math.abs] }],
    path: "args[0].rows[3]",
    message: FUNCTIONS,
  },
  {
    name: "odd key",
    make: () => ({ "odd key": Math.abs }),
    path: 'args["odd key"]',
    message: FUNCTIONS,
  },
  {
    name: "wide key",
    make: () => ({ 日: { $a_1: Math.abs } }),
    path: "args.日.$a_1",
    message: FUNCTIONS,
  },
  {
    name: "Map value",
    make: () => new Map([["k", Math.abs]]),
    path: 'args.get("k")',
    message: FUNCTIONS,
  },
  {
    name: "Map value behind an object",
    make: () => new Map<unknown, unknown>([[1, 1], [{}, Math.abs]]),
    path: "args<value 1>",
    message: FUNCTIONS,
  },
  {
    name: "Map key",
    make: () => new Map([[Math.abs, 1]]),
    path: "args<key 0>",
    message: FUNCTIONS,
  },
  {
    name: "Set member",
    make: () => new Set([1, Math.abs]),
    path: "args<member 1>",
    message: FUNCTIONS,
  },
  {
    name: "cause",
    make: () => new Error("x", { cause: { f: Math.abs } }),
    path: "args.cause.f",
    message: FUNCTIONS,
  },
  {
    name: "name on an array",
    make: () => Object.assign([1], { f: Math.abs }),
    path: "args.f",
    message: FUNCTIONS,
  },
  {
    name: "sparse element",
    make: () => [, , Math.abs],
    path: "args[2]",
    message: FUNCTIONS,
  },
  {
    name: "class instance",
    make: () => Object.assign(new (class Job {})(), { run: Math.abs }),
    path: "args.run",
    message: FUNCTIONS,
  },
  {
    name: "Promise",
    make: () => ({ p: Promise.resolve() }),
    path: "args.p",
    message: /promises do not travel, await it first$/,
  },
  {
    name: "WeakMap",
    make: () => [new WeakMap()],
    path: "args[0]",
    message: /weak collections do not travel, pass a Map$/,
  },
  {
    name: "WeakSet",
    make: () => [new WeakSet()],
    path: "args[0]",
    message: /pass a Set$/,
  },
  {
    name: "WeakRef",
    make: () => [new WeakRef({})],
    path: "args[0]",
    message: /weak references do not travel/,
  },
  {
    name: "generator",
    make: () => [(function* () {})()],
    path: "args[0]",
    message: /generators do not travel/,
  },
  {
    name: "async generator",
    make: () => [(async function* () {})()],
    path: "args[0]",
    message: /generators do not travel/,
  },
  {
    name: "iterator",
    make: () => [[].values()],
    path: "args[0]",
    message: /Array Iterator objects do not travel/,
  },
  {
    name: "boxed symbol",
    make: () => [Object(Symbol())],
    path: "args[0]",
    message: /Symbol objects do not travel/,
  },
  {
    name: "FinalizationRegistry",
    make: () => [new FinalizationRegistry(() => {})],
    path: "args[0]",
    message: /FinalizationRegistry objects do not travel/,
  },
  {
    name: "throwing getter",
    make: () => ({
      a: {
        get b() {
          throw new Error("no");
        },
      },
    }),
    path: "args.a.b",
    message: /reading it threw/,
    cause: true,
  },
  {
    name: "getter throwing undefined",
    make: () => ({
      get b() {
        throw undefined;
      },
    }),
    path: "args.b",
    message: /reading it threw/,
  },
  {
    name: "throwing proxy",
    make: () => [
      new Proxy({}, {
        ownKeys() {
          throw new Error("no");
        },
      }),
    ],
    path: "args[0]",
    message: /reading it threw/,
    cause: true,
  },
  {
    name: "revoked proxy",
    make: () => {
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      return [proxy];
    },
    path: "args[0]",
    message: /reading it threw/,
    cause: true,
  },
  {
    name: "detached buffer",
    make: () => [detached()],
    path: "args[0]",
    message: /the buffer is detached/,
  },
  {
    name: "view on a detached buffer",
    make: () => {
      const view = bytes(8);
      structuredClone(view.buffer, { transfer: [view.buffer] });
      return [view];
    },
    path: "args[0]",
    message: /detached|outside/,
  },
  {
    name: "view outside its buffer",
    make: () => {
      const buffer = new ArrayBuffer(8, { maxByteLength: 8 });
      const view = new Uint8Array(buffer, 4, 4);
      buffer.resize(2);
      return { view };
    },
    path: "args.view",
    message: /outside its resized buffer/,
  },
  {
    name: "endless getter",
    make: () => ({ deep: recursive() }),
    path: "args.deep.value",
    message: /stack is used up/,
    cause: true,
  },
];

/** A getter that never returns but by running out of stack. */
function recursive(): unknown {
  // Not a tail call: JavaScriptCore would turn it into a loop.
  const again = (): number => 1 + again();
  return {
    get value() {
      return again();
    },
  };
}

function bytes(size: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: size }, (_, i) => i * 7);
}

function detached(): ArrayBuffer {
  const { buffer } = bytes(8);
  structuredClone(buffer, { transfer: [buffer] });
  return buffer;
}

/** Objects, arrays, maps and sets by turns. */
function nested(depth: number): unknown {
  let value: unknown = "bottom";
  for (let i = 0; i < depth; i++) {
    const sort = i % 7;
    if (sort === 3) value = [i, value];
    else if (sort === 4) value = new Map([["k", value]]);
    else if (sort === 5) value = new Set([value]);
    else value = { i, value, after: i };
  }
  return value;
}

function listed(length: number): unknown {
  let next: unknown = null;
  for (let i = 0; i < length; i++) next = { next };
  return next;
}

function deepCycle(depth: number): unknown {
  const root: Record<string, unknown> = {};
  let at = root;
  for (let i = 0; i < depth; i++) {
    const next: Record<string, unknown> = { root, up: at };
    at["down"] = next;
    at = next;
  }
  return root;
}

function selfCaused(): Error {
  const error = prepared(new Error("x"), (made) => made.stack = "s");
  Object.defineProperty(error, "cause", {
    value: error,
    writable: true,
    configurable: true,
  });
  return error;
}
