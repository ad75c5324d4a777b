/** Whether what a caller heard of a task agrees with what the task counted. */
import { StateError, TaskTimeoutError, WorkerLostError } from "../../mod.ts";
import type { Fate } from "./tasks.ts";

/** A call as it was drawn. */
export interface Plan {
  readonly id: number;
  readonly fate: Fate;
  /** Bytes of its argument and result. */
  readonly size: number;
  readonly stop: "none" | "timeout" | "abort";
  readonly stopMs: number;
  readonly retries: number;
  /** It is an item of the map of its round. */
  readonly mapped: boolean;
}

/** How a call settled. */
export interface Heard {
  readonly id: number;
  /** The name of its error, "answer" or "wrong answer". */
  readonly how: string;
  /** Where it ran; 0 if unknown. */
  readonly pid: number;
  readonly error?: Error;
}

/** What is known of its round. */
export interface Facts {
  /** How often each attempt ran. */
  readonly runs: readonly number[];
  /** The same of the call it made itself. */
  readonly nested: readonly number[];
  readonly terminated: boolean;
}

/** What disagrees, in words. */
export function judge(
  plan: Plan,
  heard: readonly Heard[],
  facts: Facts,
): string[] {
  const wrong: string[] = [];
  const { runs, nested } = facts;
  const say = (what: string): void => {
    wrong.push(`${what}: ${JSON.stringify({ ...plan, heard, ...facts })}`);
  };
  if ([...runs, ...nested].some((count) => count > 1)) say("it ran twice");
  if (runs.slice(plan.retries + 1).some((count) => count > 0)) {
    say("it was tried too often");
  }
  if (heard.length !== 1) say(`it settled ${heard.length} times`);
  for (const one of heard) {
    const why = unlikely(plan, one, facts);
    if (why !== "") say(`${why}: ${one.error?.stack ?? one.how}`);
  }
  return wrong;
}

/** Why this cannot be how that call ended; "" if it can. */
function unlikely(plan: Plan, { how, error }: Heard, facts: Facts): string {
  const ran = facts.runs.reduce((sum, count) => sum + count, 0);
  if (error === undefined) {
    if (how !== "answer") return how;
    if (ran === 0) return "it answered and did not run";
    const may = ["answers", "waits", "computes", "nests", "heeds"];
    return may.includes(plan.fate) ? "" : "its fate has no answer";
  }
  if (error instanceof WorkerLostError) {
    return !error.started && plan.retries === 0 && ran > 0
      ? "it ran and is said not to have"
      : "";
  }
  if (error instanceof TaskTimeoutError) {
    return plan.stop === "timeout" ? "" : "it had no timeout";
  }
  if (how === "AbortError") {
    return plan.stop === "abort" ? "" : "nobody aborted it";
  }
  if (error instanceof StateError) {
    return facts.terminated ? "" : "nobody ended the pool";
  }
  const own = error instanceof RangeError && plan.fate === "throws" &&
    error.message === `fate of ${plan.id}`;
  return own ? "" : "nobody threw this";
}
