/**
 * The tally: what every test of this process came to. Written to the report
 * file line by line, so that a runtime that dies leaves what it had done.
 */
import { appendFileSync } from "node:fs";

/** What one test came to. */
export interface Verdict {
  /** Path of the suite below tests/, without extension. */
  file: string;
  suite: string;
  name: string;
  state: "passed" | "failed" | "skipped";
  ms: number;
  /** The stack of a failure, the reason of a skip. */
  detail: string;
}

/** One line of a report. */
export type ReportLine =
  | { event: "begin"; file: string; suite: string; name: string }
  | { event: "verdict"; verdict: Verdict }
  | { event: "done"; count: number };

/** Counts verdicts and reports them. */
export class Tally {
  readonly verdicts: Verdict[] = [];
  readonly #report: string | undefined;

  /** `report`: the file to append to; without it failures are printed. */
  constructor(report: string | undefined) {
    this.#report = report;
  }

  begin(test: { file: string; suite: string; name: string }): void {
    this.#write({ event: "begin", ...test });
  }

  add(verdict: Verdict): void {
    this.verdicts.push(verdict);
    this.#write({ event: "verdict", verdict });
    if (this.#report === undefined && verdict.state !== "passed") {
      const { file, suite, name, state, detail } = verdict;
      console.error(`\n${state}: ${file}: ${suite} › ${name}\n${detail}`);
    }
  }

  /** A failure that belongs to a file, not to one of its tests. */
  fail(file: string, name: string, error: unknown): void {
    const detail = asError(error).stack ?? String(error);
    this.add({ file, suite: "", name, state: "failed", ms: 0, detail });
  }

  done(): void {
    this.#write({ event: "done", count: this.verdicts.length });
  }

  count(state: Verdict["state"]): number {
    return this.verdicts.filter((verdict) => verdict.state === state).length;
  }

  #write(line: ReportLine): void {
    if (this.#report === undefined) return;
    appendFileSync(this.#report, JSON.stringify(line) + "\n");
  }
}

/** The error itself, or one that says what was thrown in place of an error. */
export function asError(value: unknown): Error {
  if (value instanceof Error) return value;
  return new Error(`Something that is not an Error was thrown: ${show(value)}`);
}

function show(value: unknown): string {
  try {
    return typeof value === "string" ? JSON.stringify(value) : String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
