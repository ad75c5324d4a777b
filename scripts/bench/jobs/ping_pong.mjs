/** How fast can a thread answer a word? It spins as long as told, then sleeps. */
import { workerData } from "node:worker_threads";

const words = new Int32Array(workerData.buffer);
const spinMs = workerData.spinMs;
const [PING, PONG, STOP] = [0, 16, 32];

let seen = 0;
while (Atomics.load(words, STOP) === 0) {
  const deadline = performance.now() + spinMs;
  let now = Atomics.load(words, PING);
  while (now === seen && performance.now() < deadline) {
    for (let i = 0; i < 64 && now === seen; i++) {
      now = Atomics.load(words, PING);
    }
  }
  if (now === seen) {
    Atomics.wait(words, PING, seen, 1_000);
    continue;
  }
  seen = now;
  Atomics.store(words, PONG, seen);
  Atomics.notify(words, PONG);
}
