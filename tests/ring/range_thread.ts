/** A taker thread for range_counter_suite.ts: notes every grain it runs in the books. */
import { workerData } from "node:worker_threads";
import { RangeCounter } from "../../ring/mod.ts";

/** What the thread starts with. */
export interface TakerOrders {
  readonly buffer: SharedArrayBuffer;
  readonly taker: number;
  /** Per grain: how often it was run. */
  readonly books: SharedArrayBuffer;
  /** It waits until this word is not 0, so that all takers begin together. */
  readonly gate: SharedArrayBuffer;
  /** It closes the counter after so many grains; 0: never. */
  readonly closeAfter: number;
}

const orders = workerData as TakerOrders;
const counter = new RangeCounter(orders.buffer, orders.taker);
const books = new Uint8Array(orders.books);
const gate = new Int32Array(orders.gate);
// How many takers are there; the last one opens the gate.
if (Atomics.sub(gate, 0, 1) === 1) Atomics.notify(gate, 0);
for (let left; (left = Atomics.load(gate, 0)) > 0;) {
  Atomics.wait(gate, 0, left);
}
let grains = 0;
for (let first = counter.takeRun(); first >= 0; first = counter.takeRun()) {
  const { count } = counter;
  for (let grain = first; grain < first + count; grain++) {
    if (grain > first && counter.isClosed()) break;
    // Plain: only one taker may ever have a grain, that is the claim.
    books[grain] = (books[grain] as number) + 1;
    counter.finish(1, 1);
    if (++grains === orders.closeAfter) counter.close();
  }
}
