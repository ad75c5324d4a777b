/**
 * When the host looks for results. New tasks are published once per microtask
 * turn, all at once; then the host looks a little synchronously, then in quick
 * turns of the event loop while results flow, then it sleeps in
 * `Atomics.waitAsync`. Each stage is given time only while it recently paid
 * off, and each lets timers and sockets of the program run.
 */
import { Probe, type RingHost } from "../../ring/mod.ts";
import {
  after,
  cores,
  createKeepAlive,
  type KeepAlive,
  nextTurn,
} from "../runtime/mod.ts";

/** What the pulse drives. */
export interface Beating {
  /** Unsettled calls. */
  readonly outstanding: number;
  /** Settles what is finished and refills the rings; answers how many settled. */
  turn(): number;
  /** Makes visible what was staged. */
  publish(): void;
  /** Looks after what no event reports; answers whether there may soon be more of it. */
  audit(): boolean;
}

/** Synchronous looks together never hold the event loop longer (milliseconds). */
const HOLD_MS = 1;
/**
 * A result that took longer came because the other thread was not running, or
 * the task is slow: looking for it was not what brought it.
 */
const QUICK_MS = 0.012;
/**
 * The time to the next audit while calls are outstanding (milliseconds): twice
 * the last where nothing was sent, nothing came and nothing is to be expected.
 */
const AUDIT_LEAST_MS = 100;
const AUDIT_MOST_MS = 800;
const LOOK_MOST = 0.02;
const LOOK_LEAST = 0.001;
const HOT_MOST = 0.1;
const HOT_LEAST = 0.002;
/** How long the host sleeps before it wakes more workers for what still waits (milliseconds). */
const WAKE_MS = 1;
/** A sleep this short might have been spared by looking (milliseconds). */
const NAP_MS = 0.25;

/** The host's rhythm. */
export class Pulse {
  readonly #host: RingHost;
  readonly #work: Beating;
  readonly #keepAlive: KeepAlive = createKeepAlive();
  /** Audits so far: a clock that costs nothing to read. */
  audits = 0;
  #auditMs = AUDIT_LEAST_MS;
  // Whether nothing was sent and nothing came since the last audit.
  #quiet = false;
  #endAudit: (() => void) | null = null;
  #endWakeSoon: (() => void) | null = null;
  #mode: "auto" | "ref" | "unref" = "auto";
  #flushing = false;
  #hopping = false;
  #asleep = false;
  #woken = false;
  #ended = false;
  readonly #hopped = (): void => {
    this.#hopping = false;
    if (!this.#ended) this.#beat();
  };
  // With so many workers awake it is one of theirs that looking would take.
  readonly #cores: number;
  readonly #probe = new Probe();
  #turnBegan = 0;
  #stirred = 0;
  #lastFound = 0;
  #lookMs = LOOK_MOST;
  #hotMs = HOT_MOST;

  /** `apart`: workers are processes, what they send is an event of this thread. */
  constructor(host: RingHost, work: Beating, apart: boolean) {
    this.#cores = apart ? Infinity : cores();
    this.#host = host;
    this.#work = work;
  }

  /** Something was staged: publish it after the current microtasks' turn. */
  stir(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    queueMicrotask(() => this.#flush());
  }

  /** Looks in a later turn, whatever the current stage is. */
  nudge(): void {
    if (this.#ended || this.#hopping) return;
    if (this.#mode === "auto" && this.#work.outstanding > 0) {
      this.#keepAlive.hold();
    }
    this.#hopping = true;
    nextTurn(this.#hopped);
  }

  /** Keeps the program alive always (true), never (false). */
  ref(always: boolean): void {
    this.#mode = always ? "ref" : "unref";
    if (always) this.#keepAlive.hold();
    else this.#keepAlive.release();
  }

  /** No task is or will be outstanding. */
  end(): void {
    this.#ended = true;
    this.#endAudit?.();
    this.#endWakeSoon?.();
    this.#keepAlive.end();
    this.#host.bell.end();
  }

  #flush(): void {
    this.#flushing = false;
    if (this.#ended) return;
    this.#work.publish();
    this.#stirred = performance.now();
    // Timers cost more than all else: a worker that sleeps is awake before them.
    this.#auditSoon();
    if (this.#mode === "auto") this.#keepAlive.hold();
    if (this.#look()) return this.#settle();
    // An armed host is woken anyway; looking first pays only if results are quick.
    if (this.#asleep && this.#hotMs <= HOT_LEAST) return this.#wakeSoon();
    if (this.#asleep) {
      this.#asleep = false;
      this.#host.bell.disarm();
    }
    this.#lastFound = this.#stirred;
    this.nudge();
  }

  #look(): boolean {
    const begin = this.#stirred;
    if (begin - this.#turnBegan > HOLD_MS || this.#lookMs <= LOOK_LEAST) {
      return false;
    }
    let now = begin;
    do {
      for (let i = 0; i < 16; i++) {
        if (!this.#host.hasResults()) continue;
        if (now - begin < QUICK_MS) {
          this.#lookMs = Math.min(LOOK_MOST, this.#lookMs * 2);
        } else this.#lookMs /= 2;
        return true;
      }
      now = performance.now();
    } while (now - begin < this.#lookMs);
    this.#lookMs = Math.max(LOOK_LEAST, this.#lookMs / 2);
    return false;
  }

  #settle(): void {
    this.#work.turn();
    this.#lastFound = this.#stirred;
    // Resolved promises run next and usually stir again; a turn of the event
    // loop must come all the same.
    if (this.#work.outstanding > 0) this.nudge();
    else this.#rest();
  }

  #beat(): void {
    const now = this.#turnBegan = performance.now();
    const found = this.#work.turn();
    const woken = this.#woken;
    this.#woken = false;
    if (found > 0) {
      const quick = now - Math.max(this.#stirred, this.#lastFound) < QUICK_MS;
      // Being woken is no reason to look more, only looking that paid is.
      if (quick && !woken) {
        this.#hotMs = Math.min(HOT_MOST, this.#hotMs * 2);
        this.#probe.paid();
      }
      // It came so soon after it was sent that a look would have caught it.
      if (now - this.#stirred < QUICK_MS) {
        this.#lookMs = Math.max(this.#lookMs, QUICK_MS);
      }
      this.#lastFound = now;
      this.#auditSoon();
    }
    if (this.#work.outstanding === 0) return this.#rest();
    if (this.#host.awakeWorkers < this.#cores) {
      if (now - this.#lastFound < this.#hotMs) return this.nudge();
      this.#hotMs = Math.max(HOT_LEAST, this.#hotMs / 2);
    }
    this.#sleep();
  }

  #sleep(): void {
    const { again, wait } = this.#host.sleep(false);
    if (again) return this.nudge();
    this.#asleep = true;
    this.#wakeSoon();
    wait?.then(() => {
      if (!this.#asleep || this.#ended) return;
      this.#asleep = false;
      this.#woken = true;
      // Woken soon after a task was sent: looking would have paid, or might have.
      const slept = performance.now() - this.#stirred;
      if (slept < HOT_MOST || (slept < NAP_MS && this.#probe.due())) {
        this.#hotMs = HOT_MOST;
        this.#lookMs = LOOK_MOST;
      }
      this.#beat();
    });
  }

  // Those who are awake seemed enough for what waits. Where they bring nothing
  // for so long they may be blocked, and twice as many are woken.
  #wakeSoon(): void {
    if (this.#endWakeSoon !== null || !this.#host.wakeForAll(0)) return;
    this.#endWakeSoon = after(WAKE_MS, () => {
      this.#endWakeSoon = null;
      if (!this.#asleep || this.#ended) return;
      const stuck = performance.now() - this.#lastFound >= WAKE_MS;
      if (stuck) {
        this.#host.wakeForAll(2 * Math.max(1, this.#host.awakeWorkers));
      }
      this.#wakeSoon();
    });
  }

  #auditSoon(): void {
    this.#quiet = false;
    if (this.#endAudit === null || this.#auditMs > AUDIT_LEAST_MS) {
      this.#auditIn(AUDIT_LEAST_MS);
    }
  }

  #auditIn(ms: number): void {
    this.#endAudit?.();
    this.#auditMs = ms;
    this.#endAudit = after(ms, () => this.#audit());
  }

  #audit(): void {
    this.audits++;
    this.#endAudit = null;
    if (this.#work.outstanding === 0) return;
    // Where a task that recursed to the end of its stack reports progress,
    // an overflow may take the call with it that should have woken us.
    if (this.#host.hasResults()) this.nudge();
    const still = !this.#work.audit() && this.#quiet;
    if (this.#ended) return;
    this.#quiet = true;
    this.#auditIn(
      still ? Math.min(AUDIT_MOST_MS, 2 * this.#auditMs) : AUDIT_LEAST_MS,
    );
  }

  #rest(): void {
    if (this.#mode === "auto" && !this.#flushing) this.#keepAlive.release();
  }
}
