/**
 * States seen so far and how many preemptions were left there: open addressing
 * over 64-bit hashes, so that millions fit.
 */
export class States {
  readonly #mask: number;
  readonly #keys: Int32Array;
  readonly #left: Int8Array;
  size = 0;

  /** `most`: how many to remember; rounded up to a power of two. */
  constructor(most: number) {
    let room = 1024;
    while (room < most * 1.4) room *= 2;
    this.#mask = room - 1;
    this.#keys = new Int32Array(2 * room);
    this.#left = new Int8Array(room);
  }

  /** No room for more: the search cannot be complete. */
  get full(): boolean {
    return this.size > this.#mask * 0.9;
  }

  /** Whether to go on: the state is new, or was seen with less left. */
  enter(key: Int32Array, left: number): boolean {
    const [a, b] = [key[0] as number, key[1] as number];
    // 0 is an empty place.
    const budget = Math.min(left, 100) + 1;
    let at = (a ^ Math.imul(b, 0x9e3779b1)) & this.#mask;
    for (;; at = (at + 1) & this.#mask) {
      const known = this.#left[at] as number;
      if (known === 0) break;
      if (this.#keys[2 * at] !== a || this.#keys[2 * at + 1] !== b) continue;
      if (known >= budget) return false;
      this.#left[at] = budget;
      return true;
    }
    this.#keys[2 * at] = a;
    this.#keys[2 * at + 1] = b;
    this.#left[at] = budget;
    this.size++;
    return true;
  }
}
