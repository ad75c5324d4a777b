/** States seen so far: open addressing over 64-bit hashes, so that millions fit. */
export class States {
  #mask = (1 << 16) - 1;
  #keys = new Int32Array(2 << 16);
  readonly #most: number;
  size = 0;

  /** `most`: how many to remember. */
  constructor(most: number) {
    this.#most = most;
  }

  /** No room for more: the search cannot be complete. */
  get full(): boolean {
    return this.size >= this.#most;
  }

  /** Whether a state is new. */
  enter(key: Int32Array): boolean {
    // 0 is an empty place.
    const [a, b] = [key[0] || 1, key[1] as number];
    const at = this.#find(a, b);
    if (this.#keys[2 * at] !== 0) return false;
    this.#keys[2 * at] = a;
    this.#keys[2 * at + 1] = b;
    if (++this.size > this.#mask * 0.7) this.#grow();
    return true;
  }

  #find(a: number, b: number): number {
    const keys = this.#keys;
    let at = (a ^ Math.imul(b, 0x9e3779b1)) & this.#mask;
    for (;; at = (at + 1) & this.#mask) {
      const known = keys[2 * at];
      if (known === 0 || (known === a && keys[2 * at + 1] === b)) return at;
    }
  }

  #grow(): void {
    const old = this.#keys;
    this.#mask = 2 * this.#mask + 1;
    this.#keys = new Int32Array(2 * old.length);
    for (let i = 0; i < old.length; i += 2) {
      const [a, b] = [old[i] as number, old[i + 1] as number];
      if (a === 0) continue;
      const at = this.#find(a, b);
      this.#keys[2 * at] = a;
      this.#keys[2 * at + 1] = b;
    }
  }
}
