/**
 * What travels beside the rings: things that shared memory cannot carry. All
 * of it is posted before the task or result that needs it is published, and
 * read when somebody meets a number it does not know, so nobody waits for it.
 */
import { handleOf, inlineOf, type Task } from "./task.ts";

/** A task as it travels. */
export interface TaskRecord {
  readonly url: string;
  readonly name: string;
  /** The function itself, of a task made by `inline`. */
  readonly inline?: InlineRecord;
}

/** A function that travels as text. */
export interface InlineRecord {
  readonly source: string;
  /** Encoded: an object of the values bound by name. */
  readonly captures: Uint8Array;
  /** Values in the captures that only structured clone carries. */
  readonly values: readonly unknown[];
  /** The numbers of the shared buffers in the captures, by their place in them. */
  readonly shares: readonly number[];
  /** Module URLs by local name. */
  readonly imports: Readonly<Record<string, string>>;
}

/** What travels of a task. `idOf` numbers a shared buffer for the other side. */
export function recordOf(
  task: Task,
  idOf: (buffer: SharedArrayBuffer) => number,
): TaskRecord {
  const { url, name } = task;
  const inline = inlineOf(task);
  if (inline === undefined) return { url, name };
  const { buffers, ...rest } = inline;
  const shares = (buffers as SharedArrayBuffer[]).map(idOf);
  return { url, name, inline: { ...rest, shares } };
}

/** The other way round. `bufferOf` finds a shared buffer by its number, or its place in the captures. */
export function taskOf(
  { url, name, inline }: TaskRecord,
  bufferOf: (id: number, place: number) => SharedArrayBuffer,
): Task {
  if (inline === undefined) return handleOf(url, name);
  const { shares, ...rest } = inline;
  return handleOf(url, name, { ...rest, buffers: shares.map(bufferOf) });
}

/** A task gets a number, from whoever posts this. */
export type TaskMail = { kind: "task"; id: number } & TaskRecord;

/** The same from a worker, with the shared buffers in the captures. */
export type OwnTaskMail = TaskMail & {
  readonly buffers: readonly SharedArrayBuffer[];
};

/**
 * A running task submits to its own pool. The host answers with `outcome`, or
 * with `run` when the worker has to run it itself: no cell is free, or the
 * worker takes no more tasks and asked for everything back with `recall`.
 */
export interface Submit {
  readonly kind: "submit";
  /** The worker's number of the call. */
  readonly call: number;
  /** The worker's number of the task, see {@link TaskMail}. */
  readonly task: number;
  /** 0, or CHUNK, or CHUNK and SPREAD, of frame.ts. */
  readonly flags: number;
  /** TASK_NUMBER of the task that asks. */
  readonly asker: number;
  /** Encoded: the key for the scheduler, then the argument list, or a count and that many items. */
  readonly bytes: Uint8Array;
  readonly values: readonly unknown[];
}

/** What became of a {@link Submit}. */
export interface Outcome {
  readonly kind: "outcome";
  readonly call: number;
  /**
   * RESULT_VALUE, of a chunk that is all its results in a Float64Array;
   * RESULT_FAILURE or RESULT_OUTCOMES of frame.ts; 0: taken back as asked.
   */
  readonly status: number;
  /** Microseconds a chunk ran. */
  readonly micros: number;
  readonly bytes: Uint8Array;
  readonly values: readonly unknown[];
}

/** A running task says how far it is. */
export interface Report {
  readonly kind: "progress";
  /** Its TASK_NUMBER. */
  readonly number: number;
  /** Encoded: what it says. */
  readonly bytes: Uint8Array;
  readonly values: readonly unknown[];
}

/** A running task is asked to stop. */
export interface Abort {
  readonly kind: "abort";
  /** Where the host put it. */
  readonly cell: number;
  /** Its TASK_NUMBER. */
  readonly number: number;
  /** Encoded: why. */
  readonly reason: Uint8Array;
}

/** What a worker answers as soon as it reads it. */
export type Summons = Abort | { readonly kind: "ping" };

/** What travels beside the arguments or the result of the task with this TASK_NUMBER. */
export interface ValuesMail {
  readonly kind: "values";
  readonly number: number;
  readonly values: readonly unknown[];
}

/** A worker has started the task in a cell and needs what travels beside its arguments. */
export interface Want {
  readonly kind: "want";
  readonly cell: number;
  /** Its TASK_NUMBER. */
  readonly number: number;
}

const NONE: ArrayBuffer[] = [];

/** Memory in a message that is moved with it. */
export function transferOf(mail: HostMail | WorkerMail): ArrayBuffer[] {
  if (mail.kind !== "values") return NONE;
  // Only a moved buffer stands in this list by itself.
  return mail.values.filter((value) => value instanceof ArrayBuffer);
}

/** From the host to one worker. `outcome`, `run`, `abort`, `ping` and `values` wake it. */
export type HostMail =
  | Summons
  | { kind: "segment"; id: number; buffer: SharedArrayBuffer }
  | { kind: "share"; id: number; buffer: SharedArrayBuffer }
  | { kind: "share_dropped"; id: number }
  | TaskMail
  | ValuesMail
  | Outcome
  | { kind: "run"; call: number };

/**
 * From one worker to the host. After `submit`, `cancel`, `recall`, `want` and `progress` the worker
 * raises POSTED, so that the host looks.
 */
export type WorkerMail =
  | { kind: "segment"; id: number; buffer: SharedArrayBuffer; single: boolean }
  | { kind: "segment_dropped"; id: number }
  | ValuesMail
  | Want
  | OwnTaskMail
  | Submit
  | Report
  | { kind: "aborting"; number: number }
  | { kind: "pong" }
  | { kind: "cancel"; call: number }
  | { kind: "recall" }
  | { kind: "warning"; message: string; detail: string }
  | { kind: "fatal"; reason: string; failure: Uint8Array };

/** A task with its encoded arguments that a worker runs for itself. */
export interface Hook extends TaskRecord {
  readonly args: Uint8Array;
  /** Values in them that only structured clone carries. */
  readonly values: readonly unknown[];
}

/** What a worker starts with. */
export interface BootRecord {
  /** The number of this worker, never reused in a pool. */
  readonly workerId: number;
  /** The host is another process. */
  readonly apart: boolean;
  readonly control: SharedArrayBuffer;
  readonly slot: number;
  readonly queue: number;
  /** Its first result ring. */
  readonly results: SharedArrayBuffer;
  readonly segments: ReadonlyMap<number, SharedArrayBuffer>;
  /** Shared buffers of the program, by number. In here and not posted: it may run before we could post. */
  readonly shares: ReadonlyMap<number, SharedArrayBuffer>;
  /** Tasks already numbered, by number. */
  readonly tasks: readonly TaskRecord[];
  /** Module URLs evaluated before any task module. */
  readonly preload: readonly string[];
  /** Run once before the first task. */
  readonly initializer: Hook | null;
  /** Run once after the last task, if the worker leaves in an orderly way. */
  readonly finalizer: Hook | null;
  /** Run with every error a task throws, after its arguments. */
  readonly exceptionHandler: Hook | null;
  /** Workers of the pool. */
  readonly workers: number;
  readonly concurrency: number;
  /** Tasks it starts before it leaves; 0: no limit. */
  readonly maxTasks: number;
  readonly importTimeout: number;
  /** Longest uninterrupted sleep in milliseconds, a safety net that must never be needed. */
  readonly slice: number;
}
