/**
 * The grains of one loop, taken by the threads that run it. One word says how
 * many are gone; whoever moves it owns what it moved past, so nobody deals
 * them out. A grain is some items of the loop: counted are grains, in int32,
 * so that a loop may be as long as a double counts.
 *
 * It lies in a buffer of its own, which serves one loop after the other.
 */

/** The most grains one loop may have. */
export const MAX_GRAINS: number = 2 ** 30;

// Words of the buffer: a header that the host writes, then one block per taker.
/** Grains that are taken, or CLOSED. */
const TAKEN = 0;
// Written before the takers hear of the loop, plain.
const TOTAL = 32;
const STEP = 33;
const GUIDE = 34;
// Of a taker, relative to its block.
const DONE = 0;
/** Two doubles: where the taker is, plain. */
const PLACE = 2;
/** A double: milliseconds its grains took, plain. */
const TOOK = 6;
const HEADER = 64;
/** Words of one block: two cache lines, as in layout.ts. */
const BLOCK = 32;

/** TAKEN of a loop that is to stop: more than there can be. */
const CLOSED = 0x7fffffff;

/** How takers take. */
export interface Shares {
  /** Grains of the loop, up to {@link MAX_GRAINS}. */
  readonly total: number;
  /** Grains taken at one time, at least. */
  readonly step: number;
  /**
   * 0: always `step`. Else the largest power of two in what is left divided by
   * this, if that is more. With a `step` that is one too, every run that is
   * taken is a whole subtree of the binary tree over all grains.
   */
  readonly guide: number;
}

/** One loop's counter, as the host and each taker see it. */
export class RangeCounter {
  readonly buffer: SharedArrayBuffer;
  /** Grains in the run that {@link takeRun} answered. */
  count = 0;
  readonly #words: Int32Array;
  readonly #doubles: Float64Array;
  readonly #taker: number;

  /** `taker`: the number of the one that uses this object, from 0; of the host -1. */
  constructor(buffer: SharedArrayBuffer, taker: number = -1) {
    this.buffer = buffer;
    this.#words = new Int32Array(buffer);
    this.#doubles = new Float64Array(buffer);
    this.#taker = taker;
  }

  /** A buffer for loops with up to so many takers. */
  static allot(takers: number): SharedArrayBuffer {
    return new SharedArrayBuffer((HEADER + takers * BLOCK) * 4);
  }

  // ---- host -------------------------------------------------------------------

  /** Starts a loop. No taker of an earlier one may be left. */
  begin({ total, step, guide }: Shares): void {
    const words = this.#words;
    // plain: the takers of this loop hear of it later, by a ticket in STATE
    words.fill(0);
    words[TOTAL] = total;
    words[STEP] = step;
    words[GUIDE] = guide;
  }

  /**
   * Ends the loop early: nobody takes any more, and who has several stops
   * before the next. Callers: anybody. Waits: never.
   */
  close(): void {
    // G3 ⇔ G2, ⇒ G1, ⇒ G4: a taker is before it and owns its run, or takes nothing.
    Atomics.store(this.#words, TAKEN, CLOSED);
  }

  /**
   * How many grains are done. Callers: the host. Waits: never. All that their
   * kernels wrote is visible.
   */
  finished(): number {
    const words = this.#words;
    let done = 0;
    for (let at = HEADER; at < words.length; at += BLOCK) {
      // G6 ⇒ G5: what was written for the grains it counts is visible.
      done += Atomics.load(words, at + DONE);
    }
    return done;
  }

  /** Whether that is all of them. Callers: the host. Waits: never. */
  complete(): boolean {
    return this.finished() === this.#words[TOTAL];
  }

  /** Milliseconds that the grains {@link finished} counted took, all threads together. */
  took(): number {
    let ms = 0;
    for (let at = HEADER; at < this.#words.length; at += BLOCK) {
      // plain: G5 made it visible; a grain more or less is as good an answer
      ms += this.#doubles[(at + TOOK) >> 1] as number;
    }
    return ms;
  }

  /** The items a taker was at when it last said so, or null. Right once it runs no more. */
  placeOf(taker: number): [from: number, to: number] | null {
    const at = (HEADER + taker * BLOCK + PLACE) >> 1;
    // plain: the taker has settled, or is known to be dead
    const from = this.#doubles[at] as number;
    const to = this.#doubles[at + 1] as number;
    return from === to ? null : [from, to];
  }

  // ---- takers -----------------------------------------------------------------

  /**
   * Takes the next run: its first grain, with their number in {@link count};
   * -1: none is left. Callers: takers. Waits: never. Linearizes: at G2.
   */
  takeRun(): number {
    const words = this.#words;
    // plain: published with the ticket of the call that brought the taker here
    const total = words[TOTAL] as number;
    // G1 ⇒ G2, ⇒ G3: at worst behind, and then G2 fails.
    let taken = Atomics.load(words, TAKEN);
    while (taken < total) {
      const count = this.#share(total - taken);
      // G2 ⇔ G2, ⇔ G3, ⇒ G1: each grain has one owner.
      const seen = Atomics.compareExchange(words, TAKEN, taken, taken + count);
      if (seen === taken) {
        this.count = count;
        return taken;
      }
      taken = seen;
    }
    return -1;
  }

  // It depends on what is left alone, so the same positions give the same runs.
  #share(left: number): number {
    const words = this.#words;
    const step = words[STEP] as number;
    const guide = words[GUIDE] as number;
    const wish = guide === 0 ? 0 : Math.floor(left / guide);
    const most = wish <= step ? step : 2 ** (31 - Math.clz32(wish));
    return Math.min(left, most);
  }

  /** Whether the loop is to stop. Callers: takers. Waits: never. */
  isClosed(): boolean {
    // G4 ⇒ G3: one grain late at most.
    return Atomics.load(this.#words, TAKEN) === CLOSED;
  }

  /** Says where this taker is; equal numbers: nowhere. */
  place(from: number, to: number): void {
    const at = (HEADER + this.#taker * BLOCK + PLACE) >> 1;
    // plain: read when this thread is known to be dead, or has settled
    this.#doubles[at] = from;
    this.#doubles[at + 1] = to;
  }

  /** This taker has done so many more grains in so many milliseconds, and their memory may be looked at. */
  finish(grains: number, ms: number): void {
    const block = HEADER + this.#taker * BLOCK;
    const took = (block + TOOK) >> 1;
    // plain: visible with G5
    this.#doubles[took] = (this.#doubles[took] as number) + ms;
    const at = block + DONE;
    // plain: only this thread writes it
    const done = (this.#words[at] as number) + grains;
    // G5 ⇒ G6: what the kernel wrote is visible to whoever counts this grain.
    Atomics.store(this.#words, at, done);
  }
}
