/** What of a map's items travels together, and what cannot travel. */

/** What {@link MapOptions.key} may be: one for all, or a function of item and index. */
export type MapKey<T = never> =
  | string
  | number
  | bigint
  | boolean
  | symbol
  | object
  | null
  | ((item: T, index: number) => unknown);

/** Consecutive items with one key, or one item without: its function threw. */
export interface Run {
  readonly items: readonly unknown[];
  readonly key: unknown;
  readonly failure: { readonly cause: unknown } | null;
}

/** Items of a chunk that cannot be sent. */
export interface Refusal {
  /** The first of them, within the chunk. */
  readonly index: number;
  /** How many; 0 when it is not known which of several. */
  readonly count: number;
  readonly error: unknown;
}

/** Cuts `items`, the first of which has index `start`, wherever the key changes. */
export function runsOf(
  items: readonly unknown[],
  start: number,
  key: unknown,
): Run[] {
  if (typeof key !== "function") return [{ items, key, failure: null }];
  const runs: { items: unknown[]; key: unknown; failure: Run["failure"] }[] =
    [];
  items.forEach((item, at) => {
    let own: unknown;
    try {
      own = key(item, start + at);
    } catch (cause) {
      runs.push({ items: [item], key: undefined, failure: { cause } });
      return;
    }
    const last = runs.at(-1);
    if (last !== undefined && last.failure === null && same(last.key, own)) {
      last.items.push(item);
    } else runs.push({ items: [item], key: own, failure: null });
  });
  return runs;
}

// As a Map compares keys.
function same(one: unknown, two: unknown): boolean {
  return one === two || Object.is(one, two);
}
