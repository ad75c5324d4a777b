/**
 * Calls that failed and are tried again: each waits a little, and those that a
 * worker died with are then run one at a time, so that the one which kills
 * its workers takes no other suspect with it.
 */
import { after } from "../runtime/mod.ts";
import type { Call } from "./call.ts";

/** Keeps calls between two attempts. */
export class Retries implements Iterable<Call> {
  readonly #place: (call: Call) => void;
  readonly #waiting = new Map<Call, () => void>();
  readonly #suspects: Call[] = [];
  #running: Call | null = null;

  /** `place` queues a call anew. */
  constructor(place: (call: Call) => void) {
    this.#place = place;
  }

  /** A call is to be tried again. */
  add(call: Call): void {
    this.#waiting.set(
      call,
      after(call.will?.backoff ?? 0, () => {
        this.#waiting.delete(call);
        if ((call.will?.kills ?? 0) === 0) return this.#place(call);
        this.#suspects.push(call);
        this.#next();
      }),
    );
    this.forget(call);
  }

  /** A call settled, or waits again. */
  forget(call: Call): void {
    if (call.settled) {
      this.#waiting.get(call)?.();
      this.#waiting.delete(call);
    }
    if (call !== this.#running) return;
    this.#running = null;
    this.#next();
  }

  *[Symbol.iterator](): Iterator<Call> {
    yield* this.#waiting.keys();
    yield* this.#suspects;
  }

  #next(): void {
    while (this.#running === null) {
      const call = this.#suspects.shift();
      if (call === undefined) return;
      if (call.settled) continue;
      this.#running = call;
      this.#place(call);
    }
  }
}
