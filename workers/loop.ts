/**
 * The life of a worker between boot and leave: take tasks, run them, hand
 * results over, and when there is nothing to do spin a little, then sleep. It
 * decides when; what a task is, it leaves to the runner.
 *
 * It never blocks while it holds an unfinished promise or while user code has
 * timers or sockets: it sleeps in its event loop, and only when the runtime
 * reports that loop empty does it block the thread.
 */
import { MAX_BATCH } from "../ring/task_ring.ts";
import type { RingWorker } from "../ring/worker.ts";
import {
  after,
  afterMicrotasks,
  cores,
  type HeapWatch,
  type KeepAlive,
  nextTurn,
  onDrained,
  runtime,
} from "../src/runtime/mod.ts";
import { QUICK_CALL_MS, TURN_MS } from "./chunk.ts";
import type { Hooks } from "./hooks.ts";
import type { Mailbox } from "./mailbox.ts";
import type { Runner } from "./runner.ts";
import { Spin } from "./spin.ts";
import type { WorkerUplink } from "./uplink.ts";

/** Batches grow while they take less, shrink when they take more (milliseconds). */
const QUICK_MS = 0.2;
const SLOW_MS = 1;

/** How long a worker that holds something leaves tasks to peers that still boot. */
const BOOT_PATIENCE_MS = 250;
const BOOT_LOOK_MS = 5;

/** The parts a loop works with. */
export interface LoopParts {
  readonly ring: RingWorker;
  readonly runner: Runner;
  readonly mailbox: Mailbox;
  readonly hooks: Hooks;
  readonly keepAlive: KeepAlive;
  readonly heap: HeapWatch;
  /** Longest uninterrupted sleep in milliseconds. */
  readonly slice: number;
  /** Makes finished tasks visible to the host. */
  readonly handOver: () => void;
  /** Whether work may come while this thread looks for it. */
  readonly spins: boolean;
  /** Ends the thread: this worker was told to leave or has started all it may. */
  readonly leave: () => void;
}

/** Drives one worker. */
export class Loop {
  readonly #ring: RingWorker;
  readonly #runner: Runner;
  readonly #mailbox: Mailbox;
  readonly #uplink: WorkerUplink;
  readonly #hooks: Hooks;
  readonly #keepAlive: KeepAlive;
  readonly #heap: HeapWatch;
  readonly #slice: number;
  readonly #handOver: () => void;
  // With so many workers awake, looking for news would take the core of one.
  readonly #cores: number;
  readonly #leave: () => void;
  // Cells taken per claim: one while tasks are slow, so that none waits in
  // the hands of a busy worker.
  #batch = 1;
  #patientUntil = 0;
  readonly #spin: Spin;
  #sleptAt = 0;
  #asleep = false;
  #listening = false;
  #scheduled = false;
  // The event loop was asked for a turn, which may take long where many timers
  // are due. Meanwhile what settles makes room for others.
  #hopping = false;
  #relieves = false;
  #reliefs = 0;
  #left = false;
  // Whether promises got their microtasks, and peers their turn, since the
  // last claim.
  #yielded = false;
  #deferred = false;

  constructor(parts: LoopParts) {
    this.#ring = parts.ring;
    this.#runner = parts.runner;
    this.#mailbox = parts.mailbox;
    this.#uplink = parts.runner.uplink;
    this.#hooks = parts.hooks;
    this.#keepAlive = parts.keepAlive;
    this.#heap = parts.heap;
    this.#slice = parts.slice;
    this.#handOver = parts.handOver;
    this.#cores = parts.spins ? cores() : 0;
    this.#leave = parts.leave;
    this.#spin = new Spin(parts.ring);
    this.#runner.onSettled = () => this.#schedule();
    this.#hooks.onSettled = () => this.#schedule();
    this.#uplink.onSubmitted = () => this.#schedule();
  }

  /** Begins to take tasks. */
  start(): void {
    if (runtime.blocksWhenDrained) onDrained(() => this.#block());
    this.#turnBegins();
    this.#patientUntil = this.#runner.turnStart + BOOT_PATIENCE_MS;
    this.#turn();
  }

  #turnBegins(): void {
    this.#runner.turnStart = performance.now();
  }

  #schedule(): void {
    if (this.#scheduled || (this.#hopping && !this.#mayRelieve())) return;
    this.#scheduled = true;
    queueMicrotask(() => this.#turn());
  }

  /** Lets timers, sockets and messages of user code run, then goes on. */
  #hop(): void {
    if (this.#scheduled || this.#hopping) return;
    this.#hopping = true;
    this.#reliefs = this.#runner.inflight;
    this.#relieveNext();
    this.#keepAlive.hold();
    nextTurn(() => {
      this.#hopping = false;
      this.#turnBegins();
      this.#turn();
    });
  }

  // Whether to take more before the event loop has turned: once in each of its
  // callbacks, so not for what settles in microtasks alone, and not more often
  // than promises waited. Without these bounds the turn might never come.
  #mayRelieve(): boolean {
    if (!this.#relieves || this.#deferred || this.#reliefs === 0) return false;
    this.#reliefs--;
    this.#relieveNext();
    return true;
  }

  #relieveNext(): void {
    this.#relieves = false;
    afterMicrotasks(() => this.#relieves = true);
  }

  #turn(): void {
    this.#scheduled = false;
    if (this.#left) return;
    this.#listening = false;
    if (this.#asleep) this.#wake(false);
    if (this.#held > 0) this.#readMail();
    for (;;) {
      const taken = this.#takeSome();
      if (this.#left) return;
      this.#ring.setBusy(this.#runner.busyMs);
      this.#handOver();
      if (taken < 0) return this.#listen();
      if (taken === 0) {
        if (this.#runner.inflight > 0) return this.#waitForPromises();
        const mayLook = this.#ring.awakeWorkers < this.#cores;
        if (mayLook && this.#spin.look()) continue;
        return this.#sleep();
      }
      this.#yielded = false;
      if (performance.now() - this.#runner.turnStart > TURN_MS) {
        return this.#hop();
      }
      // Promises that are settled already come back in this microtask turn.
      if (this.#runner.inflight > 0) return this.#schedule();
    }
  }

  /** Runs up to a batch of tasks: how many, or -1 when the turn must end here. */
  #takeSome(): number {
    const { inflight, concurrency } = this.#runner;
    if (this.#ring.stopped() || this.#runner.left === 0) return this.#retire();
    if (!this.#runner.resume()) return this.#pause();
    let limit = Math.min(
      this.#batch,
      concurrency - inflight,
      this.#runner.left,
    );
    if (limit <= 0 || this.#runner.holdsBack) return -1;
    if (inflight > 0 && this.#waitsForBoot()) return -1;
    if (
      inflight > 0 && !this.#deferred && this.#ring.hasLessBusyPeer(inflight)
    ) {
      // Its turn first: one turn of the event loop, then we may take one.
      this.#deferred = true;
      this.#hop();
      return -1;
    }
    if (this.#deferred) limit = 1;
    this.#deferred = false;
    const count = this.#ring.claim(limit);
    if (count === 0) {
      this.#ring.setLoad(inflight);
      return 0;
    }
    this.#ring.setLoad(inflight + count);
    this.#runBatch(count);
    return count;
  }

  // Workers of one pool boot together: the first to be ready must not take
  // all there is before the others come.
  #waitsForBoot(): boolean {
    if (performance.now() > this.#patientUntil) return false;
    if (!this.#ring.hasBootingPeer()) return false;
    after(BOOT_LOOK_MS, () => this.#schedule());
    return true;
  }

  // Something is held that time or a promise will move on.
  #pause(): number {
    if (
      this.#runner.paused.length > 0 &&
      this.#runner.inflight < this.#runner.concurrency
    ) {
      this.#hop();
    }
    return -1;
  }

  #runBatch(count: number): void {
    const began = performance.now();
    this.#heap.start();
    const { mine } = this.#ring;
    for (let i = 0; i < count; i++) this.#runner.run(mine[i] as number);
    const took = performance.now() - began;
    this.#runner.busyMs += took;
    this.#runner.quick = took < count * QUICK_CALL_MS;
    if (took < QUICK_MS) this.#batch = Math.min(MAX_BATCH, this.#batch * 2);
    else if (took > SLOW_MS) this.#batch = 1;
  }

  #waitForPromises(): void {
    if (!this.#yielded) {
      this.#yielded = true;
      return this.#schedule();
    }
    this.#yielded = false;
    this.#sleep();
  }

  // ---- nothing to do ----------------------------------------------------------

  /** Sleeps in the event loop; {@link #block} goes on when that is empty. */
  #sleep(): void {
    this.#ring.setLoad(this.#runner.inflight);
    this.#readMail();
    if (!this.#ring.sleepy()) return this.#schedule();
    this.#asleep = true;
    this.#sleptAt = performance.now();
    if (this.#held === 0) this.#heap.stop();
    if (this.#held === 0 && runtime.blocksWhenDrained) {
      this.#keepAlive.release();
      // One more turn, or a runtime that just reported an empty loop would
      // end the thread instead of reporting it again.
      nextTurn(() => this.#sleepAsync());
    } else {
      this.#keepAlive.hold();
      this.#sleepAsync();
    }
  }

  #sleepAsync(): void {
    if (!this.#asleep && !this.#listening) return;
    this.#ring.waitAsync()?.then(() => {
      this.#turnBegins();
      if (this.#asleep || this.#listening) this.#schedule();
    });
  }

  #readMail(): void {
    if (this.#ring.hasMail()) this.#mailbox.readAll();
  }

  get #held(): number {
    return this.#runner.inflight + this.#uplink.outstanding;
  }

  // Nothing more may be taken, but what is held may wait for nested calls or
  // be asked to stop.
  #listen(): void {
    const again = this.#scheduled || this.#hopping;
    if (this.#held === 0 || again || this.#left) return;
    this.#listening = true;
    this.#keepAlive.hold();
    if (this.#ring.listen()) this.#sleepAsync();
    else this.#schedule();
  }

  #wake(timedOut: boolean): void {
    this.#asleep = false;
    this.#keepAlive.hold();
    this.#ring.awake(timedOut);
    this.#spin.slept(performance.now() - this.#sleptAt);
  }

  /** The event loop is empty: nothing of the user's can suffer, block. */
  #block(): void {
    while (this.#asleep) {
      const timedOut = !this.#ring.bell.wait(this.#slice);
      this.#wake(timedOut);
      if (timedOut && this.#ring.sleepy()) {
        this.#asleep = true;
        continue;
      }
      this.#turnBegins();
      this.#turn();
    }
  }

  /** Takes nothing more, and leaves once everything started is finished. */
  #retire(): number {
    if (this.#ring.fenced()) {
      this.#left = true;
      this.#runner.abandon();
      this.#goodbye();
      return -1;
    }
    const resumed = this.#runner.resume();
    const held = this.#runner.inflight + this.#hooks.pending;
    // Others may not take what those wait for, if there are any others.
    this.#uplink.recall();
    if (held > 0 || !resumed) return this.#pause();
    this.#left = true;
    this.#handOver();
    this.#heap.start();
    if (!this.#hooks.finalizes) this.#goodbye();
    else void this.#hooks.finalize().then(() => this.#goodbye());
    return -1;
  }

  #goodbye(): void {
    // Asked before EXITED: after it the slot may be given to another worker,
    // whose STOP says nothing about us.
    const fenced = this.#ring.fenced();
    this.#ring.exited();
    // Declared dead: the host ends this thread, and two ends at once do not go
    // together on Deno.
    if (fenced) this.#keepAlive.end();
    else this.#leave();
  }
}
