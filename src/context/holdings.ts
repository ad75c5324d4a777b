/** The tasks a child process has, and what its journal says of them. */
import { AWAITS, COMPUTES, SENT } from "../frame.ts";
import { abortAt, revokedAt, START_WORDS, startAt } from "../journal.ts";
import type { Credit } from "./credit.ts";

/** Shared by a child and its host. */
export interface Pages {
  /** So many numbers, from a place in bytes; 0 where nothing was written. */
  words(at: number, count: number): Int32Array;
  write(number: number, at: number): void;
}

/** What one child has. */
export class Holdings {
  readonly #pages: Pages;
  readonly #cells: number;
  readonly #credit: Credit;
  readonly #sendings = new Map<number, number>();
  #last = 0;
  #sentAt = 0;

  /** `cells`: how many there are at the host. */
  constructor(pages: Pages, cells: number, credit: Credit) {
    this.#pages = pages;
    this.#cells = cells;
    this.#credit = credit;
  }

  /** How many tasks the child has. */
  get size(): number {
    return this.#sendings.size;
  }

  /** Of each of its cells what the journal tells: SENT, AWAITS, or of one at most COMPUTES. */
  get statuses(): Map<number, number> {
    const statuses = new Map<number, number>();
    let computing = -1;
    let latest = 0;
    for (const [cell, sending] of this.#sendings) {
      const [started, , part = 0] = this.#start(cell);
      statuses.set(cell, started === sending ? AWAITS : SENT);
      if (started !== sending || part === 0) continue;
      // Others that are not over were done in the same turn and not sent yet.
      if (computing >= 0 && (part - latest | 0) < 0) continue;
      computing = cell;
      latest = part;
    }
    if (computing >= 0) statuses.set(computing, COMPUTES);
    return statuses;
  }

  /** How many more it may get. */
  get room(): number {
    return this.#credit.room(this.#sendings.size);
  }

  /** The task in `cell` is about to be sent; answers the number of this sending. */
  send(cell: number): number {
    this.#last = (this.#last + 1) | 0 || 1;
    this.#sendings.set(cell, this.#last);
    this.#sentAt = performance.now();
    this.#credit.sent();
    return this.#last;
  }

  /** The task in `cell` is done; false for one that is not here. */
  finish(cell: number): boolean {
    return this.#sendings.delete(cell);
  }

  /** Leaves a word for a task that reads no messages. */
  askToStop(cell: number, number: number): void {
    this.#pages.write(number, abortAt(this.#cells, cell));
  }

  /** As Credit.progress. */
  progress(started: number, unfinished: number, concurrency: number): void {
    this.#credit.progress(started, unfinished, concurrency);
  }

  /** Whether something waits at the child since before `ms` milliseconds. */
  waits(ms: number): boolean {
    return this.#credit.ahead && performance.now() - this.#sentAt > ms;
  }

  /** Takes back what has certainly not started; the child will not start it. */
  takeBack(): number[] {
    const taken: number[] = [];
    for (const [cell, sending] of this.#sendings) {
      if (this.#started(cell) === sending) continue;
      this.#pages.write(sending, revokedAt(this.#cells, cell));
      // Started meanwhile: it may have seen the revocation or not.
      if (this.#started(cell) === sending) continue;
      taken.push(cell);
    }
    for (const cell of taken) this.#forget(cell);
    return taken;
  }

  /** The child saw a revocation in time; false when it is known already. */
  returned(cell: number, sending: number): boolean {
    if (this.#sendings.get(cell) !== sending) return false;
    this.#forget(cell);
    return true;
  }

  /** The child is dead: each cell it had, with how many items it started, or -1 if it never began. */
  *end(journal: Int32Array): Iterable<readonly [number, number]> {
    for (const [cell, sending] of this.#sendings) {
      const at = startAt(cell) / 4;
      const began = journal[at] === sending;
      yield [cell, began ? journal[at + 1] as number : -1];
    }
    this.#sendings.clear();
  }

  #forget(cell: number): void {
    this.#sendings.delete(cell);
    this.#credit.returned();
  }

  #started(cell: number): number {
    return this.#start(cell)[0] as number;
  }

  #start(cell: number): Int32Array {
    return this.#pages.words(startAt(cell), START_WORDS);
  }
}
