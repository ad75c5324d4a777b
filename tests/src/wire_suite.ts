/** Frames of the stream between a host and a child process. */
import { CodecError } from "../../src/errors.ts";
import * as wire from "../../src/wire.ts";
import { equal, is, throws } from "../support/assert.ts";
import { rng } from "../support/rng.ts";
import { suite } from "../support/suite.ts";

const test = suite("wire");

interface Frame {
  readonly kind: number;
  readonly body: number[];
}

function write(writer: wire.FrameWriter, frame: Frame): void {
  const at = writer.add(frame.kind, frame.body.length);
  writer.bytes.set(frame.body, at);
}

/** Feeds `bytes` in pieces of `size` and collects what comes out. */
function read(bytes: Uint8Array, size: number): Frame[] {
  const frames: Frame[] = [];
  const reader = new wire.FrameReader((kind, start, end) => {
    is(start % 8, 0);
    frames.push({ kind, body: [...reader.bytes.subarray(start, end)] });
  });
  for (let at = 0; at < bytes.length; at += size) {
    reader.feed(bytes.slice(at, at + size));
  }
  return frames;
}

function padded(frame: Frame): Frame {
  const body = [...frame.body];
  while (body.length % 8 !== 0) body.push(0);
  return { kind: frame.kind, body };
}

test("frames come out as they went in, however the stream is cut", () => {
  const random = rng("wire");
  const frames: Frame[] = Array.from({ length: 40 }, (_, index) => ({
    kind: 1 + index % 7,
    body: Array.from(
      { length: random.between(0, index === 20 ? 60_000 : 90) },
      () => random.below(256),
    ),
  }));
  const writer = new wire.FrameWriter();
  for (const frame of frames) write(writer, frame);
  const bytes = writer.take();
  is(writer.length, 0);
  for (const size of [1, 7, 8, 13, 4096, bytes.length]) {
    equal(read(bytes, size), frames.map(padded));
  }
});

test("frames that were taken stay whole when more are written", () => {
  const writer = new wire.FrameWriter();
  write(writer, { kind: 2, body: [1, 2, 3, 4, 5, 6, 7, 8] });
  const first = writer.take();
  write(writer, { kind: 3, body: [9, 9, 9, 9, 9, 9, 9, 9] });
  equal(read(first, first.length), [{
    kind: 2,
    body: [1, 2, 3, 4, 5, 6, 7, 8],
  }]);
});

test("frames that are lent are gone from the writer", () => {
  const writer = new wire.FrameWriter();
  write(writer, { kind: 2, body: [1] });
  is(writer.lend().length, 16);
  is(writer.length, 0);
});

for (const length of [0, 4, 12, -8, 0x7fffffff]) {
  test(`a length of ${length} bytes is refused`, () => {
    const reader = new wire.FrameReader(() => {});
    const bytes = new Uint8Array(new Int32Array([length, 1]).buffer);
    const error = throws(() => reader.feed(bytes), CodecError);
    is(error.code, "decode");
    is(error.path, "stream");
  });
}
