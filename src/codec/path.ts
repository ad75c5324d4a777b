/**
 * Where in a value something went wrong. The walk keeps no trail: a refusal
 * collects its path on the way out, so that values that do travel pay nothing.
 */

import { CodecError } from "../errors.ts";

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;
/** Longer paths help nobody and would make deep refusals quadratic. */
const LONGEST = 40;

/** Thrown inside the encoder only; `value()` turns it into a `CodecError`. */
export class Refusal {
  /** What was found and what to do, without a period. */
  readonly reason: string;
  readonly cause: unknown;
  /** Innermost first. */
  readonly segments: string[] = [];

  constructor(reason: string, cause?: unknown) {
    this.reason = reason;
    this.cause = cause;
  }
}

/** The path of a property: `.name`, `["odd name"]`. */
export function property(key: string): string {
  return IDENTIFIER.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

/** The path of a map value: `.get("k")`, or `<value 2>` behind an object key. */
export function entry(key: unknown, position: number): string {
  switch (typeof key) {
    case "string":
      return `.get(${JSON.stringify(key)})`;
    case "number":
    case "boolean":
      return `.get(${key})`;
    default:
      return `<value ${position}>`;
  }
}

/** Adds one step to what was thrown, whatever it was. */
export function located(error: unknown, segment: string): Refusal {
  const refusal = error instanceof Refusal ? error : refusalOf(error);
  if (refusal.segments.length < LONGEST) refusal.segments.push(segment);
  else refusal.segments[LONGEST] = "<...>";
  return refusal;
}

/** The refusal at a root, as the error that callers see. */
export function codecError(error: unknown, root: string): CodecError {
  const refusal = error instanceof Refusal ? error : refusalOf(error);
  const path = root + refusal.segments.reverse().join("");
  return new CodecError("encode", `Cannot encode ${path}: ${refusal.reason}`, {
    path,
    ...(refusal.cause === undefined ? {} : { cause: refusal.cause }),
  });
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof RangeError) {
    // V8 and JavaScriptCore agree on these words and on nothing else about it.
    if (error.message.startsWith("Maximum call stack")) {
      return new Refusal(
        "the stack is used up, the value is too deep to go on from here",
        error,
      );
    }
    if (
      /allocation|out of memory|Invalid.*length|Array buffer/i.test(
        error.message,
      )
    ) {
      return new Refusal(
        "there is no memory for a message of this size, send it in parts",
        error,
      );
    }
  }
  return new Refusal("reading it threw, see the cause", error);
}
