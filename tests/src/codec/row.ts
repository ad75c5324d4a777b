/** What a row of the table says. */

/** A value that must arrive as `structuredClone` would give it. */
export interface Row {
  readonly name: string;
  readonly make: () => unknown;
  /** What must arrive where a runtime's own structured clone gives less. */
  readonly expected?: () => unknown;
  /** Why `expected` is needed. */
  readonly reason?: string;
  /** What is missing on some runtime; the row is left out there. */
  readonly unless?: () => boolean;
}

/** `value` after `change`. */
export const prepared = <T>(
  value: T,
  change: (value: T) => void,
): T => (change(value), value);
