/** How many strings of 1 KB a second go to a worker and back? */
import { Buffer } from "node:buffer";
import { doneHere, flood } from "./lanes.ts";
import type { Bare, Case, Row } from "./row.ts";

const ASCII = "The quick brown fox jumps over the lazy dog. ".repeat(23)
  .slice(0, 1024);
/** 1 KB as UTF-8: each of these takes two bytes, one of them with a space. */
const OTHER = "Съешь ещё этих мягких французских булок".repeat(15)
  .slice(0, 530);

/** What the host has to do per call, by the roads most runtimes are quickest on. */
function bare(text: string, encoding: "latin1" | "utf16le"): Bare {
  const room = Buffer.from(new SharedArrayBuffer(4096));
  const encoder = new TextEncoder();
  const name = "written into shared memory and read once";
  if (encoding === "utf16le") {
    const words = new Uint16Array(room.buffer);
    return doneHere(name, () => {
      for (let i = 0; i < text.length; i++) words[i] = text.charCodeAt(i);
      return room.toString(encoding, 0, text.length * 2);
    });
  }
  return doneHere(name, () => {
    encoder.encodeInto(text, room);
    return room.toString(encoding, 0, text.length);
  });
}

function echo(name: string, argument: string, bound: Bare): Case {
  return {
    name,
    unit: "/s",
    bounds: [{ of: "postMessage", least: 1.5 }],
    bare: bound,
    enter: (peer, workers, pace) =>
      flood(peer, workers, pace, { job: "echo", argument, most: 20_000 }),
  };
}

export const string: Row = {
  name: "string",
  weight: 2,
  cases: [
    echo("string ASCII", ASCII, bare(ASCII, "latin1")),
    echo("string non-ASCII", OTHER, bare(OTHER, "utf16le")),
  ],
};
