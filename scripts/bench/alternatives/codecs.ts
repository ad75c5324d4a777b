/** Which codec carries values between threads the fastest? */
import { Buffer } from "node:buffer";
import { deserialize, serialize } from "node:v8";
import { Decoder, Encoder } from "../../../src/codec/mod.ts";
import { type Alternative, callsOf } from "./alternative.ts";

const SMALL = { a: 1, b: "hello", c: [1, 2, 3], d: { e: true } };
const NUMBERS = Array.from({ length: 100 }, (_, i) => i % 3 === 0 ? i / 7 : i);

export const codecs: Alternative = {
  name: "codecs",
  question: "What does a value cost from one thread's memory to another's?",
  columns: ["a small object (ns)", "100 numbers (ns)"],
  used: "src/codec",
  reason:
    "JSON loses NaN, undefined, Map, identity and most of the rest; the " +
    "serializer of node:v8 makes views that alias the ring; structured clone " +
    "cannot write into shared memory at all. Each is timed there and back.",
  enter() {
    const room = Buffer.from(new SharedArrayBuffer(16_384));
    const unknown = (): never => {
      throw new Error("nothing is shared here");
    };
    const encoder = new Encoder({
      apart: false,
      idOf: unknown,
      knows: () => true,
    });
    const decoder = new Decoder({ bufferOf: unknown });
    const text = new TextEncoder();
    const ours = (value: unknown): unknown => {
      encoder.begin();
      encoder.value(value, "value");
      const length = encoder.end();
      encoder.copyTo(room, 0);
      decoder.begin(room, 0, length);
      return decoder.value();
    };
    const json = (value: unknown): unknown => {
      const { written } = text.encodeInto(JSON.stringify(value), room);
      return JSON.parse(room.toString("utf8", 0, written));
    };
    const v8 = (value: unknown): unknown => {
      room.set(serialize(value));
      return deserialize(room);
    };
    const both = (way: (value: unknown) => unknown) => [
      () => way(SMALL),
      () => way(NUMBERS),
    ];
    return Promise.resolve(callsOf({
      "src/codec": both(ours),
      "JSON": both(json),
      "node:v8": both(v8),
      "structuredClone": both((value) => structuredClone(value)),
    }, 5_000));
  },
};
