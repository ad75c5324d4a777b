/** How something a task threw becomes an error again; the counterpart of failure.ts. */

import { ProxyError } from "../errors.ts";
import { errorOf } from "./error_class.ts";
import {
  CAUSE_ERROR,
  CAUSE_VALUE,
  THROWN_ERROR,
  THROWN_VALUE,
} from "./failure.ts";
import { define, setStack } from "./rebuild.ts";
import { malformed } from "./reader.ts";
import type { Reader } from "./reader.ts";
import { DEPTH_BOUND } from "./tags.ts";

/** Reads what `FailureWriter` wrote. */
export class FailureReader {
  readonly #reader: Reader;
  /** Reads a value with an identity table of its own. */
  readonly #value: () => unknown;
  #depth = 0;

  constructor(reader: Reader, value: () => unknown) {
    this.#reader = reader;
    this.#value = value;
  }

  read(): Error {
    this.#depth = 0;
    const thrown = this.#thrown();
    if (thrown.error !== undefined) return thrown.error;
    return new ProxyError(
      `Task threw a value that is not an Error: ${thrown.description}`,
      { value: thrown.value },
    );
  }

  #thrown(): { error?: Error; value?: unknown; description?: string } {
    const kind = this.#reader.byte();
    if (kind === THROWN_ERROR) return { error: this.#error() };
    if (kind !== THROWN_VALUE) throw malformed(`${kind} is no failure`);
    const description = this.#text();
    return { description, value: this.#value() };
  }

  #error(): Error {
    // The writer stops long before; forged bytes must stop as well.
    if (this.#depth++ >= DEPTH_BOUND) {
      throw malformed("causes are nested too deep");
    }
    const known = this.#text();
    const name = this.#text();
    const message = this.#text();
    const stack = this.#text();
    const error = errorOf(known, message, name);
    if (error.name !== name) define(error, "name", name, false);
    setStack(error, stack);
    this.#cause(error);
    this.#errors(error);
    this.#properties(error);
    this.#depth--;
    return error;
  }

  #cause(error: Error): void {
    const kind = this.#reader.byte();
    if (kind === CAUSE_ERROR) {
      if (this.#reader.byte() !== THROWN_ERROR) {
        throw malformed("a cause is no error");
      }
      define(error, "cause", this.#error(), false);
    } else if (kind === CAUSE_VALUE) {
      define(error, "cause", this.#value(), false);
    } else if (kind !== 0) throw malformed(`${kind} is no cause`);
  }

  #errors(error: Error): void {
    const count = this.#reader.count(1);
    if (count === 0) return;
    const errors: unknown[] = [];
    for (let i = 0; i < count; i++) {
      const thrown = this.#thrown();
      errors.push(thrown.error ?? thrown.value);
    }
    define(error, "errors", errors, false);
  }

  #properties(error: Error): void {
    while (this.#reader.byte() === 1) {
      const key = this.#text();
      const value = this.#value();
      // Not by assignment: `__proto__` and accessors of the class stay out of it.
      Object.defineProperty(error, key, {
        value,
        writable: true,
        enumerable: true,
        configurable: true,
      });
    }
  }

  #text(): string {
    const text = this.#value();
    if (typeof text !== "string") throw malformed("text was expected");
    return text;
  }
}
