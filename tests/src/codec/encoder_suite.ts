/** Messages of several values, and the bytes they leave. */
import { bytes, decode, decoder, encoder, roundTrip } from "./channel.ts";
import { difference } from "./difference.ts";
import { CodecError, StateError } from "../../../src/errors.ts";
import { equal, instance, is, ok, throws } from "../../support/assert.ts";
import { suite } from "../../support/suite.ts";

const test = suite("codec messages");

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
