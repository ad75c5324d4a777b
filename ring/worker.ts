/**
 * A worker's side of the rings: claims tasks, marks them started, hands
 * results back, sleeps. Everything it does to a task is a compare-and-swap on
 * the task's STATE, so a worker that was declared dead by mistake can go on
 * without harm.
 */
import { DoneProducer } from "./done_ring.ts";
import { sleepersIn, type Wait, WorkerBell } from "./doorbell.ts";
import {
  BUSY,
  EXITED,
  FENCED,
  Layout,
  LOAD,
  MAIL,
  MEMBERS,
  QUEUE,
  READY,
  RESCUED,
  STATE,
  STOP,
  UNREADY,
} from "./layout.ts";
import { claimed, running } from "./state.ts";
import { MAX_BATCH, TaskConsumer } from "./task_ring.ts";

/** After so many private tasks in a row the shared ring gets its turn. */
const PRIVATE_RUN = 8;

/** Which worker of which buffer this is. */
export interface Enlisted {
  readonly buffer: SharedArrayBuffer;
  readonly slot: number;
  readonly queue: number;
}

/** One worker's end of all rings in one control buffer. */
export class RingWorker {
  readonly layout: Layout;
  readonly words: Int32Array;
  readonly slot: number;
  readonly done: DoneProducer;
  readonly bell: WorkerBell;
  /** The cells of the last {@link claim}. */
  readonly mine: Int32Array = new Int32Array(MAX_BATCH);
  readonly #shared: TaskConsumer;
  readonly #private: TaskConsumer;
  readonly #base: number;
  readonly #queue: number;
  readonly #claimed: number;
  readonly #running: number;
  #privateRun = 0;
  #load = -1;
  #busy = 0;
  #mailSeen = 0;
  #stopSeen = 0;

  /** @throws TypeError when the buffer holds no rings of this version */
  constructor({ buffer, slot, queue }: Enlisted) {
    const layout = this.layout = Layout.of(buffer);
    const words = this.words = new Int32Array(buffer);
    this.slot = slot;
    this.#queue = queue;
    this.#base = layout.slot(slot);
    this.#claimed = claimed(slot);
    this.#running = running(slot);
    this.done = new DoneProducer(words, layout, slot);
    this.bell = new WorkerBell(words, layout, slot);
    this.#shared = new TaskConsumer(words, layout, {
      ring: queue,
      slot,
      alone: false,
    });
    this.#private = new TaskConsumer(words, layout, {
      ring: layout.privateRing(slot),
      slot,
      alone: true,
    });
  }

  /** Says that this worker has booted and takes tasks. */
  ready(): void {
    this.setLoad(0);
    this.#raise(READY);
  }

  /**
   * Says that this worker touches the rings no more. What it publishes or posts
   * all the same goes nowhere; everything else it must not call.
   */
  exited(): void {
    this.done.end();
    this.#raise(EXITED);
  }

  /** Whether the host wants this worker to leave. Look before every claim. */
  stopped(): boolean {
    this.#stopSeen = this.#stop();
    return this.#stopSeen !== 0;
  }

  #stop(): number {
    // Q1 ⇒ F1: also the second half of P2 ∥ F1 and P7 ∥ F1, in the look before
    // a sleep.
    return Atomics.load(this.words, this.#base + STOP);
  }

  /**
   * Whether a worker that was {@link stopped} has been declared dead: it must
   * not end its thread itself. A Deno worker that calls exit while it is being
   * terminated never comes back and keeps its core.
   */
  fenced(): boolean {
    // Q2 ⇒ F1: a dismissal may turn into a fence later, never the reverse.
    return Atomics.load(this.words, this.#base + STOP) === FENCED;
  }

  /**
   * Takes up to `limit` tasks into {@link mine}; answers how many. Private
   * tasks first: nobody else can do them.
   *
   * Callers: the worker, after it looked at {@link stopped}. Waits: never.
   */
  claim(limit: number): number {
    if (this.#privateRun < PRIVATE_RUN) {
      const count = this.#private.claim(this.mine, limit);
      if (count > 0) {
        this.#privateRun += count;
        return count;
      }
    }
    const count = this.#shared.claim(this.mine, limit);
    const skipped = this.#privateRun >= PRIVATE_RUN;
    this.#privateRun = 0;
    if (count > 0 || !skipped) return count;
    return this.#private.claim(this.mine, limit);
  }

  /**
   * Marks a claimed task as started, before its user code may run. False: it
   * was taken back (cancelled, stolen, or this worker was fenced), leave it
   * alone.
   *
   * Callers: the worker. Waits: never. Linearizes: at R1. On death: gap R1;
   * the task is reported as started although it may not have been.
   */
  start(cell: number): boolean {
    const at = this.layout.cell(cell) + STATE;
    // R1 ⇔ F3: a store here ran tasks twice in the model. After it the task is never given to anybody else by default;
    // before it user code has certainly not run.
    return Atomics.compareExchange(
      this.words,
      at,
      this.#claimed,
      this.#running,
    ) === this.#claimed;
  }

  /**
   * Takes {@link start} back, for a worker that sends tasks elsewhere and knows
   * that this one was certainly not begun there: the host may give it to others.
   *
   * Callers: the worker, for a cell it started. Waits: never. Linearizes: at
   * R10. On death: as gap R1; the task is reported as started.
   */
  unstart(cell: number): void {
    // R10 ⇒ F0, R10 ⇔ F3: the sweep that follows finds a task that never ran.
    Atomics.store(
      this.words,
      this.layout.cell(cell) + STATE,
      this.#claimed,
    );
  }

  /** Publishes how many unfinished tasks this worker holds. */
  setLoad(load: number): void {
    if (load === this.#load) return;
    this.#load = load;
    // W5 ⇒ W1b, W5 ⇒ K0: peers and the host prefer the less busy; never for correctness.
    Atomics.store(this.words, this.#base + LOAD, load);
  }

  /** Publishes how many milliseconds this thread has run tasks, in all. */
  setBusy(ms: number): void {
    const whole = Math.floor(ms);
    if (whole === this.#busy) return;
    this.#busy = whole;
    // W8 ⇒ W4: a count that somebody may look at.
    Atomics.store(this.words, this.#base + BUSY, whole);
  }

  /** Whether another live worker of the same ring holds fewer tasks. */
  hasLessBusyPeer(load: number): boolean {
    return this.#anyPeer((theirs) => theirs < load);
  }

  /** Whether another worker of the same ring was started and is not ready. */
  hasBootingPeer(): boolean {
    return this.#anyPeer((theirs) => theirs === UNREADY);
  }

  #anyPeer(matches: (load: number) => boolean): boolean {
    for (let slot = 0; slot < this.layout.slots; slot++) {
      if (slot === this.slot) continue;
      const base = this.layout.slot(slot);
      // W1 ⇒ W2, W3: only workers that serve our ring and are not fenced.
      if (Atomics.load(this.words, base + QUEUE) !== this.#queue + 1) continue;
      // W1b ⇒ W0, W5: informational, a stale value costs one turn.
      if (matches(Atomics.load(this.words, base + LOAD))) return true;
    }
    return false;
  }

  /** Messages the host has posted to this worker so far. */
  mail(): number {
    // N2 ⇒ N1: who sees the count finds the messages in its port. Also the
    // second half of P2 ∥ N1 and P7 ∥ N1, in the look before a sleep.
    return Atomics.load(this.words, this.#base + MAIL);
  }

  /** Whether the host posted anything since this was asked last: read it now. */
  hasMail(): boolean {
    const count = this.mail();
    if (count === this.#mailSeen) return false;
    this.#mailSeen = count;
    return true;
  }

  /**
   * Prepares to wait for mail alone, with `bell.waitAsync`: for a worker that
   * may take no more tasks. False: there is some, or the host wants it to leave
   * and did not when it looked last; do not wait. Was without the look at STOP:
   * a worker that was fenced between its own look and P7 waited for ever.
   *
   * Callers: the worker, after it looked at {@link stopped}. Waits: never. On
   * death: gap P1.
   */
  listen(): boolean {
    this.bell.listen();
    return this.mail() === this.#mailSeen && this.#stop() === this.#stopSeen;
  }

  /** How many workers of all rings are awake now, this one among them; informational. */
  get awakeWorkers(): number {
    let members = 0;
    for (let queue = 0; queue < this.layout.queues; queue++) {
      // plain: a worker more or less is another answer for one sleep
      members += this.words[this.layout.ring(queue) + MEMBERS] as number;
    }
    return members - sleepersIn(this.words, this.layout);
  }

  /** One turn of spinning: whether anything happened since the last claim. */
  hasNews(): boolean {
    return this.#shared.hasNews() || this.#private.hasNews();
  }

  /**
   * Announces a sleep and looks again. True: sleep now, with `bell.wait` or
   * `bell.waitAsync`, then {@link awake}. False: there is work, stay awake.
   *
   * The looks must come after the announcement: what is published between the
   * two would otherwise wake nobody.
   *
   * Callers: the worker. Waits: never. On death: gaps P1 to P3b.
   */
  sleepy(): boolean {
    this.bell.announce();
    if (
      this.stopped() || this.mail() !== this.#mailSeen ||
      this.#private.hasWork() || this.#shared.hasWork()
    ) {
      this.bell.withdraw();
      return false;
    }
    return true;
  }

  /**
   * Ends a sleep however it ended. `timedOut`: nobody called; if there is work
   * all the same, a wake-up was lost and is counted.
   */
  awake(timedOut: boolean): void {
    this.bell.withdraw();
    if (!timedOut) return;
    if (this.#private.hasWork() || this.#shared.hasWork()) {
      // X1 ⇒ W4: a counter that must stay 0; the host reports it.
      Atomics.add(this.words, this.#base + RESCUED, 1);
    }
  }

  /** As {@link WorkerBell.waitAsync}, after {@link sleepy} answered true. */
  waitAsync(): Wait {
    return this.bell.waitAsync();
  }

  #raise(word: number): void {
    // W5b ⇒ W4: after everything this worker did before.
    Atomics.store(this.words, this.#base + word, 1);
  }
}
