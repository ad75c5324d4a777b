/** What a host on the raw rings and its threads agree on. */

/** What the thread starts with. */
export interface Post {
  readonly buffer: SharedArrayBuffer;
  readonly slot: number;
  readonly results: SharedArrayBuffer;
  /** Per task: how often it was run. */
  readonly books: Int32Array;
  readonly orders: Int32Array;
  /** Tasks whose argument is {@link WAITS} run until this word changes. */
  readonly gate: Int32Array;
  /** Sleeps in its event loop. */
  readonly awaits: boolean;
}

/** The argument of a task that waits. */
export const WAITS = -1;
/** Bytes of a record in the result ring. */
export const RECORD = 32;
