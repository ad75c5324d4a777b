/**
 * Stops calls: those whose signal fires and those that run too long. One that
 * has not started is taken back. One that has is asked to stop, and if its
 * worker is not done with it after the grace period, that worker is replaced.
 */
import { requestCancel } from "../../ring/mod.ts";
import { TaskTimeoutError } from "../errors.ts";
import { after, every } from "../runtime/mod.ts";
import type { Call } from "./call.ts";
import { onAbort } from "./on_abort.ts";
import type { Dispatcher } from "./dispatcher.ts";

/** How often running calls are looked at: a part of the shortest time, within bounds (milliseconds). */
const LOOKS_PER_TIMEOUT = 8;
const LOOK_LEAST_MS = 5;
const LOOK_MOST_MS = 100;

/** Who can reach workers. */
export interface Stopper {
  /** Posts a reason to stop. */
  abort(slot: number, cell: number, number: number, reason: unknown): void;
  /** For how many grace periods a worker that has not heard of it is waited for, because of what else it has. */
  patience(slot: number, number: number): number;
  /** A task that was asked to stop has not stopped. */
  overdue(slot: number, number: number, why: string): void;
}

/** Follows the calls that somebody may want to stop. */
export class Watch {
  readonly #dispatcher: Dispatcher;
  readonly #crew: Stopper;
  readonly #graceMs: number;
  readonly #timed = new Set<Call>();
  #endLooks: (() => void) | null = null;
  #lookMs = Infinity;

  constructor(dispatcher: Dispatcher, crew: Stopper, graceMs: number) {
    this.#dispatcher = dispatcher;
    this.#crew = crew;
    this.#graceMs = graceMs;
  }

  /** Begins to follow a call that has a will. */
  follow(call: Call): void {
    const { will } = call;
    // To submit it may have settled others, and they it.
    if (will === null || call.settled) return;
    const { signal, timeout } = will;
    if (signal !== undefined) {
      will.atEnd(onAbort(signal, () => this.stop(call, signal.reason)));
    }
    if (timeout > 0) {
      this.#timed.add(call);
      will.atEnd(() => this.#timed.delete(call));
      this.#lookEvery(timeout / LOOKS_PER_TIMEOUT);
    }
  }

  /** Ends a call: it rejects with `reason` now, whatever its task still does. */
  stop(call: Call, reason: unknown): void {
    const dispatcher = this.#dispatcher;
    if (call.settled || dispatcher.cancel(call, reason)) return;
    const { cell } = call;
    const number = dispatcher.numberIn(cell);
    const slot = dispatcher.host.runnerOf(cell);
    dispatcher.abandon(call, reason);
    if (slot < 0) return;
    this.#crew.abort(slot, cell, number, reason);
    requestCancel(dispatcher.host.words, dispatcher.host.layout, cell);
    const why =
      `task ${call.task.name} was asked to stop and did not within ${this.#graceMs} ms`;
    const look = (waited: number): void => {
      if (dispatcher.callIn(cell) !== call) return;
      const patience = this.#crew.patience(slot, number);
      if (waited >= patience) return this.#crew.overdue(slot, number, why);
      // What it computed may be over at the next look, and it may hear then.
      const next = patience === Infinity ? 1 : waited + 1;
      after(Math.max(LOOK_LEAST_MS, this.#graceMs), () => look(next));
    };
    after(this.#graceMs, () => look(1));
  }

  #lookEvery(ms: number): void {
    const period = Math.max(LOOK_LEAST_MS, Math.min(LOOK_MOST_MS, ms));
    if (this.#endLooks !== null && period >= this.#lookMs) return;
    this.#endLooks?.();
    this.#lookMs = period;
    this.#endLooks = every(period, () => this.#look());
  }

  // Workers tell nobody when they start a task; the cell does, to who looks.
  #look(): void {
    const now = performance.now();
    for (const call of this.#timed) {
      const will = call.will as NonNullable<Call["will"]>;
      const runs = call.cell >= 0 &&
        this.#dispatcher.host.runnerOf(call.cell) >= 0;
      if (!runs) will.seenRunning = 0;
      else if (will.seenRunning === 0) will.seenRunning = now;
      else if (now - will.seenRunning >= will.timeout) {
        this.stop(call, timedOut(call, will.timeout));
      }
    }
    if (this.#timed.size > 0) return;
    this.#endLooks?.();
    this.#endLooks = null;
    this.#lookMs = Infinity;
  }
}

function timedOut(call: Call, timeoutMs: number): TaskTimeoutError {
  return new TaskTimeoutError(
    `Cannot finish ${call.task.name}: it ran longer than its timeout of ${timeoutMs} ms`,
    { timeoutMs },
  );
}
