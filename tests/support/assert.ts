/** What suites assert with: uvu/assert, with throwing made exact. */
import { Assertion } from "uvu/assert";

export {
  equal,
  instance,
  is,
  match,
  not,
  ok,
  type,
  unreachable,
} from "uvu/assert";

/** A class of errors, however it is constructed. */
// deno-lint-ignore no-explicit-any
export type ErrorClass<E extends Error> = abstract new (...args: any[]) => E;

/** Asserts that `run` throws such an error, and answers it. */
export function throws<E extends Error = Error>(
  run: () => unknown,
  Class?: ErrorClass<E>,
  message?: RegExp | string,
): E {
  let value: unknown;
  try {
    value = run();
  } catch (error) {
    return checked(error, Class, message);
  }
  throw missed("throws", value, Class, message);
}

/** Asserts that the promise rejects with such an error, and answers it. */
export async function rejects<E extends Error = Error>(
  promise: PromiseLike<unknown>,
  Class?: ErrorClass<E>,
  message?: RegExp | string,
): Promise<E> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    return checked(error, Class, message);
  }
  throw missed("rejects", value, Class, message);
}

function checked<E extends Error>(
  error: unknown,
  Class: ErrorClass<E> | undefined,
  message: RegExp | string | undefined,
): E {
  const wanted: ErrorClass<Error> = Class ?? Error;
  if (!(error instanceof wanted)) {
    throw missed("is an instance of", error, Class, message);
  }
  const fits = message === undefined ||
    (typeof message === "string"
      ? error.message.includes(message)
      : message.test(error.message));
  if (!fits) throw missed("has the message", error, Class, message);
  return error as E;
}

function missed(
  operator: string,
  actual: unknown,
  Class: { name: string } | undefined,
  message: RegExp | string | undefined,
): Assertion {
  const wanted = `${Class?.name ?? "Error"} ${message ?? ""}`.trim();
  const options = { operator, actual, expects: wanted, generated: false };
  return new Assertion({
    ...options,
    message: `Expected ${wanted}, found ${describe(actual)}`,
  });
}

function describe(value: unknown): string {
  return value instanceof Error ? value.stack ?? String(value) : String(value);
}
