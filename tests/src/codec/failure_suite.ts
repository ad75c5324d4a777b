/** What a task threw, on its way. */
import { decode, decoder, encoder, fail } from "./channel.ts";
import {
  CodecError,
  ProxyError,
  StateError,
  TaskLookupError,
  TaskTimeoutError,
  WorkerLostError,
} from "../../../src/errors.ts";
import {
  equal,
  instance,
  is,
  match,
  ok,
  throws,
} from "../../support/assert.ts";
import { suite } from "../../support/suite.ts";

const test = suite("codec failures");

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
  const late = fail(
    new TaskTimeoutError("m", { timeoutMs: 20 }),
  ) as TaskTimeoutError;
  instance(late, TaskTimeoutError);
  equal([late.code, late.timeoutMs], ["timeout", 20]);
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
