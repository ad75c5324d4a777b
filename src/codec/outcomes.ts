/**
 * The outcomes of a chunk: a count and that many values, then a count and that
 * many failures, each after its index.
 */
import type { Decoder } from "./decoder.ts";
import type { Encoder } from "./encoder.ts";

/** What became of the items of a chunk. */
export interface Outcomes {
  readonly values: ArrayLike<unknown>;
  /** By index within the chunk. */
  readonly failures: ReadonlyMap<number, unknown> | null;
}

/** Appends the outcomes of `count` items; a value that does not travel becomes a failure. */
export function writeOutcomes(
  encoder: Encoder,
  count: number,
  { values, failures }: Outcomes,
): void {
  const failed = new Map(failures ?? []);
  encoder.uint32(count);
  for (let i = 0; i < count; i++) {
    try {
      encoder.value(values[i], "result");
    } catch (error) {
      failed.set(i, error);
      encoder.value(undefined, "result");
    }
  }
  encoder.uint32(failed.size);
  for (const [index, error] of failed) {
    encoder.uint32(index);
    encoder.failure(error);
  }
}

/** Takes them out again. @throws {CodecError} if the bytes are none. */
export function readOutcomes(
  decoder: Decoder,
): { values: unknown[]; failures: Map<number, Error> } {
  const values: unknown[] = [];
  const count = decoder.uint32();
  for (let i = 0; i < count; i++) values.push(decoder.value());
  const failures = new Map<number, Error>();
  for (let left = decoder.uint32(); left > 0; left--) {
    const index = decoder.uint32();
    failures.set(index, decoder.failure());
  }
  return { values, failures };
}
