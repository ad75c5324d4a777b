/** Which road takes text into shared memory and out of it the fastest? */
import { Buffer } from "node:buffer";
import {
  readLatin1,
  readUtf16,
  writeAscii,
  writeUtf16,
} from "../../../src/runtime/text.ts";
import { type Alternative, callsOf } from "./alternative.ts";

const ASCII = "The quick brown fox jumps over the lazy dog. ".repeat(23)
  .slice(0, 1000);
const OTHER = "Съешь ещё этих мягких французских булок".repeat(15)
  .slice(0, 500);

export const text: Alternative = {
  name: "text",
  question: "How does text get into shared memory and out of it?",
  columns: ["8 characters (ns)", "1000, ASCII (ns)", "500, Cyrillic (ns)"],
  used: "src/runtime/text.ts",
  reason:
    "One byte per character for ASCII and two otherwise; a loop for short text; " +
    "Buffer's own calls, but not for writing on Deno, where they are loops.",
  enter() {
    const room = Buffer.from(new SharedArrayBuffer(8_192));
    const encoder = new TextEncoder();
    const decoder = new TextDecoder();
    const units = new Uint16Array(room.buffer);
    const ours = (value: string): string => {
      if (writeAscii(room, 0, value)) return readLatin1(room, 0, value.length);
      writeUtf16(room, 0, value);
      return readUtf16(room, 0, value.length * 2);
    };
    const web = (value: string): string => {
      const { written } = encoder.encodeInto(value, room);
      // Browsers refuse to decode shared memory; these runtimes do it.
      return decoder.decode(room.subarray(0, written));
    };
    const buffer = (value: string): string =>
      room.toString("utf8", 0, room.write(value, 0, "utf8"));
    const loop = (value: string): string => {
      for (let i = 0; i < value.length; i++) units[i] = value.charCodeAt(i);
      let read = "";
      for (let i = 0; i < value.length; i++) {
        read += String.fromCharCode(units[i] as number);
      }
      return read;
    };
    const all = (way: (value: string) => string) => [
      () => way(ASCII.slice(0, 8)),
      () => way(ASCII),
      () => way(OTHER),
    ];
    return Promise.resolve(callsOf({
      "src/runtime/text.ts": all(ours),
      "TextEncoder and TextDecoder": all(web),
      "Buffer as UTF-8": all(buffer),
      "a loop over UTF-16": all(loop),
    }, 1_000));
  },
};
