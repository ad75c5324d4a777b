/** The rings without the pool: a worker on raw cells doubles three numbers. */
import { Worker } from "node:worker_threads";
import { ARGS, RESULT, RingHost } from "whorl/ring";

const host = new RingHost({ cells: 64, slots: 2, queues: 1 });
const { words, layout, buffer } = host;
const workerData = { buffer, slot: host.enlist(0), queue: 0 };
const entry = new URL("./ring_alone_worker.ts", import.meta.url);
new Worker(entry, { workerData });
for (const n of [1, 2, 3]) {
  const cell = host.acquire();
  words[layout.cell(cell) + ARGS] = n;
  host.stage(0, cell);
}
host.publish();
for (let left = 3; left > 0;) {
  await host.sleep().wait;
  left -= host.drain((cell) => {
    console.log(words[layout.cell(cell) + RESULT]);
    host.release(cell);
  });
}
host.dismiss(workerData.slot);
