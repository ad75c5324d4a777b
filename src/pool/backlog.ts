/** Calls that wait for a cell: first in, first out, linked through the calls. */
import type { Call } from "./call.ts";

/** A queue of calls; every operation takes the same time at any length. */
export class Backlog implements Iterable<Call> {
  #first: Call | null = null;
  #last: Call | null = null;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get first(): Call | null {
    return this.#first;
  }

  push(call: Call): void {
    call.next = null;
    if (this.#last === null) this.#first = call;
    else this.#last.next = call;
    this.#last = call;
    this.#size++;
  }

  /** Puts a call before all others. */
  unshift(call: Call): void {
    call.next = this.#first;
    this.#first = call;
    this.#last ??= call;
    this.#size++;
  }

  shift(): Call | null {
    const call = this.#first;
    if (call === null) return null;
    this.#first = call.next;
    if (this.#first === null) this.#last = null;
    call.next = null;
    this.#size--;
    return call;
  }

  *[Symbol.iterator](): Iterator<Call> {
    for (let call = this.#first; call !== null; call = call.next) yield call;
  }
}
