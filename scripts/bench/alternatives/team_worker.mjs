/** One thread of team.ts: what claims.ts and results.ts compare. */
import { workerData } from "node:worker_threads";

const { buffer, work, index, size } = workerData;
const words = new Int32Array(buffer);
const [GO, FINISHED, HEAD, TAIL, DATA] = [0, 32, 64, 96, 128];
const BATCH = 8;
const FREE = -1;
// Entries, then a state per cell, then a sequence per entry, then what was taken.
const [STATES, SEQUENCES] = [DATA + size, DATA + 2 * size];
const works = {
  "by state": claimByState,
  "by ticket": claimByTicket,
  own,
  one,
};

let turn = 0;
for (;;) {
  Atomics.wait(words, GO, turn);
  const now = Atomics.load(words, GO);
  if (now < 0) break;
  if (now === turn) continue;
  turn = now;
  works[work]();
  Atomics.add(words, FINISHED, 1);
  Atomics.notify(words, FINISHED);
}

/** One compare-and-swap per task on the word that says whose it is; HEAD follows. */
function claimByState() {
  for (;;) {
    const head = Atomics.load(words, HEAD);
    const tail = Atomics.load(words, TAIL);
    if (head === tail) return;
    let at = head;
    for (; at < tail && at < head + BATCH; at++) {
      const state = STATES + Atomics.load(words, DATA + at);
      if (Atomics.compareExchange(words, state, at, FREE) === at) {
        words[state]--;
      }
    }
    Atomics.compareExchange(words, HEAD, head, at);
  }
}

/** One compare-and-swap per batch on HEAD, and the sequence of each entry (Vyukov). */
function claimByTicket() {
  for (;;) {
    const head = Atomics.load(words, HEAD);
    const tail = Atomics.load(words, TAIL);
    if (head === tail) return;
    const to = Math.min(tail, head + BATCH);
    if (Atomics.compareExchange(words, HEAD, head, to) !== head) continue;
    // From here on these tasks are nobody's if this thread dies.
    for (let at = head; at < to; at++) {
      words[STATES + words[DATA + at]] = FREE - 1;
      Atomics.store(words, SEQUENCES + at, at + size);
    }
  }
}

/** Results into a ring of this thread's own: one store per batch. */
function own() {
  const count = size / 2;
  const tail = TAIL + index;
  for (let at = 0; at < count; at++) {
    words[DATA + index * count + at] = at;
    if ((at + 1) % BATCH === 0) Atomics.store(words, tail, at + 1);
  }
}

/** Results into a ring of all: one addition per batch, and a mark per result. */
function one() {
  for (let done = 0; done < size / 2; done += BATCH) {
    const from = Atomics.add(words, TAIL, BATCH);
    for (let at = from; at < from + BATCH; at++) {
      words[DATA + at] = at;
      // Whoever reserved room and died leaves a hole that stops the reader.
      Atomics.store(words, SEQUENCES + at, at + 1);
    }
  }
}
