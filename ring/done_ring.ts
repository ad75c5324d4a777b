/**
 * The done ring: finished cells on their way back to the host, one ring per
 * worker, so a dead producer can leave no hole in a ring that others use. It
 * has a slot for every cell there is: publishing cannot fail and never waits,
 * which is why a full task ring and a full result path cannot block each other.
 */
import { ARMED, DTAIL, type Layout, POSTED } from "./layout.ts";

/** A worker's end: adds finished cells and rings the host's doorbell. */
export class DoneProducer {
  readonly #words: Int32Array;
  readonly #tailWord: number;
  readonly #postedWord: number;
  readonly #entries: number;
  readonly #mask: number;
  #tail: number;
  #published: number;
  #posts = 0;
  #ended = false;

  constructor(words: Int32Array, layout: Layout, slot: number) {
    this.#words = words;
    this.#tailWord = layout.slot(slot) + DTAIL;
    this.#postedWord = layout.slot(slot) + POSTED;
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
    if (this.#tail === this.#published || this.#ended) return;
    this.#published = this.#tail;
    // R6 ⇒ H1: the host that sees this DTAIL sees entries and result bytes.
    // R6 ∥ A1: we publish and then look whether the host is armed (R7); it
    // arms and then looks at DTAIL (H1). One of the two must see the other.
    Atomics.store(this.#words, this.#tailWord, this.#tail);
    this.#wakeHost();
  }

  /**
   * Says that a message was posted which wants the host's attention, and wakes
   * it if it sleeps. Cells published after it are settled after it is attended.
   *
   * Callers: the worker, after it posted. Waits: never. Linearizes: at M1. On
   * death: gap M1.
   */
  posted(): void {
    if (this.#ended) return;
    this.#posts = (this.#posts + 1) | 0;
    // M1 ⇒ M2: the host that sees this count finds the message in its port.
    // M1 ∥ A1: as R6: we count and look whether the host is armed (R7); it
    // arms and looks at the count (M2). One of the two must see the other.
    Atomics.store(this.#words, this.#postedWord, this.#posts);
    this.#wakeHost();
  }

  /**
   * Nothing is published or posted from here on: this slot may be another
   * worker's. User code that was declared dead may run on and call the pool.
   */
  end(): void {
    this.#ended = true;
  }

  #wakeHost(): void {
    const words = this.#words;
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
  readonly #postedWord: number;
  readonly #entries: number;
  readonly #mask: number;
  #head: number;
  #tail: number;
  #posts = 0;
  #attended = 0;

  constructor(words: Int32Array, layout: Layout, slot: number) {
    this.#words = words;
    this.#tailWord = layout.slot(slot) + DTAIL;
    this.#postedWord = layout.slot(slot) + POSTED;
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
    // The next worker counts from 0, as `enlist` writes it.
    this.#posts = this.#attended = 0;
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

  /**
   * Whether the worker posted something that wants attention since the last
   * {@link attend}. Look at DTAIL before it: what was posted before a cell was
   * published is then seen before that cell is settled.
   *
   * Callers: the host. Waits: never. Linearizes: at M2.
   */
  hasPost(): boolean {
    // M2 ⇒ M1: the messages up to this count are in the port. Like H1 also the
    // second look of a host that armed (A1 ∥ M1).
    this.#posts = Atomics.load(this.#words, this.#postedWord);
    return this.#posts !== this.#attended;
  }

  /** What the last {@link hasPost} saw is about to be read. */
  attend(): void {
    this.#attended = this.#posts;
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
