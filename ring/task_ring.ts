/**
 * The index ring: a queue of cell numbers with one producer (the host) and any
 * number of consumers (workers). It carries 32-bit numbers only; what a task
 * is and whose it is stands in the cell, so a thread that dies between any two
 * lines of this file leaves nothing that others have to repair.
 *
 * After Vyukov's bounded queue, but claiming is ONE compare-and-swap on the
 * cell's STATE and HEAD is a hint that anybody may advance.
 */
import { ENTRY, HEAD, type Layout, MEMBERS, STATE, TAIL } from "./layout.ts";
import { CANCELLED, claimed, queued } from "./state.ts";

/** The most cells one claim takes. */
export const MAX_BATCH: number = 32;

/** The host's end of an index ring: the only one that may queue. */
export class TaskProducer {
  readonly #words: Int32Array;
  readonly #layout: Layout;
  readonly #ring: number;
  readonly #base: number;
  readonly #mask: number;
  #tail = 0;
  #published = 0;
  // HEAD as it was last seen: it only grows, so an old value can only make
  // the ring look fuller than it is.
  #headSeen = 0;

  /** `ring`: its number, as {@link Layout.ring} takes it. */
  constructor(words: Int32Array, layout: Layout, ring: number) {
    this.#words = words;
    this.#layout = layout;
    this.#ring = ring;
    this.#base = layout.ring(ring);
    this.#mask = layout.cells - 1;
    // L3 alone: positions may start anywhere (tests start near the wrap); a
    // fresh ring has no consumer yet.
    this.#tail = Atomics.load(words, this.#base + TAIL);
    this.#published = this.#tail;
    this.#headSeen = this.#tail;
  }

  /** Tasks queued since the last {@link publish}. */
  get staged(): number {
    return (this.#tail - this.#published) | 0;
  }

  /** At most how many published tasks nobody has claimed yet. */
  waiting(): number {
    // F5 ⇒ D5, F5 ⇒ S6: HEAD may lag behind; one wake too many harms nobody.
    const head = Atomics.load(this.#words, this.#base + HEAD);
    return (this.#published - head) | 0;
  }

  /**
   * Queues a cell whose arguments are written; nobody sees it before
   * {@link publish}. There is always room: a ring has an entry for every
   * cell, and entries without a task are dropped when it is full.
   *
   * Callers: the host. Waits: never.
   */
  stage(cell: number): void {
    if (this.#full()) this.#makeRoom(cell);
    const words = this.#words;
    const tail = this.#tail;
    const at = this.#layout.cell(cell) + STATE;
    // S2 ⇒ D4: the claimer that reads this ticket sees the arguments written
    // before it, even if it found the cell through a stale entry.
    Atomics.store(words, at, queued(this.#ring, tail));
    // S3 plain: published by S4.
    words[this.#base + ENTRY + (tail & this.#mask)] = cell;
    this.#tail = (tail + 1) | 0;
  }

  /**
   * Makes all staged tasks visible with one store; answers how many. Wake that
   * many sleepers afterwards.
   *
   * Callers: the host. Waits: never. Linearizes: at S4.
   */
  publish(): number {
    const count = this.staged;
    if (count === 0) return 0;
    this.#published = this.#tail;
    // S4 ⇒ D2: a worker that sees this TAIL sees the entries below it.
    // S4 ∥ P2: we publish and then look for sleepers (K1); a worker announces
    // and then looks for work (P3b). One of the two must see the other.
    // S4 ⇒ P3b, S4 ⇒ D6: those looks.
    Atomics.store(this.#words, this.#base + TAIL, this.#tail);
    return count;
  }

  /** Tells the consumers how many they are; sizes their batches only. */
  setMembers(count: number): void {
    // L1 ⇒ L2: informational, any value read gives a correct claim.
    Atomics.store(this.#words, this.#base + MEMBERS, count);
  }

  /** Empties the ring of a certified-dead worker for the next one. */
  reset(): void {
    this.#published = this.#tail;
    this.#headSeen = this.#tail;
    // L4 alone: the only consumer is dead and the next one is not born yet.
    Atomics.store(this.#words, this.#base + HEAD, this.#tail);
    // L5 alone: as L4. Was missing: tasks staged for a worker that died before
    // they were published left HEAD above TAIL, and the next worker never slept.
    Atomics.store(this.#words, this.#base + TAIL, this.#tail);
  }

  #full(): boolean {
    return ((this.#tail - this.#headSeen) | 0) > this.#mask;
  }

  /**
   * Drops the entries nobody will claim: of tasks that were cancelled, taken
   * back, or claimed by a worker that died or sleeps before it moved HEAD.
   *
   * Waiting for a walker to pass them would be a wait for nobody: sleeping
   * workers do not walk, and walking tells the host nothing.
   */
  #makeRoom(cell: number): void {
    const words = this.#words;
    // S0 ⇒ D5: a consumer moved HEAD past entries that are taken.
    this.#headSeen = Atomics.load(words, this.#base + HEAD);
    if (!this.#full()) return;
    this.#moveHead(this.#firstQueued());
    if (!this.#full()) return;
    // What is left stands behind a queued task: queue those anew. Only after
    // cancels, because claimers leave no queued task behind them.
    const waiting = this.#takeBack();
    if (waiting.length > this.#mask) {
      throw new Error(`Cannot queue cell ${cell}: it is queued already`);
    }
    this.#published = this.#tail;
    // S5 ⇒ D2: HEAD must not pass TAIL. Nothing below it is queued, so no
    // sleeper has to hear of it.
    Atomics.store(words, this.#base + TAIL, this.#tail);
    this.#moveHead(this.#tail);
    for (const one of waiting) this.stage(one);
  }

  #moveHead(to: number): void {
    let head = this.#headSeen;
    while (((to - head) | 0) > 0) {
      // S6 ⇔ D5: as a walker that saw every entry below `to` taken; if another
      // walker is quicker, from where that one left off.
      const seen = Atomics.compareExchange(
        this.#words,
        this.#base + HEAD,
        head,
        to,
      );
      head = seen === head ? to : seen;
    }
    this.#headSeen = head;
  }

  /** The first published position whose task is queued still, or TAIL. */
  #firstQueued(): number {
    const words = this.#words;
    let at = this.#headSeen;
    for (; at !== this.#published; at = (at + 1) | 0) {
      // plain: only this thread writes entries
      const cell = words[this.#base + ENTRY + (at & this.#mask)] as number;
      const state = this.#layout.cell(cell) + STATE;
      // S8 ⇒ D4: a ticket that is gone never comes back.
      if (Atomics.load(words, state) === queued(this.#ring, at)) break;
    }
    return at;
  }

  /** Takes back what is queued, in order. */
  #takeBack(): number[] {
    const words = this.#words;
    const waiting: number[] = [];
    for (let at = this.#headSeen; at !== this.#tail; at = (at + 1) | 0) {
      // plain: only this thread writes entries
      const cell = words[this.#base + ENTRY + (at & this.#mask)] as number;
      const state = this.#layout.cell(cell) + STATE;
      const ticket = queued(this.#ring, at);
      // S7 ⇔ D4: exactly one of the host and a claimer changes a ticket; what
      // we got is ours to queue again.
      const seen = Atomics.compareExchange(words, state, ticket, CANCELLED);
      if (seen === ticket) waiting.push(cell);
    }
    return waiting;
  }
}

/** A worker's end of an index ring. */
export class TaskConsumer {
  readonly #words: Int32Array;
  readonly #layout: Layout;
  readonly #ring: number;
  readonly #base: number;
  readonly #mask: number;
  readonly #owned: number;
  readonly #alone: boolean;
  // TAIL as the last claim or recheck saw it, so that spinning costs one load.
  #tailSeen = 0;

  /** `alone`: no other consumer exists, as on a private ring. */
  constructor(
    words: Int32Array,
    layout: Layout,
    end: { ring: number; slot: number; alone: boolean },
  ) {
    this.#words = words;
    this.#layout = layout;
    this.#ring = end.ring;
    this.#base = layout.ring(end.ring);
    this.#mask = layout.cells - 1;
    this.#owned = claimed(end.slot);
    this.#alone = end.alone;
  }

  /**
   * Takes up to `limit` queued tasks for this worker, fewer when others share
   * the ring; writes their cells into `mine` from index 0 and answers how
   * many.
   *
   * Callers: the worker. Waits: never. Linearizes: at D4, per cell. On death:
   * gaps D1 to D5; what was claimed is swept, HEAD is moved by the next walker.
   */
  claim(mine: Int32Array, limit: number): number {
    const words = this.#words;
    const base = this.#base;
    // D1 ⇒ D5, D1 ⇒ S6: never younger than the TAIL read next, so head <= tail holds.
    const head = Atomics.load(words, base + HEAD);
    // D2 ⇒ S4, D2 ⇒ S5: the entries below this TAIL are visible.
    const tail = Atomics.load(words, base + TAIL);
    this.#tailSeen = tail;
    const available = (tail - head) | 0;
    if (available <= 0) return 0;
    const most = this.#share(available, limit);
    let count = 0;
    let at = head;
    while (count < most && ((tail - at) | 0) > 0) {
      // D3 ⇒ S3: may be one lap younger when others overtook us; the ticket
      // in D4 then fails, because the task queued here is gone.
      const cell = Atomics.load(words, base + ENTRY + (at & this.#mask));
      const state = this.#layout.cell(cell) + STATE;
      const ticket = queued(this.#ring, at);
      // D4 ⇔ D4, D4 ⇔ S7, D4 ⇔ C1: one thread changes a given ticket; after
      // it a scan of the cells finds the owner: no moment is without one.
      // D4 ⇒ S2: whoever wins it sees the arguments.
      if (
        Atomics.compareExchange(words, state, ticket, this.#owned) === ticket
      ) mine[count++] = cell;
      at = (at + 1) | 0;
    }
    this.#advance(head, at);
    return count;
  }

  /** Whether tasks are published that nobody walked over yet. */
  hasWork(): boolean {
    // P3 ⇒ D5, P3 ⇒ S6: read first, so that an old HEAD can only show work that is gone.
    const head = Atomics.load(this.#words, this.#base + HEAD);
    // P3b ⇒ S4: the second half of P2 ∥ S4: after we announced, either this
    // load sees the new TAIL or the host's K1 sees our bit.
    this.#tailSeen = Atomics.load(this.#words, this.#base + TAIL);
    return head !== this.#tailSeen;
  }

  /** Whether TAIL moved since the last claim: the one load of a spin turn. */
  hasNews(): boolean {
    // D6 ⇒ S4: a hint; the claim that follows reads TAIL again.
    return Atomics.load(this.#words, this.#base + TAIL) !== this.#tailSeen;
  }

  #share(available: number, limit: number): number {
    const cap = limit < MAX_BATCH ? limit : MAX_BATCH;
    if (this.#alone) return available < cap ? available : cap;
    if (available === 1) return 1;
    // L2 ⇒ L1: half a fair share, so that the tail of a burst spreads.
    const members = Atomics.load(this.#words, this.#base + MEMBERS) || 1;
    const share = Math.floor(available / (2 * members));
    return share < 1 ? 1 : share < cap ? share : cap;
  }

  // Every position in [head, at) was seen taken or cancelled, and a ticket
  // never becomes queued again, so nothing is skipped. Walkers that got
  // nothing help too: a claimer may have died before this line.
  #advance(head: number, at: number): void {
    if (at === head) return;
    // D5 ⇔ D5, D5 ⇔ S6: from exactly the HEAD we walked from, or not
    // at all. Also on a private ring, because the host may drop entries there.
    Atomics.compareExchange(this.#words, this.#base + HEAD, head, at);
  }
}
