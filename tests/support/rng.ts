/**
 * Seeded randomness. One seed per run, printed when anything fails; a stream
 * per label, so that narrowing the run does not change what a test draws.
 */

let seed = 1;

/** Sets the run's seed; called once by tests/main.ts. */
export function setSeed(value: number): void {
  seed = value >>> 0;
}

/** The run's seed. */
export function runSeed(): number {
  return seed;
}

/** The stream of this label under the run's seed. */
export function rng(label: string): Rng {
  let hash = 0x811c9dc5 ^ seed;
  for (let i = 0; i < label.length; i++) {
    hash = Math.imul(hash ^ label.charCodeAt(i), 0x01000193);
  }
  return new Rng(hash);
}

/** Mulberry32: small, fast, good enough to choose schedules and values. */
export class Rng {
  #state: number;

  constructor(state: number) {
    this.#state = state >>> 0;
  }

  /** The next number in [0, 2³²). */
  uint32(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** The next number in [0, 1). */
  float(): number {
    return this.uint32() / 0x1_0000_0000;
  }

  /** The next integer in [0, limit). */
  below(limit: number): number {
    return Math.floor(this.float() * limit);
  }

  /** The next integer in [from, to], both included. */
  between(from: number, to: number): number {
    return from + this.below(to - from + 1);
  }

  /** One of the items. */
  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new RangeError("Cannot pick from no items");
    return items[this.below(items.length)] as T;
  }

  /** A shuffled copy. */
  shuffle<T>(items: Iterable<T>): T[] {
    const copy = [...items];
    for (let i = copy.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [copy[i], copy[j]] = [copy[j] as T, copy[i] as T];
    }
    return copy;
  }
}
