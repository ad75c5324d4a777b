/** Threads of the model, what they want to do next, and the moves there are. */
import type { History } from "./hashes.ts";
import { MOST_THREADS } from "./races.ts";

/** Something a thread wants to do next. */
export interface Op {
  readonly kind: string;
  readonly label: string;
  readonly words: Int32Array;
  readonly index: number;
  readonly a: number;
  readonly b: number;
  /** The result is not looked at. */
  readonly unread?: boolean;
  /** Of a "choose": what can happen now. */
  readonly options: (() => Option[]) | undefined;
}

/** One event a thread of a scenario may take up. */
export interface Option {
  readonly name: string;
  /** It happens some day by itself: while one is open nothing is at rest. */
  readonly must: boolean;
}

/** A function of the model: it yields operations. */
export type Steps<T> = Generator<Op, T, unknown>;

/** A thread. */
export interface Thread {
  readonly id: number;
  readonly name: string;
  readonly steps: Steps<void>;
  pending: Op | null;
  state: "ready" | "done" | "dead";
  /** Registered by `Atomics.wait`: not enabled before a notify or a timeout. */
  waiting: boolean;
  /** What `Atomics.wait` answers when the thread goes on. */
  woken: string;
  /** Promise jobs for its next turn. */
  readonly jobs: (() => void)[];
  /** Operations performed. */
  count: number;
  /** Hash of all that decides what the thread does next. */
  readonly told: History;
  /** Changes of memory by this thread, and by others when it began to look. */
  changes: number;
  mark: number;
}

/** A thread before its first step. */
export function newThread(
  id: number,
  name: string,
  steps: Steps<void>,
): Thread {
  return {
    ...{ id, name, steps, pending: op("boot"), state: "ready" as const },
    ...{ waiting: false, woken: "", jobs: [], count: 0 },
    ...{ told: { h1: id, h2: id + 77 }, changes: 0, mark: -1 },
  };
}

/** A move is one number: a step (with an option), a death, or a timeout. */
export const OPTIONS = 64;
export const KILL: number = OPTIONS * MOST_THREADS;
export const TIMEOUT: number = KILL + MOST_THREADS;

/** The words of an operation without a word. */
export const NONE: Int32Array = new Int32Array(1);

/** A failed check, with the schedule that led to it added by the search. */
export class Failure extends Error {}

/** An operation of a scenario itself, without a shared word. */
export function op(
  kind: "boot" | "spin" | "choose",
  options?: () => Option[],
): Op {
  return {
    ...{ kind, label: kind, words: NONE, index: 0, a: 0, b: 0 },
    options,
  };
}

/** The first step of a thread whose constructors read what `label` names. */
export function boot(label: string): Op {
  return { ...op("boot"), label };
}

/** The number of the first word of an array among all shared words. */
export function baseOf(words: Int32Array): number {
  return (words.buffer as unknown as { base: number }).base +
    (words.byteOffset >>> 2);
}
