/**
 * The doorbells: how a thread with nothing to do sleeps and is woken without
 * a lost wake-up and without a call when nobody sleeps. An eventcount in both
 * directions: announce, look again, then wait. Every worker sleeps on a word
 * of its own and is woken with notify-all, because a shared word loses
 * wake-ups when one of its waiters dies.
 */
import { ARMED, type Layout, LOAD, MASK, PARK } from "./layout.ts";

/** What a waiter learns: the promise of a wake-up, or that it need not wait. */
export type Wait = Promise<unknown> | null;

/** One worker's sleep. */
export class WorkerBell {
  readonly #words: Int32Array;
  readonly #park: number;
  readonly #maskWord: number;
  readonly #bit: number;
  #pending = false;

  constructor(words: Int32Array, layout: Layout, slot: number) {
    this.#words = words;
    this.#park = layout.slot(slot) + PARK;
    this.#maskWord = MASK + (slot >>> 5);
    this.#bit = 1 << (slot & 31);
  }

  /**
   * Says that this worker is about to sleep. Look for work after it, then wait.
   *
   * Callers: the worker. Waits: never. Linearizes: at P2. On death: gaps P1
   * and P2; a wake spent on the dead is repeated when the host fences it.
   */
  announce(): void {
    // P1 ⇔ K3: before P2, or a wake between the two would be overwritten and
    // this worker would sleep without a bit that draws the next one.
    Atomics.store(this.#words, this.#park, 1);
    // P2 ∥ S4: we announce and then look for work (P3b); the host publishes and
    // then looks for us (K1). One of the two must see the other.
    // P2 ∥ F1: the same for a dismissal, with Q1 and K3.
    // P2 ∥ N1: the same for urgent mail, with N2 and K3.
    Atomics.or(this.#words, this.#maskWord, this.#bit);
  }

  /**
   * Says that this worker is about to wait for mail and wants no tasks. Look
   * for mail after it, then wait.
   *
   * Callers: the worker. Waits: never. Linearizes: at P7. On death: gap P1.
   */
  listen(): void {
    // P7 ∥ N1: we ask and then look for mail (N2); the host counts it and then
    // knocks (K3). One of the two must see the other.
    // P7 ∥ F1: the same for a dismissal, with Q1 and K3.
    // P7 ⇔ K3: the last one decides whether we wait.
    Atomics.store(this.#words, this.#park, 1);
  }

  /**
   * Takes the announcement back: awake. Look for work after it, not before: a
   * host that finds no bit (K2) relies on the look that follows.
   */
  withdraw(): void {
    // P5 ⇔ K2, P5 ⇔ F4: either the host took our bit (a spurious wake) or we did.
    Atomics.and(this.#words, this.#maskWord, ~this.#bit);
    // P6 ⇔ K3: both write 0; a wake that comes late finds us awake.
    Atomics.store(this.#words, this.#park, 0);
  }

  /**
   * Blocks this thread until woken or for `timeoutMs`; false when time ran out.
   *
   * Callers: the worker, after {@link announce} and a look that found nothing.
   * Waits: at P4. On death: gap P4, as one that never slept.
   */
  wait(timeoutMs: number): boolean {
    // P4 ⇒ K3, P4 ⇒ K4: compares and enqueues in one step, so a wake between the
    // announcement and this line is not missed.
    return Atomics.wait(this.#words, this.#park, 1, timeoutMs) !== "timed-out";
  }

  /**
   * A promise of the next wake-up, or null when one is already due or an
   * earlier promise is still pending: at most one waiter is ever registered,
   * and a notify resolves it whenever it was made.
   */
  waitAsync(): Wait {
    if (this.#pending) return null;
    // P4a ⇒ K3, P4a ⇒ K4: as P4.
    const wait = Atomics.waitAsync(this.#words, this.#park, 1);
    if (!wait.async) return Promise.resolve();
    this.#pending = true;
    return wait.value.then(() => {
      this.#pending = false;
    });
  }
}

/** The host's view of sleeping workers. */
export class Sleepers {
  readonly #words: Int32Array;
  readonly #layout: Layout;

  constructor(words: Int32Array, layout: Layout) {
    this.#words = words;
    this.#layout = layout;
  }

  /** 32 bits of the parked mask. */
  bits(word: number): number {
    // K1 ⇒ P2: the second half of S4 ∥ P2: it must come after S4.
    return Atomics.load(this.#words, MASK + word);
  }

  /** How many unfinished tasks a sleeping worker holds: whom to wake first. */
  load(slot: number): number {
    // K0 ⇒ W5, K0 ⇒ W0: informational, any value wakes somebody.
    return Atomics.load(this.#words, this.#layout.slot(slot) + LOAD);
  }

  /**
   * Wakes worker `slot` if it sleeps; false when it withdrew first.
   *
   * Callers: the host. Waits: never (a notify takes the engine's lock for a
   * moment). Linearizes: at K2, so that of several wakes each goes to another.
   */
  wake(slot: number): boolean {
    const bit = 1 << (slot & 31);
    // K2 ⇔ P5, K2 ⇒ P2: we own this wake, or the worker is awake and will look itself:
    // its next look at TAIL comes after our S4.
    const before = Atomics.and(this.#words, MASK + (slot >>> 5), ~bit);
    if ((before & bit) === 0) return false;
    this.knock(slot);
    return true;
  }

  /** Wakes worker `slot` whether it announced a sleep or not. */
  knock(slot: number): void {
    const park = this.#layout.slot(slot) + PARK;
    // K3 ⇒ P4, K3 ⇒ P4a: a worker that has not enqueued finds 0 and does not wait.
    // K3 ⇔ P1, K3 ⇔ P6, K3 ⇔ P7: it comes after the bit, STOP or MAIL that the worker looks at.
    Atomics.store(this.#words, park, 0);
    // K4 ⇒ P4, K4 ⇒ P4a: all waiters of this word: a promise left from an
    // earlier sleep would eat a single notification.
    Atomics.notify(this.#words, park);
  }

  /** Clears the announcement of a worker that is gone. */
  forget(slot: number): void {
    // F4 ⇔ P5, F4 ⇒ P2: nobody will spend a wake on it any more.
    Atomics.and(this.#words, MASK + (slot >>> 5), ~(1 << (slot & 31)));
    this.knock(slot);
  }
}

/** The host's sleep. */
export class HostBell {
  readonly #words: Int32Array;
  #pending = false;

  constructor(words: Int32Array) {
    this.#words = words;
  }

  /**
   * Asks for a notification. Look at every done ring after it, then wait.
   * Called also while a promise is pending: a worker may have taken the last
   * request (R8) and died before it notified (R9). Was skipped then, in the
   * first draft: the host slept for ever.
   *
   * Callers: the host. Waits: never. Linearizes: at A1.
   */
  arm(): void {
    // A1 ∥ R6: we ask and then look at every DTAIL (H1); a worker publishes
    // and then looks whether we asked (R7). One of the two must see the other.
    // A1 ∥ M1: the same for what a worker posted, with M2.
    // A1 ⇒ R7: what that look finds.
    Atomics.store(this.#words, ARMED, 1);
  }

  /** Withdraws the request: the host is awake and looks by itself. */
  disarm(): void {
    // A0 ⇔ R8, A0 ⇒ R7: a worker that took the request first causes one spare turn.
    Atomics.store(this.#words, ARMED, 0);
  }

  /** As {@link WorkerBell.waitAsync}. The promise keeps no program alive. */
  waitAsync(): Wait {
    if (this.#pending) return null;
    // A3 ⇒ R9, A3 ⇒ A4: "not-equal" means that a worker answered between A1 and here.
    const wait = Atomics.waitAsync(this.#words, ARMED, 1);
    if (!wait.async) return Promise.resolve();
    this.#pending = true;
    return wait.value.then(() => {
      this.#pending = false;
    });
  }

  /**
   * Resolves what waits: nobody will call any more. Was missing: an engine
   * keeps a promise that nobody notifies, and all that waits on it, for ever.
   */
  end(): void {
    this.disarm();
    // A4 ⇒ A3: the host's own waiter, if there is one.
    Atomics.notify(this.#words, ARMED);
  }
}

/** How many workers sleep now; informational. */
export function sleepersIn(words: Int32Array, layout: Layout): number {
  let count = 0;
  for (let word = 0; word < layout.maskWords; word++) {
    // plain: who falls asleep or wakes meanwhile counts for itself
    count += ones(words[MASK + word] as number);
  }
  return count;
}

/** Warren, Hacker's Delight, 2nd edition, 5-1. */
function ones(word: number): number {
  word -= (word >>> 1) & 0x55555555;
  word = (word & 0x33333333) + ((word >>> 2) & 0x33333333);
  return Math.imul((word + (word >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
