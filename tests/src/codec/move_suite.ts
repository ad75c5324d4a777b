/** Memory that is moved: what a message holds of it, and when it is taken. */
import { APART, Decoder, Encoder, move } from "../../../src/codec/mod.ts";
import { CodecError } from "../../../src/errors.ts";
import { equal, instance, is, throws } from "../../support/assert.ts";
import { suite } from "../../support/suite.ts";
import { bytes, decoder, encoder } from "./channel.ts";

const test = suite("move");
const shares = {
  apart: false,
  idOf: (): number => 0,
  knows: (): boolean => true,
};

function encoded(value: unknown): Encoder {
  const moving = new Encoder(shares, true);
  moving.begin();
  moving.value(value, "args");
  return moving;
}

function decoded(encoder: Encoder): unknown {
  const foreign = [...encoder.foreign];
  const message = encoder.take();
  decoder.begin(message, 0, message.length, foreign);
  return decoder.value();
}

test("what is moved costs the same bytes, whatever its size", () => {
  const lengths = [8, 1 << 24].map((size) =>
    encoded([move(new Uint8Array(size)), 1]).end()
  );
  is(lengths[0], lengths[1]);
});

test("nothing is detached before it is taken, and all of it then", () => {
  const one = bytes(10);
  const other = bytes(5000);
  const message = encoded({ one: move(one), other: [move(other.buffer)] });
  is(message.gives, true);
  equal([one.length, other.length], [10, 5000]);
  message.takeMoved();
  equal([one.length, other.length], [0, 0]);
  is(message.gives, false);
  const arrived = decoded(message) as { one: Uint8Array; other: [ArrayBuffer] };
  equal(arrived.one, bytes(10));
  equal(new Uint8Array(arrived.other[0]), bytes(5000));
});

test("a message that is dropped takes nothing", () => {
  const kept = bytes(10);
  const message = encoded([move(kept)]);
  message.begin();
  message.takeMoved();
  is(kept.length, 10);
});

test("a value that does not travel takes nothing, others of the message do", () => {
  const kept = bytes(10);
  const gone = bytes(10);
  const message = encoded(move(gone));
  throws(
    () => message.value([move(kept), Math.abs], "args"),
    CodecError,
    "Cannot encode args[1]: functions do not travel",
  );
  message.takeMoved();
  equal([kept.length, gone.length], [10, 0]);
  equal(decoded(message), bytes(10));
});

test("views on one moved buffer stay on one buffer", () => {
  const { buffer } = move(bytes(64));
  const views = [
    new Uint8Array(buffer, 8, 8),
    new DataView(buffer, 16),
    new Float64Array(buffer),
    buffer,
  ];
  const message = encoded(views);
  message.takeMoved();
  const [part, view, floats, whole] = decoded(message) as [
    Uint8Array,
    DataView,
    Float64Array,
    ArrayBuffer,
  ];
  equal(part, bytes(64).subarray(8, 16));
  equal([view.byteOffset, view.byteLength, floats.length], [16, 48, 8]);
  for (const one of [part, view, floats]) is(one.buffer, whole);
});

test("a resizable buffer stays resizable, and its views follow it", () => {
  const buffer = new ArrayBuffer(16, { maxByteLength: 64 });
  const message = encoded([new Uint8Array(move(buffer)), buffer]);
  message.takeMoved();
  const [view, arrived] = decoded(message) as [Uint8Array, ArrayBuffer];
  arrived.resize(32);
  is(view.length, 32);
  is(buffer.byteLength, 0);
});

test("no buffer goes twice in one message of several values", () => {
  const moved = move(bytes(8));
  const message = encoded(moved);
  throws(
    () => message.value([moved], "args"),
    CodecError,
    "Cannot encode args[0]: the buffer is moved already, it can go only once",
  );
  message.takeMoved();
  throws(
    () => message.value(moved.buffer, "args"),
    CodecError,
    "the buffer is detached",
  );
});

test("beside an object of the platform it is copied, and detached all the same", () => {
  const moved = move(bytes(8));
  const message = encoded([new Blob(["a"]), moved]);
  message.takeMoved();
  is(moved.length, 0);
  equal((decoded(message) as [Blob, Uint8Array])[1], bytes(8));
});

test("to another process it is copied, and detached all the same", () => {
  for (const size of [8, 5000]) {
    const moved = move(bytes(size));
    const message = new Encoder(APART, true);
    message.begin();
    message.value({ moved, copied: bytes(5001) }, "args");
    message.takeMoved();
    is(moved.length, 0);
    is(message.foreign.length, 0);
    const taken = message.take();
    const apart = new Decoder(APART);
    apart.begin(taken, 0, taken.length);
    equal(apart.value(), { moved: bytes(size), copied: bytes(5001) });
  }
});

test("memory that cannot be detached is copied", () => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  new Uint8Array(memory.buffer)[5] = 6;
  const kept = bytes(8);
  const message = encoded([move(memory.buffer), move(kept)]);
  message.takeMoved();
  equal([memory.buffer.byteLength, kept.length], [65536, 0]);
  const [arrived] = decoded(message) as [ArrayBuffer];
  is(arrived.byteLength, 65536);
  is(new Uint8Array(arrived)[5], 6);
});

test("what was thrown, and who does not move, copies", () => {
  const kept = move(bytes(8));
  const message = encoded(0);
  message.failure(Object.assign(new Error("no"), { kept }));
  is(message.gives, false);
  encoder.begin();
  encoder.value(kept, "args");
  is(encoder.gives, false);
  is(kept.length, 8);
});

test("move() gives back what it got, and leaves shared memory as it is", () => {
  const view = new DataView(new ArrayBuffer(8));
  is(move(view), view);
  is(move(view), view);
  const shared = new Int32Array(new SharedArrayBuffer(8));
  is(move(shared), shared);
  const message = encoded([shared]);
  is(message.gives, false);
});

test("move() refuses what holds no memory", () => {
  const wrong: [unknown, string][] = [
    [5, "number"],
    [null, "null"],
    [undefined, "undefined"],
    [[new ArrayBuffer(8)], "Array"],
    [new Blob(["a"]), "Blob"],
  ];
  for (const [value, name] of wrong) {
    const error = throws(() => move(value as ArrayBuffer), TypeError);
    is(
      error.message,
      `Cannot move a value: only an ArrayBuffer or a view on one can be moved, found ${name}`,
    );
  }
});

test("a message that names no buffer beside it is malformed", () => {
  const message = encoded(move(bytes(8)));
  message.takeMoved();
  const taken = message.take();
  for (const foreign of [[], [{}], [new SharedArrayBuffer(8)]]) {
    decoder.begin(taken, 0, taken.length, foreign);
    instance(throws(() => decoder.value()), CodecError);
  }
});
