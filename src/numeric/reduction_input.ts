/** What a ready-made reduction is given, checked: the exact error, before any work. */
import { assertLoopOptions, type LoopOptions } from "./loop_options.ts";
import { type NumericArray, sharedItems } from "./operands.ts";
import { shown } from "./shared.ts";

/** Nothing of it is checked yet. */
interface Given {
  readonly pool: unknown;
  readonly xs: unknown;
  readonly options: LoopOptions;
}

const FLAGS = ["compensated", "sample"];

/**
 * The array, in shared memory. `names` are the options that only some
 * reductions have.
 *
 * @throws TypeError for what is no pool, no array or no option, RangeError as {@link sharedItems}
 */
export function itemsOf(
  what: string,
  { pool, xs, options }: Given,
  names: readonly string[] = [],
): NumericArray {
  const reduces = Reflect.get(Object(pool), "parallelReduce");
  if (typeof reduces !== "function") {
    throw new TypeError(
      `Cannot ${what}: the first argument must be a pool, found ${shown(pool)}`,
    );
  }
  assertLoopOptions(options, names, what);
  for (const name of FLAGS) {
    const flag: unknown = Reflect.get(options, name);
    if (flag === undefined || typeof flag === "boolean") continue;
    throw new TypeError(
      `Cannot ${what}: ${name} must be true or false, found ${shown(flag)}`,
    );
  }
  return sharedItems(xs, what);
}

/** As {@link itemsOf}. @throws RangeError for an empty array, too */
export function someOf(what: string, given: Given): NumericArray {
  const items = itemsOf(what, given);
  if (items.length > 0) return items;
  throw new RangeError(`Cannot take ${what} of an empty array: it has none`);
}

/** As {@link itemsOf}. @throws TypeError for bigints, too */
export function numbersOf(
  what: string,
  given: Given,
  names: readonly string[] = [],
): NumericArray {
  const items = itemsOf(what, given, names);
  if (!isOfBigints(items)) return items;
  throw new TypeError(
    `Cannot ${what}: the array must hold numbers, found bigints`,
  );
}

/** Whether it holds bigints. */
export function isOfBigints(items: NumericArray): boolean {
  return items instanceof BigInt64Array || items instanceof BigUint64Array;
}
