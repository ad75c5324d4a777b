/**
 * How workers are made. A context is what a pool needs of a platform: start a
 * worker with its boot record, post to it, hear of its end, stop it.
 */
import type { BootRecord, HostMail, WorkerMail } from "../mail.ts";

/** What a worker can be told to die of, as on POSIX. */
export type Signal = "SIGTERM" | "SIGKILL";

/** The exit code of a worker that a signal ended: as in the seed, its number below zero. */
export const SIGNAL_CODES: Readonly<Record<Signal, number>> = {
  SIGTERM: -15,
  SIGKILL: -9,
};

/** One running worker. */
export interface Link {
  /** The operating system's number of the process it runs in; of a thread, the host's. */
  readonly pid: number;
  /** The runtime's number of its thread; 0 is the main thread of its process. */
  readonly threadId: number;
  /** Posts mail; it can be read as soon as this returns. */
  post(mail: HostMail): void;
  /** The oldest mail from the worker, without waiting. */
  take(): WorkerMail | undefined;
  /** Makes tasks that wait behind another one, unseen from here, claimed ones again. */
  recall(): void;
  /** Brings up to date which of its tasks computes, as far as only the worker's side knows; see `COMPUTES`. */
  look(): void;
  /** Stops the worker now, whatever it does. */
  terminate(): void;
  /**
   * Sends a signal. A child process may handle SIGTERM and go on; a thread
   * cannot, either signal stops it. If it ends of it, the exit code is that of
   * {@link SIGNAL_CODES}.
   */
  signal(name: Signal): void;
}

/** What a worker starts with besides its boot record. */
export interface LinkOptions {
  readonly name: string;
  readonly env: Record<string, string | undefined> | undefined;
  readonly resourceLimits: Record<string, number> | undefined;
}

/** A way to make workers. */
export interface Context {
  readonly startMethod: "thread" | "process";
  /** Whether workers share no memory with the host. */
  readonly apart: boolean;
  /** Whether a worker whose exit was reported certainly runs no more. */
  readonly exitIsCertain: boolean;
  /**
   * Starts a worker. `onExit` is called once, in a later turn, with the code
   * the runtime reports (a hint only; below zero: the signal it died of) and
   * the error it reports, if any.
   */
  start(
    record: BootRecord,
    options: LinkOptions,
    onExit: (code: number, error: unknown) => void,
  ): Link;
}
