/**
 * What the host tells the members of a team: one call per worker, whose task is
 * the user's kernel, and which the worker runs over ranges that it takes from
 * a counter. These orders stand after the kernel's arguments.
 */

/** A share in a loop. */
export interface LoopOrder {
  /** How the task is called: over ranges, over ranges for a partial result, or per item. */
  readonly kind: "for" | "reduce" | "map";
  /** The memory of the loop's RangeCounter. */
  readonly counter: SharedArrayBuffer;
  /** The member's number there. */
  readonly taker: number;
  /** First item of the loop, and the one after its last. */
  readonly from: number;
  readonly to: number;
  /** Items per call of the kernel. */
  readonly grain: number;
  /** Of a reduction: the number of the task that joins two partial results; else -1. */
  readonly combine: number;
  /** Of a map: the index of an item is passed, too. */
  readonly indexed: boolean;
}

/** The last step of a reduction; its task is the one that joins two. Of the arguments there are none. */
export interface FoldOrder {
  readonly kind: "fold";
  readonly parts: readonly Part[];
  /** What comes before them all: nothing, or one value. */
  readonly initial: readonly unknown[];
}

/** What a member is told. */
export type Order = LoopOrder | FoldOrder;

/** The result of a run of grains: a whole subtree, except at the end of the range. */
export interface Part {
  /** Its first grain. */
  readonly first: number;
  /** How many there are. */
  readonly count: number;
  readonly value: unknown;
}
