/**
 * How workers are made. A context is what a pool needs of a platform: start a
 * worker with its boot record, post to it, hear of its end, stop it.
 */
import type { BootRecord, HostMail, WorkerMail } from "../mail.ts";

/** One running worker. */
export interface Link {
  /** Posts mail; it can be read as soon as this returns. */
  post(mail: HostMail): void;
  /** The oldest mail from the worker, without waiting. */
  take(): WorkerMail | undefined;
  /** Stops the worker now, whatever it does. */
  terminate(): void;
}

/** What a worker starts with besides its boot record. */
export interface LinkOptions {
  readonly name: string;
  readonly env: Record<string, string | undefined> | undefined;
  readonly resourceLimits: Record<string, number> | undefined;
}

/** A way to make workers. */
export interface Context {
  readonly startMethod: "thread";
  /**
   * Starts a worker. `onExit` is called once, in a later turn, with the code
   * the runtime reports (a hint only) and the error it reports, if any.
   */
  start(
    record: BootRecord,
    options: LinkOptions,
    onExit: (code: number, error: unknown) => void,
  ): Link;
}
