/**
 * A worker thread on the raw rings for stress_suite.ts. It notes every run in
 * the books, and dies before the atomic operation it is told to die before.
 */
import { workerData } from "node:worker_threads";
import { ARGS, RESULT, RingWorker, TASK_NUMBER } from "../../ring/mod.ts";
import { Death, watched } from "./play.ts";

/** What the thread starts with. */
export interface Orders {
  readonly buffer: SharedArrayBuffer;
  readonly slot: number;
  /** Per task: how often it was run; then one word: tasks out of order. */
  readonly books: SharedArrayBuffer;
  /** Dies before this atomic operation; 0: never. */
  readonly dieBefore: number;
  /** Longest sleep, after which a lost wake-up shows as a rescue. */
  readonly sliceMs: number;
}

const orders = workerData as Orders;
const books = new Int32Array(orders.books);
let left = orders.dieBefore;
if (left === 0) work();
else {
  watched(work, () => {
    if (--left === 0) throw new Death("as ordered");
  });
}

function work(): void {
  const ring = new RingWorker({ ...orders, queue: 0 });
  ring.ready();
  let last = -1;
  while (!ring.stopped()) {
    const count = ring.claim(8);
    for (let i = 0; i < count; i++) {
      const cell = ring.mine[i] as number;
      if (!ring.start(cell)) continue;
      const base = ring.layout.cell(cell);
      const task = ring.words[base + TASK_NUMBER] as number;
      // Plain: only one worker may ever run a task, that is the claim.
      books[task] = (books[task] as number) + 1;
      const order = ring.words[base + ARGS] as number;
      if (order <= last) books[books.length - 1] = 1;
      last = order;
      ring.words[base + RESULT] = Math.imul(task, 31) ^ order;
      ring.done.stage(cell);
    }
    ring.done.publish();
    if (count === 0 && ring.sleepy()) {
      ring.awake(!ring.bell.wait(orders.sliceMs));
    }
  }
  ring.exited();
}
