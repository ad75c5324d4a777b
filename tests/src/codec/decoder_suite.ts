/** Random values, and bytes that nobody encoded. */
import process from "node:process";
import { bytes, decoder, encoder, roundTrip } from "./channel.ts";
import { difference } from "./difference.ts";
import { randomValue } from "./random_value.ts";
import { CodecError } from "../../../src/errors.ts";
import { equal, instance, is, ok, throws } from "../../support/assert.ts";
import { rng } from "../../support/rng.ts";
import { suite } from "../../support/suite.ts";

const test = suite("codec bytes");

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
        () => random.below(3) === 0 ? random.below(256) : random.below(36),
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
