/** Both ends of the codec with shared memory between them. */
import { Decoder, Encoder } from "../../../src/codec/mod.ts";
import { CodecError } from "../../../src/errors.ts";

const memory: SharedArrayBuffer[] = [];
const shares = {
  apart: false,
  idOf(buffer: SharedArrayBuffer): number {
    const known = memory.indexOf(buffer);
    return known >= 0 ? known : memory.push(buffer) - 1;
  },
  knows: (): boolean => true,
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
export const encoder: Encoder = new Encoder(shares);
export const decoder: Decoder = new Decoder(source);

/** What arrives when `value` is sent. */
export function roundTrip(value: unknown): unknown {
  encoder.begin();
  encoder.value(value, "args");
  let arrived: unknown;
  decode(() => arrived = decoder.value());
  return arrived;
}

/** What arrives when `error` was thrown. */
export function fail(error: unknown): Error {
  encoder.begin();
  encoder.failure(error);
  let arrived: Error | undefined;
  decode(() => arrived = decoder.failure());
  return arrived!;
}

/** Moves the message through shared memory, at an offset, with noise around it. */
export function decode(look: () => void): void {
  const length = encoder.end();
  const region = new Uint8Array(new SharedArrayBuffer(length + 32)).fill(0xcc);
  const foreign = [...encoder.foreign];
  encoder.copyTo(region, 16);
  decoder.begin(region, 16, length, foreign);
  look();
}

/** Some bytes, all different for a while. */
export function bytes(size: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: size }, (_, i) => i * 7);
}
