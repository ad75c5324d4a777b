/**
 * The host's side of the rings: the only thread that queues tasks, takes
 * results, allocates cells and declares workers dead. It never blocks. Shared
 * memory holds only what two threads must agree on, the host's heap the rest.
 */
import { HostBell, type Wait } from "./doorbell.ts";
import {
  BUSY,
  EXITED,
  FENCED,
  Layout,
  RESCUED,
  type Shape,
  STATE,
} from "./layout.ts";
import { type Attention, type Recovered, Roster, type Slot } from "./roster.ts";
import {
  CANCELLED,
  claimed,
  FREE,
  isClaimed,
  isQueued,
  isRunning,
  ownerOf,
  running,
} from "./state.ts";
import { TaskProducer } from "./task_ring.ts";

/** The host's end of all rings in one control buffer. */
export class RingHost {
  readonly layout: Layout;
  readonly buffer: SharedArrayBuffer;
  /** All control words, for the payload fields of cells. */
  readonly words: Int32Array;
  readonly bell: HostBell;
  readonly #roster: Roster;
  readonly #queues: TaskProducer[] = [];
  readonly #free: number[] = [];
  // Per cell: when it was staged, and where (q, or -1 - slot); UNUSED when free.
  readonly #age: Float64Array;
  readonly #home: Int32Array;
  #stagings = 0;
  #clock = 0;
  #stagedPrivately = 0;

  /** @throws RangeError for a shape out of range. `first`: see {@link Layout.create} */
  constructor(shape: Shape, first: number = 0) {
    const layout = this.layout = new Layout(shape);
    this.buffer = layout.create(first);
    const words = this.words = new Int32Array(this.buffer);
    this.bell = new HostBell(words);
    for (let q = 0; q < shape.queues; q++) {
      this.#queues.push(new TaskProducer(words, layout, q));
    }
    this.#roster = new Roster(words, layout, this.#queues);
    for (let cell = shape.cells - 1; cell >= 0; cell--) this.#free.push(cell);
    this.#age = new Float64Array(shape.cells);
    this.#home = new Int32Array(shape.cells).fill(UNUSED);
  }

  // ---- cells ----------------------------------------------------------------

  /** Cells that {@link acquire} can still answer. */
  get freeCells(): number {
    return this.#free.length;
  }

  /** A free cell to write arguments into, or -1: all are in use. */
  acquire(): number {
    return this.#free.pop() ?? -1;
  }

  /** Gives back a cell that was acquired and not staged, or whose task is settled. */
  release(cell: number): void {
    this.#home[cell] = UNUSED;
    this.#free.push(cell);
  }

  // ---- submit ---------------------------------------------------------------

  /** Queues a cell in shared ring `queue`. A cell that is free has room there. */
  stage(queue: number, cell: number): true {
    (this.#queues[queue] as TaskProducer).stage(cell);
    this.#age[cell] = ++this.#stagings;
    this.#home[cell] = queue;
    return true;
  }

  /** Queues a cell for worker `slot` alone; false when that one was fenced. */
  stageFor(slot: number, cell: number): boolean {
    const { tasks, live } = this.#roster.slot(slot);
    if (!live) return false;
    tasks.stage(cell);
    this.#age[cell] = ++this.#stagings;
    this.#home[cell] = -1 - slot;
    this.#stagedPrivately++;
    return true;
  }

  /**
   * Publishes everything staged and wakes a sleeper per task until `wanted` are
   * awake; {@link wakeForAll} wakes the others: whom this relied on may be busy.
   *
   * Callers: the host. Waits: never. Linearizes: at S4, per ring.
   */
  publish(wanted: number = Infinity): void {
    for (let q = 0; q < this.#queues.length; q++) {
      const count = (this.#queues[q] as TaskProducer).publish();
      if (count > 0) this.#roster.wake(q, count, wanted);
    }
    if (this.#stagedPrivately === 0) return;
    this.#stagedPrivately = 0;
    for (const slot of this.#roster.live) {
      if (slot.tasks.publish() > 0) this.#roster.wakeOne(slot.index);
    }
  }

  /** Wakes for all that waits until `wanted` are awake; whether tasks wait and workers sleep, which 0 only asks. */
  wakeForAll(wanted: number = Infinity): boolean {
    return this.#roster.wakeForAll(wanted);
  }

  /**
   * Takes a task back that no worker has started: true means it never will
   * be, and the cell can be released. Its ring entry stays and is walked over.
   *
   * Callers: the host. Waits: never. Linearizes: at C1 or F3.
   */
  cancel(cell: number): boolean {
    return this.#home[cell] !== UNUSED && this.#takeBack(cell);
  }

  // ---- results --------------------------------------------------------------

  /**
   * Calls `settle` with every finished cell and the slot of its worker, and
   * before that `attend` for a worker that posted something; answers how many
   * calls. `settle` releases the cell before it returns: one that stays in use
   * would be reported as lost if its worker died.
   */
  drain(
    settle: (cell: number, slot: number) => void,
    attend?: (slot: number) => void,
  ): number {
    let count = 0;
    const { live } = this.#roster;
    for (let i = 0; i < live.length; i++) {
      const slot = live[i] as Slot;
      const finished = slot.done.look();
      if (slot.done.hasPost()) {
        slot.done.attend();
        attend?.(slot.index);
        count++;
      }
      if (finished) count += this.#take(slot, settle);
    }
    return count;
  }

  /** Whether a finished cell, or something posted, waits for {@link drain}. */
  hasResults(): boolean {
    const { live } = this.#roster;
    for (let i = 0; i < live.length; i++) {
      const { done } = live[i] as Slot;
      if (done.look() || done.hasPost()) return true;
    }
    return false;
  }

  /**
   * Asks to be woken by the next result, after {@link wakeForAll} if `waking`.
   * `again`: something came meanwhile. Else `wait` resolves at the next result,
   * or is null: the promise of an earlier call is pending and will do the same.
   *
   * Callers: the host. Waits: never. On death of the worker that took the
   * request: gap R8; the exit event must make the host look again.
   */
  sleep(waking: boolean = true): { again: boolean; wait: Wait } {
    if (waking) this.wakeForAll();
    this.bell.arm();
    if (this.hasResults()) {
      this.bell.disarm();
      return { again: true, wait: null };
    }
    return { again: false, wait: this.bell.waitAsync() };
  }

  // ---- workers --------------------------------------------------------------

  /** A slot for a new worker of shared ring `queue`; -1: all are used or in quarantine. */
  enlist(queue: number): number {
    return this.#roster.enlist(queue);
  }

  /** How many live workers are awake now, those that boot among them; informational. */
  get awakeWorkers(): number {
    return this.#roster.awakeWorkers;
  }

  /** Whether the worker in `slot` has booted. */
  isReady(slot: number): boolean {
    return this.#roster.isReady(slot);
  }

  /** How soon it would see a task; informational. */
  attention(slot: number): Attention {
    return this.#roster.attention(slot);
  }

  /** Whether the worker in `slot` executed its last line: a certificate of death. */
  hasExited(slot: number): boolean {
    return this.#roster.read(slot, EXITED) === 1;
  }

  /** Sleeps of this worker that ended by time with work waiting: must be 0. */
  rescued(slot: number): number {
    return this.#roster.read(slot, RESCUED);
  }

  /** Milliseconds this worker's thread ran tasks; informational only. */
  busyOf(slot: number): number {
    return this.#roster.read(slot, BUSY) >>> 0;
  }

  /** Says that `count` messages were posted to this worker so far; `urgent`: wakes it. */
  setMail(slot: number, count: number, urgent: boolean = false): void {
    this.#roster.setMail(slot, count, urgent);
  }

  /** Asks a worker to leave once it holds nothing. */
  dismiss(slot: number): void {
    this.#roster.dismiss(slot);
  }

  /**
   * Declares a worker dead. It may be wrong: whatever a live one still does is
   * a failed compare-and-swap, an ignored ring, or bytes in a cell that stays
   * taken until {@link certify}. Results it published before are settled.
   *
   * Callers: the host, hearing of an exit or before a kill. Waits: never. Twice is once.
   */
  fence(
    slot: number,
    settle: (cell: number, slot: number) => void,
    found: Recovered,
  ): void {
    if (!this.#roster.strike(slot)) return;
    // Also wakes others: a wake spent on this worker may have died with it.
    this.#roster.dismiss(slot, FENCED);
    const lost = this.#roster.slot(slot);
    // Before the sweep: a published result must not be swept as lost.
    if (lost.done.look()) this.#take(lost, settle);
    this.sweep(slot, found);
    this.#roster.forget(slot);
  }

  /**
   * Takes back what a fenced worker holds. A live zombie may claim once more
   * after it: sweep again now and then, and last before {@link certify}.
   *
   * Callers: the host. Waits: never. Linearizes: at F3 and C1, per cell.
   */
  sweep(slot: number, found: Recovered): void {
    const own = claimed(slot);
    const unstarted: number[] = [];
    for (let cell = 0; cell < this.#home.length; cell++) {
      const home = this.#home[cell] as number;
      if (home === UNUSED || home === QUARANTINED) continue;
      const state = this.stateOf(cell);
      const alone = home === -1 - slot;
      if (
        (state === own || (alone && isQueued(state))) && this.#takeBack(cell)
      ) unstarted.push(cell);
      // Not the state read above: a live zombie may have started it since.
      else if (this.stateOf(cell) === running(slot)) {
        this.#home[cell] = QUARANTINED;
        found.started(cell);
      }
    }
    this.#giveBack(unstarted, (cell) => found.unstarted(cell));
  }

  /**
   * The worker certainly runs no more: its slot can be given to the next one.
   * Call {@link sweep} once more before it. Cells that {@link Recovered.started}
   * reported may be released now, not earlier: a zombie might have written there.
   */
  certify(slot: number): void {
    this.#roster.certify(slot);
  }

  /**
   * Takes back tasks that a worker claimed and has not started while others of
   * its ring sleep; reports them as {@link Recovered.unstarted} does. Safe at
   * any time: the worker's own start is a compare-and-swap.
   */
  steal(unstarted: (cell: number) => void): number {
    if (!this.#roster.anyParked()) return 0;
    const idle = this.#queues.map((_, queue) => this.#roster.anyIdle(queue));
    const stolen: number[] = [];
    for (let cell = 0; cell < this.#home.length; cell++) {
      if (idle[this.#home[cell] as number] !== true) continue;
      if (!isClaimed(this.stateOf(cell))) continue;
      if (this.#takeBack(cell)) stolen.push(cell);
    }
    this.#giveBack(stolen, unstarted);
    return stolen.length;
  }

  /** The STATE of a cell, as {@link isQueued} and its siblings read it. */
  stateOf(cell: number): number {
    // F0 ⇒ D4, F0 ⇒ R1, F0 ⇒ R10: a snapshot; a compare-and-swap decides what follows.
    return Atomics.load(this.words, this.layout.cell(cell) + STATE);
  }

  /** The slot of the worker that started this task, or -1. */
  runnerOf(cell: number): number {
    const state = this.stateOf(cell);
    return isRunning(state) ? ownerOf(state) : -1;
  }

  // A task moves on at most twice while we look (queued, claimed, started).
  #takeBack(cell: number): boolean {
    const at = this.layout.cell(cell) + STATE;
    for (;;) {
      const state = this.stateOf(cell);
      if (isQueued(state)) {
        // C1 ⇔ D4: exactly one of the host and a claimer changes a ticket.
        const seen = Atomics.compareExchange(this.words, at, state, CANCELLED);
        if (seen === state) return true;
      } else if (isClaimed(state)) {
        // F3 ⇔ R1, F3 ⇔ R10: the owner has not started it, and from here on cannot.
        const seen = Atomics.compareExchange(this.words, at, state, FREE);
        if (seen === state) return true;
      } else return false;
    }
  }

  #giveBack(cells: number[], unstarted: (cell: number) => void): void {
    const age = this.#age;
    cells.sort((one, two) => (age[two] as number) - (age[one] as number));
    for (const cell of cells) {
      this.release(cell);
      unstarted(cell);
    }
  }

  #take(slot: Slot, settle: (cell: number, slot: number) => void): number {
    slot.lastDone = ++this.#clock;
    let count = 0;
    for (let cell = slot.done.take(); cell >= 0; cell = slot.done.take()) {
      count++;
      settle(cell, slot.index);
    }
    return count;
  }
}

/** The home of a cell that nobody uses, and of one a live zombie may write to. */
const [UNUSED, QUARANTINED] = [-0x80000000, -0x7fffffff];
