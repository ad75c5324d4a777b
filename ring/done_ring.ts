/**
 * The done ring: finished cells on their way back to the host, one ring per
 * worker, so a dead producer can leave no hole in a ring that others use. It
 * has a slot for every cell there is: publishing cannot fail and never waits,
 * which is why a full task ring and a full result path cannot block each other.
 */
import { ARMED, DTAIL, type Layout } from "./layout.ts";

/** A worker's end: adds finished cells and rings the host's doorbell. */
export class DoneProducer {
  readonly #words: Int32Array;
  readonly #tailWord: number;
  readonly #entries: number;
  readonly #mask: number;
  #tail: number;
  #published: number;

  constructor(words: Int32Array, layout: Layout, slot: number) {
    this.#words = words;
    this.#tailWord = layout.slot(slot) + DTAIL;
    this.#entries = layout.done(slot);
    this.#mask = layout.cells - 1;
    // E1 ⇒ E2: where the host expects this incarnation to begin.
    this.#tail = Atomics.load(words, this.#tailWord);
    this.#published = this.#tail;
  }

  /** Cells added since the last {@link publish}. */
  get staged(): number {
    return (this.#tail - this.#published) | 0;
  }

  /** Adds a cell whose result is written. The worker no longer owns it after {@link publish}. */
  stage(cell: number): void {
    // R5 plain: published by R6.
    this.#words[this.#entries + (this.#tail & this.#mask)] = cell;
    this.#tail = (this.#tail + 1) | 0;
  }

  /** Hands all staged cells to the host with one store and wakes it if it sleeps. */
  publish(): void {
    if (this.#tail === this.#published) return;
    this.#published = this.#tail;
    const words = this.#words;
    // R6 ⇒ H1: the host that sees this DTAIL sees entries and result bytes.
    // R6 ∥ A1: we publish and then look whether the host is armed (R7); it
    // arms and then looks at DTAIL (A2). One of the two must see the other.
    Atomics.store(words, this.#tailWord, this.#tail);
    // R7 ⇒ A1: one load when the host is awake.
    if (Atomics.load(words, ARMED) !== 1) return;
    // R8 ⇔ R8: of several workers one takes the duty to notify.
    if (Atomics.compareExchange(words, ARMED, 1, 0) !== 1) return;
    // R9 ⇒ A3: wakes the host's one waiter.
    Atomics.notify(words, ARMED);
  }
}

/** The host's end of one worker's done ring. */
export class DoneConsumer {
  readonly #words: Int32Array;
  readonly #tailWord: number;
  readonly #entries: number;
  readonly #mask: number;
  #head: number;
  #tail: number;

  constructor(words: Int32Array, layout: Layout, slot: number) {
    this.#words = words;
    this.#tailWord = layout.slot(slot) + DTAIL;
    this.#entries = layout.done(slot);
    this.#mask = layout.cells - 1;
    this.#head = 0;
    this.#tail = 0;
    this.skip();
  }

  /** Forgets what lies in the ring: the slot gets a new worker. */
  skip(): void {
    // E2 ⇒ R6: the last worker in this slot is certified dead; what it
    // published after it was fenced is nobody's.
    this.#head = Atomics.load(this.#words, this.#tailWord);
    this.#tail = this.#head;
  }

  /** Looks at DTAIL; whether {@link take} will answer a cell. */
  look(): boolean {
    // H1 ⇒ R6 (also A2 and F2): entries and results below this DTAIL are visible.
    this.#tail = Atomics.load(this.#words, this.#tailWord);
    return this.#tail !== this.#head;
  }

  /** The next finished cell below the DTAIL last looked at, or -1. */
  take(): number {
    if (this.#head === this.#tail) return -1;
    // plain: below DTAIL the worker never writes again before we reuse the cell
    const cell = this
      .#words[this.#entries + (this.#head & this.#mask)] as number;
    this.#head = (this.#head + 1) | 0;
    return cell;
  }
}
