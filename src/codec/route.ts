/** What those who write a part of a value may ask of the walk through it. */

import type { Writer } from "./writer.ts";

/** Numbers shared memory, so that a message can name it. */
export interface Shares {
  /** The other side is another process: memory and structured clones do not get there. */
  readonly apart: boolean;
  /** The number of a SharedArrayBuffer, a uint32 that the other side knows. */
  idOf(buffer: SharedArrayBuffer): number;
  /** Whether the number alone is enough; if not, the buffer goes beside the message. */
  knows(id: number): boolean;
}

/** The walk, as seen from the parts of a value. */
export interface Route {
  readonly writer: Writer;
  readonly shares: Shares;
  /** Writes a value inside the current one. */
  value(value: unknown): void;
  /** Writes a value behind a property or the like, which refusals then name. */
  step(value: unknown, segment: string): void;
  /** Counts an object whose number the decoder gives out at the same moment. */
  add(object: object): void;
  /**
   * Takes a buffer that is to be moved, if it is one; false: it is to be copied.
   * @throws {Refusal} when it was taken before
   */
  takes(buffer: ArrayBuffer): boolean;
  /** Sends a value beside the message; here stands its place. */
  beside(value: unknown): void;
  /** Leaves the whole value to structured clone; the walk goes on to find what nothing carries. */
  leave(): void;
}
