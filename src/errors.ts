/**
 * Every error a caller may want to catch. Argument mistakes are plain
 * `TypeError` and `RangeError`, thrown before any work; everything else
 * extends {@link WhorlError} and carries a stable `code`.
 */

/** The base of every error of this library that a caller may want to catch. */
export class WhorlError extends Error {
  override name = "WhorlError";
  /** What went wrong, as a word that never changes between versions. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The moments at which an operation is refused. */
export type StateCode =
  | "pool_closed"
  | "pool_open"
  | "not_started"
  | "not_finished"
  | "not_in_task"
  | "already_started"
  | "closed";

/** Something was asked at the wrong moment. */
export class StateError extends WhorlError {
  override name = "StateError";
  declare readonly code: StateCode;

  constructor(code: StateCode, message: string, options?: ErrorOptions) {
    super(code, message, options);
  }
}

/** The ways in which a task does not resolve to a function. */
export type LookupCode =
  | "module_missing"
  | "module_failed"
  | "module_stalled"
  | "export_missing"
  | "not_a_function";

/** A task does not resolve to a function in the worker. */
export class TaskLookupError extends WhorlError {
  override name = "TaskLookupError";
  declare readonly code: LookupCode;
  /** The task as `module#name`. */
  readonly task: string;
  /** The names the module does export; empty when it did not load. */
  readonly exports: readonly string[];

  constructor(
    code: LookupCode,
    message: string,
    options: ErrorOptions & { task: string; exports?: readonly string[] },
  ) {
    super(code, message, options);
    this.task = options.task;
    this.exports = options.exports ?? [];
  }
}

/** The worker that held a task is gone. */
export class WorkerLostError extends WhorlError {
  override name = "WorkerLostError";
  /** The number of the lost worker, as in `taskContext().workerId`. */
  readonly workerId: number;
  /** The exit code the runtime reported; a hint only, Bun's are not reliable. */
  readonly exitCode: number | null;
  /** Why it went, in words. */
  readonly reason: string;
  /** Whether user code of the task may have run: `false` is a certain no. */
  readonly started: boolean;

  constructor(
    message: string,
    options: ErrorOptions & {
      workerId: number;
      exitCode: number | null;
      reason: string;
      started: boolean;
    },
  ) {
    super("worker_lost", message, options);
    this.workerId = options.workerId;
    this.exitCode = options.exitCode;
    this.reason = options.reason;
    this.started = options.started;
  }
}

/** A value has no encoding, or bytes are not a value. */
export class CodecError extends WhorlError {
  override name = "CodecError";
  declare readonly code: "encode" | "decode";
  /** Where in the message, like `args[0].rows[3]`. */
  readonly path: string;

  constructor(
    code: "encode" | "decode",
    message: string,
    options: ErrorOptions & { path: string },
  ) {
    super(code, message, options);
    this.path = options.path;
  }
}

/** The task threw something that is not an Error. */
export class ProxyError extends WhorlError {
  override name = "ProxyError";
  /** What was thrown, or a description of it where it does not travel. */
  readonly value: unknown;

  constructor(message: string, options: ErrorOptions & { value: unknown }) {
    super("task_failed", message, options);
    this.value = options.value;
  }
}

/** This runtime, or this build of it, cannot do what was asked. */
export class UnsupportedError extends WhorlError {
  override name = "UnsupportedError";
  /** The runtime that refused: "node", "bun" or "deno". */
  readonly runtime: string;

  constructor(
    code: string,
    message: string,
    options: ErrorOptions & { runtime: string },
  ) {
    super(code, message, options);
    this.runtime = options.runtime;
  }
}

/** A task ran longer than its caller allowed. */
export class TaskTimeoutError extends WhorlError {
  override name = "TaskTimeoutError";
  /** The time it had, in milliseconds. */
  readonly timeoutMs: number;

  constructor(message: string, options: ErrorOptions & { timeoutMs: number }) {
    super("timeout", message, options);
    this.timeoutMs = options.timeoutMs;
  }
}
