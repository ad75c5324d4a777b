/**
 * How fast can a thread answer a word? It spins for a time between two bounds,
 * longer when that paid off and shorter when it did not, then sleeps.
 */
import { workerData } from "node:worker_threads";

const words = new Int32Array(workerData.buffer);
const { least, most } = workerData.spin;
const [PING, PONG, STOP] = [0, 16, 32];
/** As in workers/loop.ts: what took longer did not come because it was looked for. */
const QUICK_MS = 0.04;

let seen = 0;
let spinMs = most;
while (Atomics.load(words, STOP) === 0) {
  const began = performance.now();
  const deadline = began + spinMs;
  let now = Atomics.load(words, PING);
  while (now === seen && performance.now() < deadline) {
    for (let i = 0; i < 64 && now === seen; i++) {
      now = Atomics.load(words, PING);
    }
  }
  if (now === seen) {
    spinMs = Math.max(least, spinMs / 2);
    Atomics.wait(words, PING, seen, 1_000);
    continue;
  }
  // A fixed spin asks no clock.
  if (least < most) {
    const quick = performance.now() - began < QUICK_MS;
    spinMs = quick ? Math.min(most, spinMs * 2) : Math.max(least, spinMs / 2);
  }
  seen = now;
  Atomics.store(words, PONG, seen);
  Atomics.notify(words, PONG);
}
