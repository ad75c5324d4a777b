/** The shared words of one run and their hash, kept up to date at every change. */
import { hash1, hash2, type History } from "./hashes.ts";
import { baseOf } from "./threads.ts";

/** Every shared buffer has its place in one row of words. */
export class Memory implements History {
  h1 = 0;
  h2 = 0;
  /** How often a word became another. */
  changes = 0;
  #next = 0;
  readonly #grows: (words: number) => void;

  /** `grows`: hears how many words there are. */
  constructor(grows: (words: number) => void) {
    this.#grows = grows;
  }

  /** Gives a buffer its place. */
  reserve(bytes: number): number {
    const base = this.#next;
    this.#next += bytes >>> 2;
    this.#grows(this.#next);
    return base;
  }

  /** Writes a word, on behalf of a thread. */
  change(
    words: Int32Array,
    index: number,
    at: number,
    value: number,
    by: { changes: number } | null,
  ): void {
    const before = words[index] as number;
    if (before === (value | 0)) return;
    words[index] = value;
    this.h1 ^= hash1(at, before) ^ hash1(at, value | 0);
    this.h2 = (this.h2 - hash2(at, before) + hash2(at, value | 0)) | 0;
    this.changes++;
    if (by) by.changes++;
  }

  /** Clears words that nobody will read before they are written. */
  scrub(words: Int32Array, from: number, to: number): void {
    for (let at = from; at < to; at++) {
      this.change(words, at, baseOf(words) + at, 0, null);
    }
  }
}
