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
    // E1 ⇒ E2: where the host expects this incarnation to begin. Nobody has
    // written here since the host looked: the last owner is certified dead.
    this.#tail = Atomics.load(words, this.#tailWord);
    this.#published = this.#tail;
  }

  /** Cells added since the last {@link publish}. */
  get staged(): number {
    return (this.#tail - this.#published) | 0;
  }

  /**
   * Adds a cell whose result is written. The worker no longer owns it after
   * {@link publish}: not a byte of it may be touched then.
   */
  stage(cell: number): void {
    // R5 plain: published by R6.
    this.#words[this.#entries + (this.#tail & this.#mask)] = cell;
    this.#tail = (this.#tail + 1) | 0;
  }

  /**
   * Hands all staged cells to the host with one store and wakes it if it
   * sleeps. Ignored by a host that has fenced this worker meanwhile.
   *
   * Callers: the worker. Waits: never. Linearizes: at R6. On death: gaps R5
   * to R9; before R6 nothing was handed over, after it the result is delivered.
   */
  publish(): void {
    if (this.#tail === this.#published) return;
    this.#published = this.#tail;
    const words = this.#words;
    // R6 ⇒ H1: the host that sees this DTAIL sees entries and result bytes.
    // R6 ∥ A1: we publish and then look whether the host is armed (R7); it
    // arms and then looks at DTAIL (H1). One of the two must see the other.
    Atomics.store(words, this.#tailWord, this.#tail);
    // R7 ⇒ A1, R7 ⇒ A0: one load when the host is awake.
    if (Atomics.load(words, ARMED) !== 1) return;
    // R8 ⇔ R8, R8 ⇔ A0: of several workers one takes the duty to notify; if it
    // dies with it, its exit event makes the host look and arm again.
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
    // E2 ⇒ R6, E2 ⇒ E1: the last worker in this slot is certified dead; what it
    // published after it was fenced is nobody's.
    this.#head = Atomics.load(this.#words, this.#tailWord);
    this.#tail = this.#head;
  }

  /**
   * Looks at DTAIL; whether {@link take} will answer a cell.
   *
   * Callers: the host. Waits: never. Linearizes: at H1.
   */
  look(): boolean {
    // H1 ⇒ R6: entries and results below this DTAIL are visible.
    // H1 ∥ R6: as the second look of a host that armed (A1); one of the two
    // must see the other. Also the last look at a fenced worker's ring.
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
