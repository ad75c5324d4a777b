/** How fast can a thread serve the rings when there is nothing around them? */
import { workerData } from "node:worker_threads";

const SPIN_MS = 0.1;
const { ARGS, RESULT, RingWorker } = await import(workerData.ring);
const ring = new RingWorker(workerData);
const { words, layout } = ring;

ring.ready();
while (!ring.stopped()) {
  const count = ring.claim(32);
  for (let i = 0; i < count; i++) {
    const cell = ring.mine[i];
    if (!ring.start(cell)) continue;
    const base = layout.cell(cell);
    words[base + RESULT] = work(words[base + ARGS]);
    ring.done.stage(cell);
  }
  ring.done.publish();
  if (count > 0) continue;
  const found = ring.awakeWorkers < workerData.cores && news();
  if (!found && ring.sleepy()) {
    ring.awake(!ring.bell.wait(1_000));
  }
}
ring.exited();

function work(steps) {
  let x = 1;
  for (let turn = 0; turn < steps; turn++) x = Math.sqrt(x + 1);
  return x;
}

function news() {
  const ends = performance.now() + SPIN_MS;
  do {
    for (let i = 0; i < 64; i++) if (ring.hasNews()) return true;
  } while (performance.now() < ends);
  return false;
}
