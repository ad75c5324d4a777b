/** What a crew is made of, and what is known about each of its workers. */
import type { Thread } from "./threads.ts";

/** How a worker sleeps; "mixed": first with a promise, then blocking. */
export type Park = "sync" | "async" | "mixed";

/** One instance of the pool. */
export interface CrewOptions {
  readonly name: string;
  /** How the tasks may end, one letter each (see books.ts), and nothing else. */
  readonly ends: string;
  readonly tasks: number;
  readonly cells: number;
  readonly workers: number;
  /** Where rings begin. */
  readonly first?: number;
  /** Cells per claim. */
  readonly batch?: number;
  /** Workers a publish sees to; the sleep of the host wakes the others. */
  readonly wanted?: number;
  /** Tasks per submit event. */
  readonly burst?: number;
  /** The first tasks, one per entry, go to this worker's private ring. */
  readonly private?: readonly number[];
  readonly park?: Park;
  /** Events of its own that wake a worker in its event loop. */
  readonly ownEvents?: number;
  readonly kills?: number;
  readonly timeouts?: number;
  /** How often a live worker is declared dead. */
  readonly suspicions?: number;
  readonly cancels?: number;
  readonly steals?: number;
  readonly dismissals?: number;
  /** Running tasks that are asked to stop; all of them look twice. */
  readonly stops?: number;
  /** All workers may be declared dead at once, and nothing goes on. */
  readonly terminates?: number;
  /** Replacements for workers that were fenced. */
  readonly spares?: number;
  /** Every task posts a message to the host; "wait": and waits for an answer. */
  readonly asks?: "tell" | "wait";
  /** Urgent messages to each worker. */
  readonly mails?: number;
  /** A worker that forwards: gives its first task back unstarted and ends. */
  readonly unstarts?: boolean;
  /** Arguments lie in the arena. */
  readonly arena?: boolean;
  /** Each task waits in its user code until all of them run. */
  readonly meets?: boolean;
  /** Places for workers; by default one for each there will be. */
  readonly slots?: number;
  /** Workers look for news once more before they announce a sleep. */
  readonly spins?: boolean;
  /** Workers say how busy they are and look at their peers. */
  readonly polite?: boolean;
}

/** What the host knows of one worker. */
export interface Hand {
  readonly slot: number;
  readonly thread: Thread;
  fenced: boolean;
  buried: boolean;
  dismissed: boolean;
  /** Messages to the worker, and to the host: about which task. */
  readonly inbox: string[];
  readonly outbox: number[];
  /** It raised EXITED: from then on it must touch nothing. */
  exited: boolean;
  sent: number;
  readInbox: number;
  attended: number;
  /** Answers it waits for. */
  owed: number;
  quarantine: number[];
}

/** The arguments of a task. */
export function argumentOf(task: number): number {
  return task * 3 + 1;
}

/** Its result. */
export function resultOf(task: number): number {
  return argumentOf(task) * 7;
}

/** Events that happen so many times at most, whenever the search likes. */
export interface Budget {
  mails: number;
  suspicions: number;
  cancels: number;
  steals: number;
  dismissals: number;
  stops: number;
  terminates: number;
  spares: number;
}

/** The budget a run begins with. */
export function budgetOf(options: CrewOptions): Budget {
  const { mails = 0, suspicions = 0, cancels = 0 } = options;
  const { steals = 0, dismissals = 0, stops = 0, spares = 0 } = options;
  const { terminates = 0 } = options;
  return {
    ...{ mails, suspicions, cancels, steals },
    ...{ dismissals, stops, terminates, spares },
  };
}
