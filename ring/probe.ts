/**
 * When a long look is worth another try. Looks that did not pay get shorter,
 * and short ones never meet what a long one would have met: two threads that
 * once fell out of step would sleep before every batch for ever.
 */

/** Short sleeps between two tries, at most. */
const MOST = 16;

/** One thread's count of the sleeps it might have spared. */
export class Probe {
  #left = 1;
  #every = 1;

  /** A sleep was so short that looking might have spared it: whether to try that now. */
  due(): boolean {
    if (--this.#left > 0) return false;
    this.#left = this.#every;
    this.#every = Math.min(MOST, this.#every * 2);
    return true;
  }

  /** A look paid: the next try may come soon. */
  paid(): void {
    this.#every = 1;
  }
}
