/** What a map can be told, with units, defaults and errors. */
import type { Task } from "../task.ts";
import type { CallSite } from "./call_site.ts";
import { assertOptions, integer } from "./checks.ts";
import type { MapKey } from "./map_keys.ts";
import {
  assertWishes,
  type CallOptions,
  type Will,
  type WillDefaults,
  willOf,
} from "./will.ts";

/**
 * Options of a map; every one may be left out. There is no `transfer`, as the
 * items are not there yet: those that are `move(item)` are handed over when they
 * are pulled.
 */
export interface MapOptions<T = never>
  extends Omit<CallOptions, "key" | "onProgress" | "transfer"> {
  /** Items per message. "auto" (default): as many as make about a millisecond of work and a megabyte at most; one, if a `timeout` or `retries` are asked for. */
  readonly chunkSize?: number | "auto";
  /**
   * Items pulled from the input and not yet taken. Default: enough for every
   * worker to hold all it may, twice; less, down to once, if they and their
   * results are more than 16 MB per worker.
   */
  readonly window?: number;
  /**
   * For the scheduler, as {@link CallOptions.key}: one key for all items, or a
   * function `(item, index) => key`. Items of a chunk have the same. Default
   * none. What the function throws is the failure of its item.
   */
  readonly key?: MapKey<T>;
  /**
   * Hears how many items have an outcome, of how many if the input knows,
   * whenever a chunk comes back. What it throws is a process warning. Default
   * none.
   */
  readonly onProgress?: (done: number, total: number | undefined) => void;
}

const NAMES = [
  "chunkSize",
  "window",
  "key",
  "signal",
  "timeout",
  "retries",
  "retryIf",
  "onProgress",
];

/** How a map calls. */
export interface MapCall {
  readonly task: Task;
  /** Each item is an argument list. */
  readonly spread: boolean;
  readonly chunkSize: number | "auto";
  readonly window: number | undefined;
  readonly key: unknown;
  /** What is wanted of each item. */
  readonly will: () => Will | null;
  readonly site: CallSite | null;
  readonly onProgress: MapOptions["onProgress"];
}

/**
 * Checks options and fills in the defaults. `alone`: every item is to travel
 * in a message of its own.
 *
 * @throws TypeError for a wrong kind or an unknown name, RangeError for a number out of range
 */
export function settleMap(
  options: MapOptions,
  defaults: WillDefaults,
  alone: boolean,
  action: string,
): Pick<MapCall, "chunkSize" | "window" | "key" | "will" | "onProgress"> {
  if (Object.hasOwn(Object(options), "transfer")) {
    throw new TypeError(
      `Cannot ${action}: transfer is an option of apply, let the items be move(item)`,
    );
  }
  assertOptions(options, NAMES, action);
  const { chunkSize = "auto", window, key, onProgress, signal: _, ...wishes } =
    options;
  const size = chunkSize === "auto"
    ? "auto"
    : integer({ chunkSize }, "chunkSize", 1, 1, 2 ** 24, action);
  // The signal is the map's.
  const will = (): Will | null => willOf(wishes, defaults);
  assertWishes(options as CallOptions, action);
  return {
    chunkSize: alone || will() !== null ? 1 : size,
    window: window === undefined
      ? undefined
      : integer({ window }, "window", 1, 1, 2 ** 31, action),
    key,
    will,
    onProgress,
  };
}
