/** What must hold in a crew: of its ring at every step, of everything at rest. */
import {
  HEAD,
  isClaimed,
  isRunning,
  type Layout,
  ownerOf,
  STATE,
  TAIL,
} from "../../ring/mod.ts";
import type { Crew } from "./crew.ts";
import { Failure } from "./threads.ts";

/** Watches the shared ring. */
export class RingWatch {
  readonly #words: Int32Array;
  readonly #layout: Layout;
  #head: number;

  constructor(words: Int32Array, layout: Layout, first: number) {
    this.#words = words;
    this.#layout = layout;
    this.#head = first;
  }

  /** HEAD never goes back, and never passes TAIL. */
  check(): void {
    const base = this.#layout.ring(0);
    const head = this.#words[base + HEAD] as number;
    const held = ((this.#words[base + TAIL] as number) - head) | 0;
    if (((head - this.#head) | 0) < 0) throw new Failure("HEAD went back");
    if (held < 0) throw new Failure("HEAD passed TAIL");
    if (held > this.#layout.cells) {
      throw new Failure("the ring holds too much");
    }
    this.#head = head;
  }

  /** Whether the worker in a slot holds one of these cells. */
  holds(slot: number, cells: Iterable<number>): boolean {
    for (const cell of cells) {
      const state = this.#words[this.#layout.cell(cell) + STATE] as number;
      if (!isClaimed(state) && !isRunning(state)) continue;
      if (ownerOf(state) === slot) return true;
    }
    return false;
  }
}

/** Nothing can happen any more: everything must be done. */
export function checkRest(crew: Crew): void {
  const { books, host, machine, options, arena } = crew;
  if (machine.threads[0]?.state !== "done") {
    const asleep = machine.threads
      .filter((thread) => thread.state === "ready")
      .map((thread) => `${thread.name} at ${thread.pending?.label}`);
    const spins = asleep.some((one) => one.endsWith("spin"));
    const why = !books.settled
      ? `tasks ${books.outcome}`
      : spins
      ? "a worker looks for work that is not there"
      : crew.closed
      ? "somebody does not leave"
      : "messages are not read";
    throw new Failure(`stuck: ${why}: ${asleep.join(", ")}`);
  }
  if (host.freeCells !== options.cells) {
    throw new Failure(`${host.freeCells} cells are free at the end`);
  }
  if (arena && arena.used > 0) {
    throw new Failure("blocks are in use at the end");
  }
}
