/**
 * What travels beside the rings: things that shared memory cannot carry. All
 * of it is posted before the task or result that needs it is published, and
 * read when somebody meets a number it does not know, so nobody waits for it.
 */

/** From the host to one worker. */
export type HostMail =
  | { kind: "segment"; id: number; buffer: SharedArrayBuffer }
  | { kind: "segment_dropped"; id: number }
  | { kind: "share"; id: number; buffer: SharedArrayBuffer }
  | { kind: "share_dropped"; id: number }
  | { kind: "task"; id: number; url: string; name: string }
  | { kind: "values"; number: number; values: readonly unknown[] };

/** From one worker to the host. */
export type WorkerMail =
  | { kind: "segment"; id: number; buffer: SharedArrayBuffer; single: boolean }
  | { kind: "segment_dropped"; id: number }
  | { kind: "share"; id: number; buffer: SharedArrayBuffer }
  | { kind: "values"; number: number; values: readonly unknown[] }
  | { kind: "fatal"; reason: string; failure: Uint8Array };

/** What a worker starts with. */
export interface BootRecord {
  /** The number of this worker, never reused in a pool. */
  readonly workerId: number;
  readonly control: SharedArrayBuffer;
  readonly slot: number;
  readonly queue: number;
  /** Its first result ring. */
  readonly results: SharedArrayBuffer;
  readonly segments: ReadonlyMap<number, SharedArrayBuffer>;
  /** Shared buffers of the program, by number. In here and not posted: it may run before we could post. */
  readonly shares: ReadonlyMap<number, SharedArrayBuffer>;
  /** Tasks already numbered, by number. */
  readonly tasks: readonly { url: string; name: string }[];
  /** Module URLs evaluated before any task module. */
  readonly preload: readonly string[];
  /** A task run once before the first, with its encoded arguments. */
  readonly initializer: { url: string; name: string; args: Uint8Array } | null;
  readonly concurrency: number;
  readonly importTimeout: number;
  /** Longest uninterrupted sleep in milliseconds, a safety net that must never be needed. */
  readonly slice: number;
}
