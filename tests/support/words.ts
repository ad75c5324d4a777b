/** Counters in shared memory: tasks count in them, the host waits for them. */

/** `length` zeros in shared memory. */
export function sharedWords(length: number): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(length * 4));
}

/** Resolves when `words[index]` has reached `value`. */
export async function reached(
  words: Int32Array<SharedArrayBuffer>,
  index: number,
  value: number,
): Promise<void> {
  // A wait keeps no program alive, and Deno looks at it only when its loop turns.
  const turning = setInterval(() => {}, 5);
  try {
    for (;;) {
      const found = Atomics.load(words, index);
      if (found >= value) return;
      const wait = Atomics.waitAsync(words, index, found);
      if (wait.async) await wait.value;
    }
  } finally {
    clearInterval(turning);
  }
}

/** Stores `value` and wakes who waits for it. */
export function open(words: Int32Array, index: number, value = 1): void {
  Atomics.store(words, index, value);
  Atomics.notify(words, index);
}
