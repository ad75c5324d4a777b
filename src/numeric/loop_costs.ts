/**
 * What loops take, and how many workers they are worth: one that sleeps is of
 * no use to a loop that is over before it is awake.
 */
import { WAKE_MICROS } from "../pool/demand.ts";
import type { Task } from "../task.ts";

/** A worker more is worth its wake: half of this is done before it is awake. */
const WORKER_MICROS = 2 * WAKE_MICROS;
/** The estimate for a loop whose kernel nobody measured: worth all workers. */
const UNKNOWN_MICROS = 2 ** 30;

/** The loops of one pool. */
export class LoopCosts {
  // What an item took in the last loop of a kernel, in microseconds.
  readonly #items = new WeakMap<Task, number>();
  #loops = 0;
  #micros = 0;

  /** A loop begins; answers what it is expected to take on all workers together (microseconds). */
  begin(kernel: Task, items: number): number {
    const item = this.#items.get(kernel);
    const micros = item === undefined ? UNKNOWN_MICROS : item * items;
    this.#micros += micros;
    this.#loops++;
    return micros;
  }

  /** It is over. */
  end(micros: number): void {
    this.#micros -= micros;
    // Sums of estimates come back to 0 only nearly.
    if (--this.#loops === 0) this.#micros = 0;
  }

  /** So many items took so long. */
  learn(kernel: Task, items: number, micros: number): void {
    this.#items.set(kernel, micros / items);
  }

  /** How many workers the loops under way are worth. */
  get workers(): number {
    return Math.max(1, Math.ceil(this.#micros / WORKER_MICROS));
  }
}
