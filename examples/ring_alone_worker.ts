/** The worker of ring_alone.ts: claims, runs, publishes, sleeps. */
import { workerData } from "node:worker_threads";
import { ARGS, RESULT, RingWorker } from "whorl/ring";

const ring = new RingWorker(workerData);
ring.ready();
while (!ring.stopped()) {
  const count = ring.claim(8);
  for (const cell of ring.mine.subarray(0, count)) {
    if (!ring.start(cell)) continue;
    const base = ring.layout.cell(cell);
    ring.words[base + RESULT] = 2 * (ring.words[base + ARGS] as number);
    ring.done.stage(cell);
  }
  ring.done.publish();
  if (count === 0 && ring.sleepy()) ring.awake(!ring.bell.wait(1000));
}
ring.exited();
