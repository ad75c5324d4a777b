/**
 * Partial results on their way to one: the binary tree over all grains, joined
 * level by level, where the odd one out passes up. Which two are joined depends
 * on their places alone, so the result has the same digits whoever did what.
 */
import { isThenable } from "./chunk.ts";

/** Joins parts that come in order; each but the last is a whole subtree no larger than the one before. */
export class ReductionTree {
  readonly #combine: (one: unknown, other: unknown) => unknown;
  // As a binary counter: no two neighbours are of one size.
  readonly #counts: number[] = [];
  readonly #values: unknown[] = [];

  constructor(combine: (one: unknown, other: unknown) => unknown) {
    this.#combine = combine;
  }

  /** Adds the result of the next `count` grains; a promise when it is to be waited for. */
  add(count: number, value: unknown): void | Promise<void> {
    this.#counts.push(count);
    this.#values.push(value);
    return this.#join(false);
  }

  /** The one result of all that was added, at least one. */
  async total(): Promise<unknown> {
    await this.#join(true);
    return this.#values[0];
  }

  #join(all: boolean): void | Promise<void> {
    const [counts, values] = [this.#counts, this.#values];
    for (let last = counts.length - 1; last > 0; last--) {
      if (!all && counts[last] !== counts[last - 1]) return;
      const joined = this.#combine(values[last - 1], values[last]);
      if (isThenable(joined)) return this.#wait(joined, all);
      this.#put(joined);
    }
  }

  async #wait(joined: PromiseLike<unknown>, all: boolean): Promise<void> {
    this.#put(await joined);
    await this.#join(all);
  }

  #put(joined: unknown): void {
    const count = this.#counts.pop() as number;
    this.#values.pop();
    const last = this.#counts.length - 1;
    this.#counts[last] = (this.#counts[last] as number) + count;
    this.#values[last] = joined;
  }
}
