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
  readonly #base: number;
  readonly #mask: number;
  #tail = 0;
  #published = 0;
  // HEAD as it was last seen: it only grows, so an old value can only make
  // the ring look fuller than it is.
  #headSeen = 0;

  constructor(words: Int32Array, layout: Layout, base: number) {
    this.#words = words;
    this.#layout = layout;
    this.#base = base;
    this.#mask = layout.cells - 1;
    // L3 alone: positions may start anywhere (tests start near the wrap); a
    // fresh ring has no consumer yet.
    this.#tail = Atomics.load(words, base + TAIL);
    this.#published = this.#tail;
    this.#headSeen = this.#tail;
  }

  /** Tasks queued since the last {@link publish}. */
  get staged(): number {
    return (this.#tail - this.#published) | 0;
  }

  /**
   * Queues a cell whose arguments are written; nobody sees it before
   * {@link publish}. Answers the ticket, or -1 when the ring is full (entries
   * of cancelled tasks count until a worker has walked over them).
   */
  stage(cell: number): number {
    const words = this.#words;
    const tail = this.#tail;
    if (((tail - this.#headSeen) | 0) > this.#mask) {
      // S0 ⇒ D5: a consumer moved HEAD past entries that are taken.
      this.#headSeen = Atomics.load(words, this.#base + HEAD);
      if (((tail - this.#headSeen) | 0) > this.#mask) return -1;
    }
    const ticket = queued(tail);
    // S2 ⇒ D4: the claimer that reads this ticket sees the arguments written
    // before it, even if it found the cell through a stale entry.
    Atomics.store(words, this.#layout.cell(cell) + STATE, ticket);
    // S3 plain: published by S4.
    words[this.#base + ENTRY + (tail & this.#mask)] = cell;
    this.#tail = (tail + 1) | 0;
    return ticket;
  }

  /** Makes all staged tasks visible with one store; answers how many. */
  publish(): number {
    const count = this.staged;
    if (count === 0) return 0;
    this.#published = this.#tail;
    // S4 ⇒ D2: a worker that sees this TAIL sees the entries below it.
    // S4 ∥ P2: we publish and then look for sleepers (K1); a worker announces
    // and then looks for work (P3). One of the two must see the other.
    Atomics.store(this.#words, this.#base + TAIL, this.#tail);
    return count;
  }

  /**
   * Takes a queued task back. True means that no worker has it or ever will;
   * its ring entry stays and is walked over.
   */
  cancel(cell: number, ticket: number): boolean {
    const at = this.#layout.cell(cell) + STATE;
    // C1 ⇔ D4: exactly one of the host and a claimer changes a ticket.
    return Atomics.compareExchange(this.#words, at, ticket, CANCELLED) ===
      ticket;
  }

  /** Tells the consumers how many they are; sizes their batches only. */
  setMembers(count: number): void {
    // L1 ⇒ L2: informational, any value read gives a correct claim.
    Atomics.store(this.#words, this.#base + MEMBERS, count);
  }

  /** Empties the ring of a certified-dead worker for the next one. */
  reset(): void {
    // L4 alone: the only consumer is dead and the next one is not born yet.
    Atomics.store(this.#words, this.#base + HEAD, this.#tail);
    this.#headSeen = this.#tail;
  }
}

/** A worker's end of an index ring. */
export class TaskConsumer {
  readonly #words: Int32Array;
  readonly #layout: Layout;
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
    end: { base: number; slot: number; alone: boolean },
  ) {
    this.#words = words;
    this.#layout = layout;
    this.#base = end.base;
    this.#mask = layout.cells - 1;
    this.#owned = claimed(end.slot);
    this.#alone = end.alone;
  }

  /**
   * Takes up to `limit` queued tasks for this worker, fewer when others share
   * the ring; writes their cells into `mine` from index 0 and answers how
   * many. Waits: never. Linearizes at D4, per cell.
   */
  claim(mine: Int32Array, limit: number): number {
    const words = this.#words;
    const base = this.#base;
    // D1 ⇒ D5: never younger than the TAIL read next, so head <= tail holds.
    const head = Atomics.load(words, base + HEAD);
    // D2 ⇒ S4: the entries below this TAIL are visible.
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
      const ticket = queued(at);
      // D4 ⇔ C1, D4 ⇔ D4, D4 ⇔ F3: one thread changes a given ticket; after it a scan
      // of the cells finds the owner, so there is no moment without one.
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
    // P3 ∥ S4, through P2: after we announced, either this load sees the new TAIL or
    // the host's K1 sees our bit.
    const head = Atomics.load(this.#words, this.#base + HEAD);
    // P3b as P3: read second, so that a stale HEAD can only show work that is gone.
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

  #advance(head: number, at: number): void {
    // Every position in [head, at) was seen taken or cancelled, and a ticket
    // never becomes queued again, so nothing is skipped. Walkers that got
    // nothing help too: a claimer may have died before this line.
    if (at === head) return;
    if (this.#alone) {
      // D5p ⇒ S0: one consumer, so nobody can have moved HEAD since D1.
      Atomics.store(this.#words, this.#base + HEAD, at);
    } else {
      // D5 ⇔ D5, D5 ⇒ S0: from exactly the HEAD we walked from, or not at all.
      Atomics.compareExchange(this.#words, this.#base + HEAD, head, at);
    }
  }
}
