/** Every kind of value, against `structuredClone`. */
import { decode, decoder, encoder, roundTrip } from "./channel.ts";
import { difference } from "./difference.ts";
import { ROWS } from "./table.ts";
import { REFUSED } from "./refused.ts";
import { CodecError } from "../../../src/errors.ts";
import { equal, is, ok, throws } from "../../support/assert.ts";
import { suite } from "../../support/suite.ts";

const test = suite("codec");

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
