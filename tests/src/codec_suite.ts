/**
 * The codec against `structuredClone`: every kind of value, what does not
 * travel, hostile bytes, and failures.
 */
import process from "node:process";
import { Decoder, Encoder } from "../../src/codec/mod.ts";
import {
  CodecError,
  ProxyError,
  StateError,
  TaskLookupError,
  WorkerLostError,
} from "../../src/errors.ts";
import { equal, instance, is, match, ok, throws } from "../support/assert.ts";
import { type Rng, rng } from "../support/rng.ts";
import { suite } from "../support/suite.ts";
import { REFUSED, ROWS } from "./codec_table.ts";

const test = suite("codec");

const memory: SharedArrayBuffer[] = [];
const shares = {
  idOf(buffer: SharedArrayBuffer): number {
    const known = memory.indexOf(buffer);
    return known >= 0 ? known : memory.push(buffer) - 1;
  },
};
const source = {
  bufferOf(id: number): SharedArrayBuffer {
    const found = memory[id];
    if (found === undefined) {
      throw new CodecError("decode", `Cannot find memory ${id}`, { path: "" });
    }
    return found;
  },
};
const encoder = new Encoder(shares);
const decoder = new Decoder(source);

for (const { name, make, expected, reason, unless } of ROWS) {
  const title = expected
    ? `${name} arrives although ${reason}`
    : `${name} arrives as structuredClone gives it`;
  test(title, { unless: unless?.() ? "missing here" : undefined }, () => {
    // One value for both: errors made in two places have two stacks.
    const value = make();
    const arrived = roundTrip(value);
    is(difference(arrived, expected ? expected() : structuredClone(value)), "");
  });
}

for (const { name, make, path, message, cause } of REFUSED) {
  test(`${name} is refused at ${path}`, () => {
    encoder.begin();
    encoder.value("before", "args");
    const error = throws(
      () => encoder.value(make(), "args"),
      CodecError,
      message,
    );
    is(error.code, "encode");
    is(error.path, path);
    ok(error.message.startsWith(`Cannot encode ${path}: `));
    is(error.cause !== undefined, cause ?? error.cause !== undefined);
    // Rolled back: the message goes on as if nothing had been tried.
    encoder.value("after", "args");
    decode(() =>
      equal([decoder.value(), decoder.value(), encoder.foreign.length], [
        "before",
        "after",
        0,
      ])
    );
  });
}

test("Decoder.value() never lends the bytes it decodes", () => {
  const value = () => [
    bytes(10),
    bytes(5000),
    "text".repeat(20),
    "日".repeat(50),
    [1.5, 2],
    { key: "v" },
    new DataView(bytes(64).buffer),
  ];
  encoder.begin();
  encoder.value(value(), "args");
  const shared = new SharedArrayBuffer(encoder.end());
  const region = new Uint8Array(shared);
  const length = region.length;
  encoder.copyTo(region, 0);
  decoder.begin(region, 0, length);
  const arrived = decoder.value();
  region.fill(0xee);
  is(difference(arrived, structuredClone(value())), "");
});

test("Decoder.value() gives buffers that are not shared, from shared memory", () => {
  const view = roundTrip(bytes(9000)) as Uint8Array;
  ok(view.buffer instanceof ArrayBuffer);
});

test("SharedArrayBuffers and views on them travel by reference", () => {
  const shared = new SharedArrayBuffer(64);
  const arrived = roundTrip({
    a: new Int32Array(shared, 8, 4),
    b: shared,
    c: new DataView(shared),
  }) as { a: Int32Array; b: unknown; c: DataView };
  is(arrived.b, shared);
  is(arrived.a.buffer, shared);
  is(arrived.a.byteOffset, 8);
  is(arrived.a.length, 4);
  is(arrived.c.buffer, shared);
  arrived.a[0] = 42;
  is(new Int32Array(shared)[2], 42);
});

test("a tracking view of a growable SharedArrayBuffer is left to structured clone, a fixed one is not", () => {
  const shared = new SharedArrayBuffer(8, { maxByteLength: 32 });
  encoder.begin();
  encoder.value(new Uint8Array(shared, 0, 4), "args");
  is(encoder.foreign.length, 0);
  encoder.value(new Uint8Array(shared), "args");
  is(encoder.foreign.length, 1);
});

test("views on resizable buffers go on following them", () => {
  const made = new ArrayBuffer(8, { maxByteLength: 16 });
  const { tracking, fixed } = roundTrip({
    tracking: new Uint8Array(made),
    fixed: new Uint8Array(made, 0, 8),
  }) as { tracking: Uint8Array<ArrayBuffer>; fixed: Uint8Array };
  tracking.buffer.resize(16);
  equal([tracking.length, fixed.length], [16, 8]);
});

test("objects of the platform are left to structured clone, as part of their whole value", () => {
  encoder.begin();
  encoder.value(1, "a");
  const blob = new Blob(["abc"]);
  encoder.value({ list: [blob, 5] }, "b");
  encoder.value("end", "c");
  is(encoder.foreign.length, 1);
  decode(() => {
    is(decoder.value(), 1);
    const { list } = decoder.value() as { list: [Blob, number] };
    ok(list[0] instanceof Blob);
    ok(list[0] !== blob);
    is(list[0].size, 3);
    is(list[1], 5);
    is(decoder.value(), "end");
  });
});

test("a function beside an object of the platform is named", () => {
  encoder.begin();
  const error = throws(
    () => encoder.value([new Blob([]), { f: Math.abs }], "args"),
    CodecError,
  );
  is(error.path, "args[1].f");
  is(encoder.foreign.length, 0);
});

test("an own __proto__ pollutes nothing", () => {
  const arrived = roundTrip(
    JSON.parse('{"__proto__":{"polluted":1},"x":{"__proto__":{"polluted":1}}}'),
  );
  is(({} as Record<string, unknown>)["polluted"], undefined);
  is(Object.getPrototypeOf(arrived), Object.prototype);
});

test("getters run once per value", () => {
  let runs = 0;
  roundTrip([{
    get a() {
      return ++runs;
    },
  }]);
  is(runs, 1);
});

test("objects keep their identity within a value and not across values", () => {
  const one = { a: 1 };
  encoder.begin();
  encoder.value([one, one], "a");
  encoder.value(one, "b");
  decode(() => {
    const [first, second] = decoder.value() as unknown[];
    is(first, second);
    ok(decoder.value() !== first);
  });
});

test("Encoder is busy inside a getter and cannot be used there", () => {
  const seen: unknown[] = [];
  encoder.begin();
  is(encoder.busy, false);
  encoder.value({
    get a() {
      seen.push(encoder.busy);
      try {
        encoder.begin();
      } catch (error) {
        seen.push(error);
      }
      return 1;
    },
  }, "args");
  is(seen[0], true);
  instance(seen[1], StateError);
  is(encoder.busy, false);
  decode(() => equal(decoder.value(), { a: 1 }));
});

test("counts and values stand where they were appended", () => {
  encoder.begin();
  encoder.uint32(7);
  encoder.value(bytes(6000), "a");
  encoder.uint32(0xffffffff);
  encoder.value([bytes(4097), "x"], "b");
  encoder.value(undefined, "c");
  decode(() => {
    is(decoder.uint32(), 7);
    is(difference(decoder.value(), bytes(6000)), "");
    is(decoder.uint32(), 0xffffffff);
    is(difference(decoder.value(), [bytes(4097), "x"]), "");
    is(decoder.value(), undefined);
    throws(() => decoder.value(), CodecError, /no tag|ends/);
  });
});

test("copyTo() writes nothing outside the message, at any offset", () => {
  for (const size of [0, 1, 30, 100, 200, 1000, 5000]) {
    encoder.begin();
    encoder.value(bytes(size), "args");
    const length = encoder.end();
    is(length % 8, 0);
    const region = new Uint8Array(new SharedArrayBuffer(length + 48)).fill(
      0xaa,
    );
    encoder.copyTo(region, 24);
    is(region.subarray(0, 24).every((byte) => byte === 0xaa), true);
    is(region.subarray(24 + length).every((byte) => byte === 0xaa), true);
    decoder.begin(region, 24, length);
    is(difference(decoder.value(), bytes(size)), "");
  }
});

test("a buffer that shrinks between value() and copyTo() leaves zeros", () => {
  const buffer = new ArrayBuffer(5000, { maxByteLength: 8000 });
  encoder.begin();
  encoder.value([buffer, "after"], "args");
  buffer.resize(10);
  decode(() => is((decoder.value() as unknown[])[1], "after"));
});

test("20,000 random values arrive as structuredClone gives them", {
  deadlineMs: 60_000,
}, () => {
  const random = rng("codec round trip");
  for (let i = 0; i < 20_000; i++) {
    const value = randomValue(random, 0, []);
    const wrong = difference(roundTrip(value), structuredClone(value));
    if (wrong !== "") throw new Error(`value ${i}: ${wrong}`);
  }
});

test("20,000 mutated messages end with a value or a CodecError", {
  deadlineMs: 60_000,
}, () => {
  const random = rng("codec mutation");
  let refused = 0;
  for (let i = 0; i < 20_000; i++) {
    const failing = i % 4 === 0;
    encoder.begin();
    if (failing) {
      encoder.failure(
        Object.assign(new Error("x", { cause: new TypeError("y") }), {
          code: randomValue(random, 1, []),
        }),
      );
    } else encoder.value(randomValue(random, 0, []), "args");
    const message = new Uint8Array(encoder.end());
    const length = message.length;
    encoder.copyTo(message, 0);
    for (let flips = random.between(1, 6); flips > 0; flips--) {
      message[random.below(length)] = random.below(4) === 0
        ? 255
        : random.below(256);
    }
    decoder.begin(
      message,
      0,
      random.below(3) === 0 ? random.below(length + 1) : length,
    );
    try {
      if (failing) decoder.failure();
      else decoder.value();
    } catch (error) {
      instance(error, CodecError);
      is((error as CodecError).code, "decode");
      refused++;
    }
  }
  ok(refused > 2000, `only ${refused} were refused`);
  is(({} as Record<string, unknown>)["polluted"], undefined);
  is(Object.keys(Object.prototype).length, 0);
});

test(
  "20,000 messages of noise end with a value or a CodecError, in little memory",
  { deadlineMs: 60_000 },
  () => {
    const random = rng("codec noise");
    const before = process.memoryUsage().rss;
    for (let i = 0; i < 20_000; i++) {
      const message = Uint8Array.from(
        { length: random.below(64) },
        () => random.below(3) === 0 ? random.below(256) : random.below(31),
      );
      decoder.begin(message, 0, message.length);
      try {
        decoder.value();
      } catch (error) {
        instance(error, CodecError);
      }
    }
    ok(process.memoryUsage().rss - before < 300e6);
  },
);

test("a message cut short is refused, although its rest lies behind it", () => {
  for (
    const value of [
      "text".repeat(20),
      [1.5, 2.5, 3.5],
      bytes(100),
      bytes(5000),
      { a: 1, b: 2, c: "d".repeat(20) },
      "日".repeat(30),
      2n ** 60n,
    ]
  ) {
    encoder.begin();
    encoder.value(value, "args");
    const message = new Uint8Array(encoder.end());
    encoder.copyTo(message, 0);
    for (let cut = 0; cut < message.length - 8; cut += 3) {
      decoder.begin(message, 0, cut);
      throws(() => decoder.value(), CodecError);
    }
  }
});

test("the length of a sparse array reserves no memory", () => {
  const sparse: number[] = [];
  sparse[7] = 1;
  sparse.length = 30_000_000;
  const before = process.memoryUsage().rss;
  const arrived = [1, 2, 3, 4].map(() => roundTrip(sparse) as number[]);
  equal(arrived.map((array) => array.length), [3e7, 3e7, 3e7, 3e7]);
  ok(process.memoryUsage().rss - before < 600e6);
});

test("Decoder.begin() refuses a message outside its bytes", () => {
  for (
    const [offset, length] of [[0, 9], [8, 1], [-1, 4], [0, -1], [
      NaN,
      1,
    ]] as const
  ) {
    throws(() => decoder.begin(new Uint8Array(8), offset, length), CodecError);
  }
});

test("a failure keeps class, name, message, stack, causes and properties", () => {
  class MyError extends RangeError {
    code = "E_MINE";
    where = { row: 3 };
  }
  const made = new MyError("boom", {
    cause: new TypeError("inner", { cause: { why: 1 } }),
  });
  const arrived = fail(made) as MyError;
  instance(arrived, RangeError);
  equal([
    arrived.name,
    arrived.message,
    arrived.stack,
    arrived.code,
    arrived.where.row,
  ], ["MyError", "boom", made.stack, "E_MINE", 3]);
  instance(arrived.cause, TypeError);
  equal((arrived.cause as Error).cause, { why: 1 });
  equal(Object.keys(arrived).sort(), ["code", "where"]);
});

for (
  const Class of [
    Error,
    EvalError,
    RangeError,
    ReferenceError,
    SyntaxError,
    TypeError,
    URIError,
  ]
) {
  test(`a failure of class ${Class.name} arrives as one`, () => {
    const arrived = fail(new Class("m"));
    is(Object.getPrototypeOf(arrived), Class.prototype);
    equal([arrived.name, arrived.message, Object.keys(arrived).length], [
      Class.name,
      "m",
      0,
    ]);
    is(Object.hasOwn(arrived, "name"), false);
  });
}

test("a failure keeps the errors of an AggregateError, and a DOMException", () => {
  const arrived = fail(
    new AggregateError([new TypeError("a"), "b", undefined], "all"),
  ) as AggregateError;
  is(Object.getPrototypeOf(arrived), AggregateError.prototype);
  instance(arrived.errors[0], TypeError);
  equal(arrived.errors.slice(1), ["b", undefined]);
  const abort = fail(new DOMException("stop", "AbortError"));
  ok(abort instanceof DOMException);
  equal([abort.name, abort.message], ["AbortError", "stop"]);
});

test("a failure of this library arrives with its fields", () => {
  const lookup = fail(
    new TaskLookupError("export_missing", "m", { task: "a#b", exports: ["c"] }),
  ) as TaskLookupError;
  instance(lookup, TaskLookupError);
  equal([lookup.code, lookup.task, lookup.exports, lookup.name], [
    "export_missing",
    "a#b",
    ["c"],
    "TaskLookupError",
  ]);
  const codec = fail(
    new CodecError("decode", "m", { path: "args[0]" }),
  ) as CodecError;
  instance(codec, CodecError);
  equal([codec.code, codec.path], ["decode", "args[0]"]);
  const lost = fail(
    new WorkerLostError("m", {
      workerId: 4,
      exitCode: 1,
      reason: "r",
      started: true,
    }),
  ) as WorkerLostError;
  instance(lost, WorkerLostError);
  equal([lost.workerId, lost.exitCode, lost.reason, lost.started], [
    4,
    1,
    "r",
    true,
  ]);
  const state = fail(new StateError("pool_open", "m")) as StateError;
  instance(state, StateError);
  is(state.code, "pool_open");
});

test("a failure drops the properties that do not travel", () => {
  const made = Object.assign(new Error("x"), { f: () => 1, ok: 1 });
  Object.defineProperty(made, "trap", {
    enumerable: true,
    get() {
      throw new Error("no");
    },
  });
  Object.defineProperty(made, "__proto__", {
    enumerable: true,
    value: { polluted: 1 },
  });
  const arrived = fail(made);
  equal(Object.keys(arrived).sort(), ["__proto__", "ok"]);
  instance(arrived, Error);
});

test("a cycle of causes ends", () => {
  const a = new Error("a");
  const b = new Error("b", { cause: a });
  a.cause = b;
  const arrived = fail(a);
  is((arrived.cause as Error).message, "b");
  is((arrived.cause as Error).cause, undefined);
  let chain: Error = new Error("end");
  for (let i = 0; i < 5000; i++) chain = new Error(`${i}`, { cause: chain });
  is(fail(chain).message, "4999");
});

for (
  const [value, description] of [
    ["text", '"text"'],
    [undefined, "undefined"],
    [null, "null"],
    [42, "42"],
    [{ a: 1 }, "object Object"],
  ] as const
) {
  test(`a thrown ${description} arrives in a ProxyError`, () => {
    const arrived = fail(value) as ProxyError;
    instance(arrived, ProxyError);
    is(
      arrived.message,
      `Task threw a value that is not an Error: ${description}`,
    );
    equal(arrived.value, value);
  });
}

test("a thrown value that does not travel arrives as its description", () => {
  const arrived = fail(function lost() {}) as ProxyError;
  is(arrived.value, "function lost");
  is((fail(Symbol("s")) as ProxyError).value, "Symbol(s)");
});

test("hostile errors are failures like any other", () => {
  const no = () => {
    throw new Error("no");
  };
  const every = new Proxy({}, { get: () => no });
  const hostile: unknown[] = [
    new Proxy(
      new Error("x"),
      Object.fromEntries(
        Reflect.ownKeys(Reflect).filter((key) => typeof key === "string").map((
          key,
        ) => [key, no]),
      ),
    ),
    new Proxy({}, every),
    Object.defineProperties(new Error("x"), {
      // First, because V8 formats the stack when it is replaced.
      stack: { get: no },
      message: { get: no },
      name: { get: no },
      cause: { get: no },
      constructor: { get: no },
    }),
    // Bun cannot even make an error with such a name and a stack assigned.
    Object.defineProperty(new Error("x"), "name", { value: Symbol("n") }),
    Object.assign(new Error("x"), { errors: "none", message: 5, stack: {} }),
    Object.assign(new AggregateError([]), { errors: new Proxy([], every) }),
    (() => {
      const { proxy, revoke } = Proxy.revocable(new Error("x"), {});
      revoke();
      return proxy;
    })(),
  ];
  for (const one of hostile) instance(fail(one), Error);
});

test("a failure can stand beside counts and values", () => {
  encoder.begin();
  encoder.uint32(3);
  encoder.failure(new Error("one"));
  encoder.value("two", "result");
  decode(() => {
    is(decoder.uint32(), 3);
    is(decoder.failure().message, "one");
    is(decoder.value(), "two");
  });
});

test("messages of refusals carry no period and name an action", () => {
  encoder.begin();
  const error = throws(
    () => encoder.value({ fn: Math.abs }, "args[0]"),
    CodecError,
  );
  match(
    error.message,
    /^Cannot encode args\[0\]\.fn: functions do not travel, pass a task$/,
  );
});

function roundTrip(value: unknown): unknown {
  encoder.begin();
  encoder.value(value, "args");
  let arrived: unknown;
  decode(() => arrived = decoder.value());
  return arrived;
}

function fail(error: unknown): Error {
  encoder.begin();
  encoder.failure(error);
  let arrived: Error | undefined;
  decode(() => arrived = decoder.failure());
  return arrived!;
}

/** Moves the message through shared memory, at an offset, with noise around it. */
function decode(look: () => void): void {
  const length = encoder.end();
  const region = new Uint8Array(new SharedArrayBuffer(length + 32)).fill(0xcc);
  const foreign = [...encoder.foreign];
  encoder.copyTo(region, 16);
  decoder.begin(region, 16, length, foreign);
  look();
}

function bytes(size: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: size }, (_, i) => i * 7);
}

const TEXTS = [
  "",
  "a",
  "key",
  "hello world",
  "é",
  "日本",
  "\ud800",
  "\0",
  "__proto__",
  "length",
  "0",
  "x".repeat(40),
  "日".repeat(40),
];
const NUMBERS = [
  0,
  -0,
  1,
  -1,
  127,
  128,
  1.5,
  NaN,
  Infinity,
  2 ** 31,
  -(2 ** 31),
  5e-324,
  2 ** 53,
];

function randomValue(random: Rng, depth: number, met: object[]): unknown {
  const choice = random.below(depth > 4 ? 9 : 20);
  const child = (): unknown => randomValue(random, depth + 1, met);
  const list = (): unknown[] => Array.from({ length: random.below(5) }, child);
  const keep = <T extends object>(object: T): T => (met.push(object), object);
  switch (choice) {
    case 0:
      return [undefined, null, true, false][random.below(4)];
    case 1:
    case 2:
      return random.pick(NUMBERS);
    case 3:
      return random.between(-200, 200);
    case 4:
    case 5:
      return random.pick(TEXTS);
    case 6:
      return BigInt(random.uint32()) ** BigInt(random.below(5)) *
        (random.below(2) ? 1n : -1n);
    case 7:
      return met.length > 0 ? random.pick(met) : null;
    case 8:
      return keep(new Date(random.below(2) ? NaN : random.uint32()));
    case 9:
      return keep(new Map(list().map((value) => [child(), value])));
    case 10:
      return keep(new Set(list()));
    case 11:
      return keep(
        random.below(2)
          ? new Uint8Array(random.below(20))
          : new Float64Array(random.below(3) * 300),
      );
    case 12: {
      const array = keep(list());
      if (random.below(3) === 0) array.length += random.below(40);
      if (random.below(3) === 0) {
        (array as unknown as Record<string, unknown>)[
          random.pick(["x", "01", "-1"])
        ] = child();
      }
      return array;
    }
    case 13:
      return keep(
        Array.from({ length: random.below(6) }, () => random.pick(NUMBERS)),
      );
    case 14:
      return keep(Object(random.pick([1, "s", true])) as object);
    default: {
      const object = keep({} as Record<string, unknown>);
      for (let i = random.below(6); i > 0; i--) {
        const key = random.pick(TEXTS) +
          (random.below(2) ? random.below(10) : "");
        Object.defineProperty(object, key, {
          value: child(),
          writable: true,
          enumerable: true,
          configurable: true,
        });
      }
      return object;
    }
  }
}

/** The first difference between two values, identity included; "" if there is none. */
function difference(left: unknown, right: unknown): string {
  const pairs: [unknown, unknown, string][] = [[left, right, "value"]];
  const twins = new Map<unknown, unknown>();
  const back = new Map<unknown, unknown>();
  for (let pair = pairs.pop(); pair !== undefined; pair = pairs.pop()) {
    const [a, b, path] = pair;
    if (
      typeof a !== "object" || a === null || typeof b !== "object" || b === null
    ) {
      if (!Object.is(a, b)) {
        return `${path}: ${String(a).slice(0, 50)} is not ${
          String(b).slice(0, 50)
        }`;
      }
      continue;
    }
    if (twins.has(a) || back.has(b)) {
      if (twins.get(a) !== b || back.get(b) !== a) {
        return `${path}: not the same object as elsewhere`;
      }
      continue;
    }
    twins.set(a, b);
    back.set(b, a);
    const wrong = unlike(
      a,
      b,
      (x, y, step) =>
        pairs.push([x, y, path.length < 200 ? path + step : path]),
    );
    if (wrong !== "") return `${path}: ${wrong}`;
  }
  return "";
}

type Compare = (left: unknown, right: unknown, step: string) => void;

/** How two objects differ in themselves; what they hold is handed on. */
function unlike(a: object, b: object, compare: Compare): string {
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) {
    return `prototypes ${String(a)} and ${String(b)}`;
  }
  const brand = Object.prototype.toString.call(b);
  if (Object.prototype.toString.call(a) !== brand) return "brand";
  if (a instanceof Error && b instanceof Error) {
    return unlikeErrors(a, b, compare);
  }
  if (ArrayBuffer.isView(a) && ArrayBuffer.isView(b)) {
    compare(a.byteOffset, b.byteOffset, ".byteOffset");
    compare(a.byteLength, b.byteLength, ".byteLength");
    compare(a.buffer, b.buffer, ".buffer");
    return "";
  }
  if (a instanceof ArrayBuffer && b instanceof ArrayBuffer) {
    compare(a.resizable, b.resizable, ".resizable");
    compare(a.maxByteLength, b.maxByteLength, ".maxByteLength");
    const [x, y] = [new Uint8Array(a), new Uint8Array(b)];
    return x.length === y.length && x.every((byte, i) => byte === y[i])
      ? ""
      : "content";
  }
  if (a instanceof Map && b instanceof Map) {
    compare([...a].flat(1).length, [...b].flat(1).length, ".size");
    const others = [...b];
    [...a].forEach(([key, value], i) => {
      compare(key, others[i]?.[0], `<key ${i}>`);
      compare(value, others[i]?.[1], `<value ${i}>`);
    });
  }
  if (a instanceof Set && b instanceof Set) {
    const others = [...b];
    compare(a.size, b.size, ".size");
    [...a].forEach((member, i) => compare(member, others[i], `<member ${i}>`));
  }
  if (/Number|String|Boolean|BigInt|Date/.test(brand)) {
    compare(a.valueOf(), b.valueOf(), ".valueOf()");
  }
  if (a instanceof RegExp && b instanceof RegExp) {
    compare(String(a), String(b), "");
  }
  const keys = Reflect.ownKeys(a).map(String);
  const others = Reflect.ownKeys(b).map(String);
  if (keys.join() !== others.join()) {
    return `keys ${keys.join().slice(0, 80)} instead of ${
      others.join().slice(0, 80)
    }`;
  }
  for (const key of Reflect.ownKeys(a)) {
    const x = Object.getOwnPropertyDescriptor(a, key)!;
    const y = Object.getOwnPropertyDescriptor(b, key)!;
    if (x.enumerable !== y.enumerable || x.writable !== y.writable) {
      return `attributes of ${String(key)}`;
    }
    compare(x.value, y.value, `.${String(key)}`);
  }
  return "";
}

/** Bun adds the place of construction as properties of every error; those are left out. */
function unlikeErrors(a: Error, b: Error, compare: Compare): string {
  for (const key of ["name", "message", "stack", "cause"] as const) {
    if (key !== "stack" && Object.hasOwn(a, key) !== Object.hasOwn(b, key)) {
      return `own ${key}`;
    }
    if (Object.getOwnPropertyDescriptor(a, key)?.enumerable) {
      return `${key} is enumerable`;
    }
    compare(a[key], b[key], `.${key}`);
  }
  return Object.keys(a).join() === Object.keys(b).join() ? "" : "keys";
}
