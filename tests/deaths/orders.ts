/** Orders as a host writes and reads them. */
import {
  AFTER,
  PAUSED,
  POINT,
  SEEN,
  SKIP,
  WAY,
  type Way,
  WAYS,
} from "./gap.ts";

/** Where and how a worker dies. */
export interface Order {
  readonly point: number;
  /** Passages that are let go first. */
  readonly skip: number;
  /** "terminate": its host stops it while it pauses; else one that pauses goes on as a zombie. */
  readonly way: Way | "terminate";
}

/** An order as numbers. */
export function numbersOf(
  { point, skip, way }: Order,
): [point: number, skip: number, way: number] {
  return [point, skip, WAYS.indexOf(way === "terminate" ? "pause" : way)];
}

/** Gives an order to all threads that share these words. */
export function arm(orders: Int32Array, order: Order): void {
  const [point, skip, way] = numbersOf(order);
  orders[SKIP] = skip;
  orders[WAY] = way;
  Atomics.store(orders, POINT, point);
}

/** Whether a worker stands still at its point. */
export function isPaused(orders: Int32Array): boolean {
  return Atomics.load(orders, PAUSED) === 1;
}

/** The points that were passed since this was asked last. */
export function takePassed(orders: Int32Array): Set<number> {
  const counts = [...orders.subarray(SEEN, AFTER).entries()];
  orders.fill(0, SEEN, AFTER);
  return new Set(counts.filter(([, count]) => count > 0).map(([at]) => at));
}
