/**
 * The host's list of workers: which slot serves which ring, who is alive, who
 * sleeps, and whom to wake for new tasks. A slot is used by one worker after
 * the other, never before the last one is certified dead.
 */
import { DoneConsumer } from "./done_ring.ts";
import { Sleepers, sleepersIn } from "./doorbell.ts";
import {
  BUSY,
  EXITED,
  type Layout,
  LEAVE,
  LOAD,
  MAIL,
  POSTED,
  QUEUE,
  READY,
  RESCUED,
  STOP,
  UNREADY,
} from "./layout.ts";
import { TaskProducer } from "./task_ring.ts";

/** One worker's place, as the host sees it. */
export interface Slot {
  readonly index: number;
  readonly done: DoneConsumer;
  readonly tasks: TaskProducer;
  queue: number;
  /** Not fenced. */
  live: boolean;
  /** Not certified dead. */
  taken: boolean;
  /** READY was seen. */
  booted: boolean;
  /** When it last handed over results, in drains: the warmest is woken first. */
  lastDone: number;
}

/** What recovery found in the hands of a lost worker. */
export interface Recovered {
  /**
   * Never started: the cell is free again, the task belongs in the queue. The
   * youngest comes first, so that putting each at the front keeps their order.
   */
  unstarted(cell: number): void;
  /** User code may have run. The cell stays taken until `RingHost.release`. */
  started(cell: number): void;
}

/** How soon a worker would see a task: at once, after the others it holds, once awake, once it has booted. */
export type Attention = "idle" | "busy" | "asleep" | "booting";

/** Keeps the slots. */
export class Roster {
  /** Slots of live workers, in the order they were enlisted. */
  readonly live: Slot[] = [];
  readonly #words: Int32Array;
  readonly #layout: Layout;
  readonly #sleepers: Sleepers;
  readonly #queues: readonly TaskProducer[];
  readonly #slots: Slot[] = [];
  readonly #members: Slot[][];

  constructor(
    words: Int32Array,
    layout: Layout,
    queues: readonly TaskProducer[],
  ) {
    this.#words = words;
    this.#layout = layout;
    this.#queues = queues;
    this.#members = queues.map(() => []);
    this.#sleepers = new Sleepers(words, layout);
    for (let index = 0; index < layout.slots; index++) {
      this.#slots.push({
        index,
        done: new DoneConsumer(words, layout, index),
        tasks: new TaskProducer(words, layout, layout.privateRing(index)),
        queue: 0,
        live: false,
        taken: false,
        booted: false,
        lastDone: 0,
      });
    }
  }

  slot(index: number): Slot {
    return this.#slots[index] as Slot;
  }

  /** As {@link RingHost.enlist}. */
  enlist(queue: number): number {
    const slot = this.#slots.find((each) => !each.taken);
    if (slot === undefined) return -1;
    const { index } = slot;
    const base = this.#layout.slot(index);
    slot.taken = slot.live = true;
    slot.booted = false;
    slot.queue = queue;
    slot.tasks.reset();
    slot.done.skip();
    // Its last owner may have announced a sleep after it was fenced. A bit
    // left here would draw the next wake to a worker that has not booted.
    this.#sleepers.forget(index);
    // W0 ⇒ W1b, W0 ⇒ K0: a worker that does not run yet is never "less busy".
    Atomics.store(this.#words, base + LOAD, UNREADY);
    for (const word of [READY, EXITED, RESCUED, POSTED, BUSY, STOP, MAIL]) {
      // W0b alone: the last owner is certified dead, the next not born.
      Atomics.store(this.#words, base + word, 0);
    }
    // W2 ⇒ W1: from here on its peers count it.
    Atomics.store(this.#words, base + QUEUE, queue + 1);
    this.live.push(slot);
    const members = this.#members[queue] as Slot[];
    members.push(slot);
    this.#queues[queue]?.setMembers(members.length);
    return index;
  }

  /** Takes a worker off the list; false when it was off already. */
  strike(index: number): boolean {
    const slot = this.slot(index);
    if (!slot.live) return false;
    slot.live = false;
    this.live.splice(this.live.indexOf(slot), 1);
    return true;
  }

  /** The worker in this slot certainly runs no more. */
  certify(index: number): void {
    const slot = this.slot(index);
    if (!slot.live) slot.taken = false;
  }

  /**
   * Asks a worker to leave once it holds nothing. No wake is spent on it from
   * here on, and one that was spent on it may be lost with it, so the wake
   * policy runs again for everything that waits in its ring.
   */
  dismiss(index: number, how: number = LEAVE): void {
    const slot = this.slot(index);
    const members = this.#members[slot.queue] as Slot[];
    const at = members.indexOf(slot);
    if (at >= 0) {
      members.splice(at, 1);
      this.#queues[slot.queue]?.setMembers(members.length);
      // W3 ⇒ W1: its peers no longer count it.
      Atomics.store(this.#words, this.#layout.slot(index) + QUEUE, 0);
    }
    // F1 ⇒ Q1, F1 ⇒ Q2: seen before the next claim.
    // F1 ∥ P2, F1 ∥ P7: we say stop and then knock (K3); it announces or listens
    // and then looks whether it shall stop (Q1). One of the two must see the other.
    Atomics.store(this.#words, this.#layout.slot(index) + STOP, how);
    this.#sleepers.knock(index);
    this.wake(slot.queue, this.#queues[slot.queue]?.waiting() ?? 0);
  }

  /** Clears the sleep of a worker that is gone. */
  forget(index: number): void {
    this.#sleepers.forget(index);
  }

  /** Says that `count` messages were posted to this worker so far; `urgent`: wakes it. */
  setMail(index: number, count: number, urgent: boolean = false): void {
    // N1 ⇒ N2: a worker that sees the count finds the messages in its port.
    // N1 ∥ P2, N1 ∥ P7: we count and then knock (K3); it announces or listens
    // and then looks at the count (N2). One of the two must see the other.
    Atomics.store(this.#words, this.#layout.slot(index) + MAIL, count);
    if (urgent) this.#sleepers.knock(index);
  }

  /** As {@link RingHost.isReady}. */
  isReady(index: number): boolean {
    return this.slot(index).booted ||= this.read(index, READY) === 1;
  }

  /** A word of a worker's control block: READY, EXITED or RESCUED. */
  read(index: number, word: number): number {
    // W4 ⇒ W5b, W4 ⇒ W8, W4 ⇒ X1: what the worker raised there, once or as a count.
    return Atomics.load(this.#words, this.#layout.slot(index) + word);
  }

  // ---- waking -----------------------------------------------------------------

  /**
   * Wakes for `count` new tasks of a ring until `wanted` workers are awake: the
   * least loaded first, because it starts them soonest, then the warmest,
   * because its caches still hold something. A worker that withdrew before its
   * wake counts as woken, and so does one that is awake: it looks at the ring
   * after we published.
   *
   * Callers: the host, after the tasks are published. Waits: never.
   */
  wake(queue: number, count: number, wanted: number = Infinity): void {
    if (Math.min(count, wanted) < 1 || !this.anyParked()) return;
    const members = this.#members[queue] as Slot[];
    const most = wanted < members.length
      ? Math.min(count, wanted - this.#awake(members))
      : count;
    for (let n = 0; n < most; n++) {
      const best = this.#bestSleeper(members);
      if (best === null) return;
      this.#sleepers.wake(best.index);
    }
  }

  /** As {@link RingHost.wakeForAll}. */
  wakeForAll(wanted: number): boolean {
    if (!this.anyParked()) return false;
    let left = false;
    for (let queue = 0; queue < this.#queues.length; queue++) {
      const count = (this.#queues[queue] as TaskProducer).waiting();
      if (count > 0) left = true;
      this.wake(queue, count, wanted);
    }
    return left;
  }

  /** Wakes one worker if it sleeps. */
  wakeOne(index: number): void {
    this.#sleepers.wake(index);
  }

  /** How many live workers are awake now, those that boot among them; informational. */
  get awakeWorkers(): number {
    return this.live.length - sleepersIn(this.#words, this.#layout);
  }

  /** Whether any worker announced a sleep: one load per 32 workers. */
  anyParked(): boolean {
    for (let word = 0; word < this.#layout.maskWords; word++) {
      if (this.#sleepers.bits(word) !== 0) return true;
    }
    return false;
  }

  /** Whether a worker that serves this ring sleeps. */
  anyIdle(queue: number): boolean {
    return this.#bestSleeper(this.#members[queue] as Slot[]) !== null;
  }

  #awake(members: readonly Slot[]): number {
    let count = 0;
    for (const slot of members) {
      // One that boots takes nothing, for longer than who sleeps needs to wake.
      if (this.isReady(slot.index) && !this.#isAsleep(slot.index)) count++;
    }
    return count;
  }

  /** As {@link RingHost.attention}. */
  attention(index: number): Attention {
    if (!this.isReady(index)) return "booting";
    if (this.#isAsleep(index)) return "asleep";
    return this.#sleepers.load(index) === 0 ? "idle" : "busy";
  }

  #isAsleep(index: number): boolean {
    return (this.#sleepers.bits(index >>> 5) & (1 << (index & 31))) !== 0;
  }

  #bestSleeper(members: Slot[]): Slot | null {
    let best: Slot | null = null;
    let least = 0;
    for (const slot of members) {
      if (!this.#isAsleep(slot.index)) continue;
      const load = this.#sleepers.load(slot.index);
      if (
        best === null || load < least ||
        (load === least && slot.lastDone > best.lastDone)
      ) {
        best = slot;
        least = load;
      }
    }
    return best;
  }
}
