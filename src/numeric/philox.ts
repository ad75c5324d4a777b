/**
 * Philox4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw,
 * "Parallel random numbers: as easy as 1, 2, 3", SC'11: ten rounds of a keyed
 * bijection on 128 bits. Nothing but 32-bit integer arithmetic, which is the
 * same on every engine.
 */

const ROUNDS = 10;
// The multipliers by halves, so that every product fits into 32 bits.
const TOP_A = 0xd251;
const LOW_A = 0x1f53;
const TOP_B = 0xcd9e;
const LOW_B = 0x8d57;
const MULTIPLIER_A = 0xd2511f53;
const MULTIPLIER_B = 0xcd9e8d57;
// Weyl sequences: the golden ratio and the square root of 3, less 1.
const STEP_A = 0x9e3779b9;
const STEP_B = 0xbb67ae85;

/** A key, and the block that its last counter gave. All are 32-bit integers. */
export class Philox {
  readonly key0: number;
  readonly key1: number;
  a = 0;
  b = 0;
  c = 0;
  d = 0;

  constructor(key0: number, key1: number) {
    this.key0 = key0 | 0;
    this.key1 = key1 | 0;
  }

  /** Makes the block of a counter. */
  block(
    counter0: number,
    counter1: number,
    counter2: number,
    counter3: number,
  ): void {
    let a = counter0 | 0;
    let b = counter1 | 0;
    let c = counter2 | 0;
    let d = counter3 | 0;
    let key0 = this.key0;
    let key1 = this.key1;
    for (let round = 0; round < ROUNDS; round++) {
      const highA = high(a, TOP_A, LOW_A);
      const highB = high(c, TOP_B, LOW_B);
      const lowA = Math.imul(a, MULTIPLIER_A);
      a = highB ^ b ^ key0;
      b = Math.imul(c, MULTIPLIER_B);
      c = highA ^ d ^ key1;
      d = lowA;
      key0 = (key0 + STEP_A) | 0;
      key1 = (key1 + STEP_B) | 0;
    }
    this.a = a;
    this.b = b;
    this.c = c;
    this.d = d;
  }
}

/** The upper 32 bits of the product of a word and a number given by its 16-bit halves. */
export function high(word: number, top: number, low: number): number {
  const wordLow = word & 0xffff;
  const wordTop = word >>> 16;
  const one = Math.imul(wordTop, low);
  const other = Math.imul(wordLow, top);
  const carry = (one & 0xffff) + (other & 0xffff) +
    (Math.imul(wordLow, low) >>> 16);
  return (Math.imul(wordTop, top) + (one >>> 16) + (other >>> 16) +
    (carry >>> 16)) | 0;
}
