/**
 * How something a task threw is written. Structured clone keeps little of an
 * error; here its class, name, causes and own properties travel as well. Every
 * look at the error may run hostile code, so each stands alone and may fail.
 */

import { classOf } from "./error_class.ts";
import { nameOf } from "./kind.ts";
import type { Writer } from "./writer.ts";

/** Chains of causes and lists of errors end here. */
const MAX_CAUSES = 32;
const MAX_ERRORS = 256;

export const THROWN_VALUE = 0;
export const THROWN_ERROR = 1;
export const CAUSE_ERROR = 1;
export const CAUSE_VALUE = 2;

/** Fields with a place of their own, not written among the properties. */
const FIELDS: ReadonlySet<string> = new Set([
  "message",
  "stack",
  "cause",
  "errors",
]);

/** Appends a value if it travels and says whether it did; never throws. */
export type Append = (value: unknown) => boolean;

/** Writes a thrown thing; never throws. */
export class FailureWriter {
  readonly #writer: Writer;
  readonly #append: Append;
  readonly #met: Set<unknown> = new Set();

  constructor(writer: Writer, append: Append) {
    this.#writer = writer;
    this.#append = append;
  }

  write(error: unknown): void {
    try {
      this.#thrown(error, 0);
    } finally {
      this.#met.clear();
    }
  }

  /** Stands in for an error that could not be written at all. */
  giveUp(): void {
    const writer = this.#writer;
    writer.byte(THROWN_ERROR);
    writer.text("Error");
    writer.text("Error");
    writer.text("Task failed with an error that could not be read");
    writer.text("");
    writer.byte(0);
    writer.uint32(0);
    writer.byte(0);
  }

  #thrown(error: unknown, depth: number): void {
    if (attempt(() => isError(error), false)) {
      return this.#error(error as Error, depth);
    }
    this.#writer.byte(THROWN_VALUE);
    const description = describe(error);
    this.#writer.text(description);
    // A value that does not travel is replaced by its description.
    if (!this.#append(error)) this.#append(description);
  }

  #error(error: Error, depth: number): void {
    const writer = this.#writer;
    this.#met.add(error);
    const base = attempt(() => classOf(error), "Error");
    writer.byte(THROWN_ERROR);
    writer.text(base);
    writer.text(attempt(() => ownName(error, base), base));
    writer.text(attempt(() => String(error.message), ""));
    // Only text is believed: some libraries put objects there.
    const stack = attempt(() => error.stack, undefined);
    writer.text(typeof stack === "string" ? stack : "");
    this.#cause(error, depth);
    this.#errors(error, depth);
    this.#properties(error);
  }

  #cause(error: Error, depth: number): void {
    const has = attempt(() => Object.hasOwn(error, "cause"), false);
    const cause = has ? attempt(() => error.cause, undefined) : undefined;
    // A cycle of causes is cut where it would close.
    const mark = this.#writer.mark();
    if (!has || depth >= MAX_CAUSES || this.#met.has(cause)) {
      this.#writer.byte(0);
    } else if (attempt(() => isError(cause), false)) {
      this.#writer.byte(CAUSE_ERROR);
      this.#error(cause as Error, depth + 1);
    } else {
      this.#writer.byte(CAUSE_VALUE);
      if (this.#append(cause)) return;
      this.#writer.rollback(mark);
      this.#writer.byte(0);
    }
  }

  #errors(error: Error, depth: number): void {
    const list = attempt(
      () => Object.hasOwn(error, "errors") ? [...listOf(error)] : [],
      [],
    );
    const kept = depth >= MAX_CAUSES
      ? []
      : list.slice(0, MAX_ERRORS).filter((one) => !this.#met.has(one));
    this.#writer.uint32(kept.length);
    for (const one of kept) this.#thrown(one, depth + 1);
  }

  #properties(error: Error): void {
    const writer = this.#writer;
    const keys = attempt(() => Object.keys(error), []);
    for (const key of keys) {
      if (FIELDS.has(key)) continue;
      const mark = writer.mark();
      writer.byte(1);
      writer.text(key);
      let value: unknown;
      const read = attempt(
        () => (value = (error as unknown as Record<string, unknown>)[key],
          true),
        false,
      );
      if (!read || !this.#append(value)) writer.rollback(mark);
    }
    writer.byte(0);
  }
}

function listOf(error: Error): Iterable<unknown> {
  const errors = (error as AggregateError).errors as unknown;
  return Array.isArray(errors) ? errors : [];
}

/** An error of any realm; a proxy of one counts, what reading it gives is another matter. */
function isError(error: unknown): boolean {
  if (typeof error !== "object" || error === null) return false;
  return error instanceof Error ||
    Object.prototype.toString.call(error) === "[object Error]";
}

/** The name set by hand, else the name of the class, which says more than "Error". */
function ownName(error: Error, base: string): string {
  const name = String(error.name);
  if (name !== base || base === "DOMException") return name;
  const maker: unknown = error.constructor;
  return typeof maker === "function" && maker.name !== "" ? maker.name : name;
}

/** A few words on a thrown value; never throws. */
function describe(value: unknown): string {
  switch (typeof value) {
    case "string":
      return value.length > 80
        ? `${JSON.stringify(value.slice(0, 80))}...`
        : JSON.stringify(value);
    case "function":
      return `function ${attempt(() => String(value.name), "")}`.trimEnd();
    case "object":
      return value === null ? "null" : `object ${nameOf(value)}`;
    case "bigint":
      return "bigint";
    default:
      return String(value);
  }
}

function attempt<T>(look: () => T, otherwise: T): T {
  try {
    return look();
  } catch {
    return otherwise;
  }
}
