/** One worker as the crew knows it, and what is said of it when it is lost. */
import type { Link } from "../context/mod.ts";
import { WorkerLostError } from "../errors.ts";
import type { Inbox } from "./inbox.ts";

/** A worker that was started and has not certainly ended. */
export interface Member {
  readonly id: number;
  readonly place: number;
  readonly slot: number;
  readonly inbox: Inbox;
  link: Link;
  mailCount: number;
  /** Told to leave: its end is expected, and nobody takes its place. */
  leaving: boolean;
  /** Has done all it may: it leaves by itself, and another takes its place. */
  retiring: boolean;
  /** Nobody listens to it any more. */
  lost: boolean;
  /** Tasks it finished. */
  done: number;
  /** Cells it may still write to, while it is not certainly dead. */
  readonly quarantine: number[];
}

/** Stands in until a worker was started. */
export const NO_LINK: Link = {
  pid: 0,
  threadId: 0,
  post: () => {},
  take: () => undefined,
  terminate: () => {},
  signal: () => {},
};

/** Whatever a runtime reports, as an error; null for nothing. */
export function toError(error: unknown): Error | null {
  if (error === undefined || error === null) return null;
  return error instanceof Error ? error : new Error(String(error));
}

/** The error of one task that a worker took with it. */
export function lostError(
  how: {
    workerId: number;
    exitCode: number | null;
    reason: string;
    started: boolean;
    cause: Error | null;
  },
  task: string,
): WorkerLostError {
  const { cause, ...options } = how;
  const why = cause === null ? how.reason : `${how.reason}: ${cause.message}`;
  return new WorkerLostError(
    `Cannot finish ${task}: worker ${how.workerId} was lost${
      how.started ? " while it ran" : " before it ran"
    }, ${why}`,
    cause === null ? options : { ...options, cause },
  );
}
