/** One worker as the crew knows it, and what is said of it when it is lost. */
import type { Link } from "../context/mod.ts";
import { WorkerLostError } from "../errors.ts";
import type { Inbox } from "./inbox.ts";
import type { Quarantine } from "./quarantine.ts";
import { Times } from "./times.ts";

/** A worker that was started and has not certainly ended. */
export interface Member {
  readonly id: number;
  readonly place: number;
  readonly slot: number;
  readonly inbox: Inbox;
  /** It is another process. */
  readonly apart: boolean;
  /** It certainly runs no more when its exit is reported. */
  readonly certain: boolean;
  link: Link;
  mailCount: number;
  /** Told to leave: its end is expected, and nobody takes its place. */
  leaving: boolean;
  /** Has done all it may: it leaves by itself, and another takes its place. */
  retiring: boolean;
  /** Nobody listens to it any more. */
  lost: boolean;
  /** Why it was ended, although it may run on; "" otherwise. */
  killed: string;
  /** Why it is to end as soon as only tasks are left that nobody waits for; "" otherwise. Another has its place. */
  outcast: string;
  /** When an outcast was last known to turn its event loop. */
  heardAt: number;
  /** When it was last looked at while it heard nothing, and what came of it; see Recovery.patience. */
  lookedAt: number;
  patience: number;
  /** Messages it answered. */
  done: number;
  /** Tasks in them, and how many of those failed. */
  tasks: number;
  failures: number;
  readonly times: Times;
  /** Where its started tasks lie, while it is lost and not certainly dead. */
  readonly quarantine: Quarantine;
}

/** A worker that is about to be started. */
export function createMember(
  id: number,
  place: number,
  slot: number,
  parts: Pick<Member, "inbox" | "apart" | "certain" | "quarantine">,
): Member {
  return {
    id,
    place,
    slot,
    ...parts,
    link: NO_LINK,
    mailCount: 0,
    leaving: false,
    retiring: false,
    lost: false,
    killed: "",
    outcast: "",
    heardAt: 0,
    lookedAt: -Infinity,
    patience: 1,
    done: 0,
    tasks: 0,
    failures: 0,
    times: new Times(),
  };
}

/** Stands in until a worker was started. */
const NO_LINK: Link = {
  pid: 0,
  threadId: 0,
  post: () => {},
  take: () => undefined,
  recall: () => {},
  look: () => {},
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
