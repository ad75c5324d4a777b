/**
 * Which words only one thread ever touches, and which never change: an
 * operation on such a word commutes with everything others do, so nobody needs
 * to be let in before it. This is guessed from random runs and held against
 * every step of the search: a guess that fails is dropped and the search
 * begins anew, so what it calls complete does not rest on the guess.
 */
const MANY = 127;

/** The search must begin anew: a word is not what it was taken for. */
export class Misjudged extends Error {}

/** The words of one scenario. */
export class Accesses {
  /** True: notes who does what. False: holds it against what was noted. */
  learning = true;
  #owner: Int8Array = new Int8Array(1 << 14);
  #changed: Int8Array = new Int8Array(1 << 14);

  /** A thread reads a word, or writes it, with or without a change. */
  touch(id: number, at: number, changes: boolean): void {
    if (at >= this.#owner.length) this.#grow(at);
    const owner = this.#owner[at] as number;
    if (owner === 0) this.#owner[at] = id + 1;
    if (changes && this.#changed[at] === 0) {
      this.#changed[at] = 1;
      if (owner === MANY) this.#misjudged(at);
    }
    if (owner === 0 || owner === id + 1 || owner === MANY) return;
    this.#owner[at] = MANY;
    if (this.#changed[at] === 1) this.#misjudged(at);
  }

  /** Whether an operation of a thread on a word concerns nobody else. */
  isSilentFor(id: number, at: number): boolean {
    return this.#changed[at] === 0 || this.#owner[at] === id + 1;
  }

  #misjudged(at: number): void {
    if (!this.learning) throw new Misjudged(`word ${at}`);
  }

  #grow(at: number): void {
    this.#owner = grown(this.#owner, 2 * at);
    this.#changed = grown(this.#changed, 2 * at);
  }
}

function grown(old: Int8Array, length: number): Int8Array {
  const larger = new Int8Array(length);
  larger.set(old);
  return larger;
}
