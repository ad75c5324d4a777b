/** Options and arguments, checked: the exact error, before any work. */

/** @throws TypeError for what is no object, and for an option that there is not */
export function assertOptions(
  options: object,
  names: readonly string[],
  action: string,
): void {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(
      `Cannot ${action}: options must be an object, found ${
        options === null ? "null" : typeof options
      }`,
    );
  }
  for (const name of Object.keys(options)) {
    if (!names.includes(name)) {
      throw new TypeError(
        `Cannot ${action}: there is no option ${name}, the options are ${
          names.join(", ")
        }`,
      );
    }
  }
}

/** `value`, if it is an array. @throws TypeError otherwise */
export function list(
  value: unknown,
  action: string,
  name: string,
): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new TypeError(
    `Cannot ${action}: ${name} must be an array, found ${
      value === null ? "null" : typeof value
    }`,
  );
}

/**
 * An option that counts something.
 *
 * @throws TypeError when it is no number, RangeError when it is not an integer in range
 */
export function integer<O extends object>(
  options: O,
  name: keyof O & string,
  fallback: number,
  least: number,
  most: number,
  action = "create a pool",
): number {
  const value: unknown = options[name] ?? fallback;
  if (Number.isInteger(value)) {
    const count = value as number;
    if (count >= least && count <= most) return count;
  }
  const Wrong = typeof value === "number" ? RangeError : TypeError;
  throw new Wrong(
    `Cannot ${action}: ${name} must be an integer from ${least} to ${most}, found ${
      typeof value === "string" ? JSON.stringify(value) : shown(value)
    }`,
  );
}

function shown(value: unknown): string {
  return typeof value === "number" ? String(value) : typeof value;
}
