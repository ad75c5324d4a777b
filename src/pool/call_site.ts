/**
 * Where a call was made, to be joined under the stack of an error that comes
 * back from a worker. Recording a stack costs more than a whole call, so of
 * each task the first call is recorded and then one now and again; a failing
 * call whose own was not recorded shows the latest of its task and says so.
 */
import type { Task } from "../task.ts";

type Method = (...args: never[]) => unknown;

// One error may stand for many calls: its stack tells of the first.
let last: unknown = null;

/** A recorded call site. */
export class CallSite {
  readonly #holder: { stack?: string } = {};
  readonly #label: string;
  #frames: string | null = null;

  /** Records the frames above `caller`. `label` says what was called, like "pool.apply". */
  constructor(label: string, caller: Method) {
    this.#label = label;
    (Error as {
      captureStackTrace?(target: object, above: Method): void;
    }).captureStackTrace?.(this.#holder, caller);
  }

  /** Appends these frames to the stack of `error`; `own`: they are its own call's. */
  joinTo(error: unknown, own = true): void {
    if (!(error instanceof Error) || last === error) return;
    last = error;
    const frames = this.#frames ??= framesIn(this.#holder.stack ?? "");
    if (frames === "") return;
    const label = own
      ? this.#label
      : `${this.#label}, a recent call of this task`;
    const stack = `${error.stack}\n    --- ${label} ---\n${frames}`;
    // The reason of a cancel is the caller's and may be frozen: then it stays as it is.
    Reflect.set(error, "stack", stack);
  }
}

function framesIn(stack: string): string {
  return stack.split("\n").filter((line) => /^\s+at |@/.test(line)).join("\n");
}

/** What a call keeps: a site, and whether it is its own. */
export interface SiteReference {
  joinTo(error: unknown): void;
}

/** The latest recorded call site of each task. */
export class CallSites {
  // A clock that costs nothing to read.
  readonly #clock: { readonly audits: number };
  readonly #recent = new WeakMap<Task, SiteReference>();
  #task: Task | null = null;
  #reference: SiteReference | null = null;
  #recordedAt = 0;

  constructor(clock: { readonly audits: number }) {
    this.#clock = clock;
  }

  /** The site of a call that is being made: its own, or the latest of its task. */
  of(task: Task, label: string, caller: Method): SiteReference {
    if (task === this.#task && this.#recordedAt === this.#clock.audits) {
      return this.#reference as SiteReference;
    }
    const known = this.#recent.get(task);
    if (known !== undefined && this.#recordedAt === this.#clock.audits) {
      return known;
    }
    const site = new CallSite(label, caller);
    const reference = { joinTo: (error: unknown) => site.joinTo(error, false) };
    this.#recent.set(task, reference);
    this.#task = task;
    this.#reference = reference;
    this.#recordedAt = this.#clock.audits;
    return site;
  }
}
