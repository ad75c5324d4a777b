/** Many errors made at one place. */

/**
 * The same maker, but of all errors it makes only the first records a stack;
 * the others show that one under their own message. Recording and reading one
 * takes up to 90 µs, and 100,000 calls may end at once.
 */
export function alike<A extends unknown[], E extends Error>(
  make: (...args: A) => E,
): (...args: A) => E {
  const settings = Error as { stackTraceLimit?: number };
  let head = "";
  let tail: string | null = null;
  return (...args) => {
    if (tail === null) {
      const first = make(...args);
      const stack = String(first.stack);
      const at = Math.max(0, stack.indexOf(first.message));
      head = stack.slice(0, at);
      tail = stack.slice(at + first.message.length);
      return first;
    }
    const limit = settings.stackTraceLimit;
    Reflect.set(settings, "stackTraceLimit", 0);
    try {
      const error = make(...args);
      Reflect.set(error, "stack", head + error.message + tail);
      return error;
    } finally {
      Reflect.set(settings, "stackTraceLimit", limit);
    }
  };
}
