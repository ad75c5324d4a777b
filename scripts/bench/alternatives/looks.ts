/** What does a look cost, and what a decision? */
import { type Alternative, callsOf } from "./alternative.ts";

export const looks: Alternative = {
  name: "looks",
  question: "What do the calls cost that a loop over the rings could make?",
  columns: ["call (ns)"],
  used: "Atomics.load",
  reason:
    "A plain load is the quickest and may be moved out of a loop by a compiler, " +
    "so control words are read with Atomics.load, once per batch and not per " +
    "task; a compare-and-swap is made only to take a task; notify is called " +
    "only when a word says that somebody sleeps; a stack is recorded once in " +
    "100 ms.",
  enter() {
    const words = new Int32Array(new SharedArrayBuffer(64));
    return Promise.resolve(callsOf({
      "plain load": [() => words[3]],
      "Atomics.load": [() => Atomics.load(words, 3)],
      "Atomics.store": [(i) => Atomics.store(words, 3, i)],
      "Atomics.compareExchange": [
        (i) => Atomics.compareExchange(words, 3, i, i),
      ],
      "Atomics.notify, nobody asleep": [() => Atomics.notify(words, 3, 1)],
      "performance.now": [() => performance.now()],
      "new Error().stack": [() => new Error().stack],
    }, 20_000));
  },
};
