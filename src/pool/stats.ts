/**
 * What a pool did so far. Most is counted where a call settles anyway; times
 * are those of one call in 64, which the worker is asked to measure.
 */
import type { RingHost } from "../../ring/mod.ts";
import { SAMPLED } from "../frame.ts";
import type { Call } from "./call.ts";
import type { Percentiles } from "./histogram.ts";
import type { Member } from "./member.ts";
import { Times, type TimesStats } from "./times.ts";

export type { Percentiles, TimesStats };

/** One live worker. Its times are of calls that it answered itself. */
export interface WorkerStats extends TimesStats {
  /** As in `WorkerLostError.workerId`: the successor of a worker has another. */
  readonly workerId: number;
  /** Which of the pool's workers it is, from 0. */
  readonly place: number;
  /** Takes tasks; until then it boots. */
  readonly ready: boolean;
  /** Calls and chunks it has started and not finished. */
  readonly running: number;
  /** Tasks that settled with its answer. */
  readonly done: number;
  /** Those of them that failed. */
  readonly failed: number;
  /**
   * Milliseconds its thread ran tasks up to their first `await`, and loops;
   * counted when that part ends. What comes after an `await` is not in it.
   */
  readonly busyMs: number;
}

/** A pool at one moment. Tasks are calls and items of maps; an item that was not pulled is none yet. */
export interface PoolStats extends TimesStats {
  /** Calls and chunks that no worker has started. */
  readonly queued: number;
  /** Calls and chunks that workers have started and not finished. */
  readonly running: number;
  /** Tasks that settled, however they ended. */
  readonly done: number;
  /** Those of them that failed, whatever the reason. */
  readonly failed: number;
  /** Tries after the first. */
  readonly retried: number;
  /** Tasks that may have run on a worker that died. */
  readonly lost: number;
  /** Workers that were started in place of another. */
  readonly restarts: number;
  /** As {@link WorkerStats.busyMs}, of all workers, those that are gone included. */
  readonly busyMs: number;
  /** Cells of the rings in use, and how many there are. */
  readonly cells: { readonly used: number; readonly capacity: number };
  readonly workers: readonly WorkerStats[];
}

/** One call in so many is timed. */
const SAMPLE_EVERY = 64;

/** Counts for one pool. */
export class Tally {
  done = 0;
  failed = 0;
  retried = 0;
  lost = 0;
  started = 0;
  #goneBusyMs = 0;
  #submitted = 0;
  readonly #times = new Times();
  // When a sampled call was submitted.
  readonly #since = new WeakMap<Call, number>();

  /** A call was accepted; some are timed. */
  submitted(call: Call): void {
    if (this.#submitted++ % SAMPLE_EVERY !== 0) return;
    call.flags |= SAMPLED;
    this.#since.set(call, performance.now());
  }

  /** The result of a sampled call, or of a chunk, is there; it ran so many microseconds in that worker. */
  ran(call: Call, micros: number, worker: Times): void {
    const each = micros / call.tasks;
    this.#times.ran(each, call.tasks);
    worker.ran(each, call.tasks);
    const since = this.#since.get(call);
    if (since === undefined) return;
    const waited = (performance.now() - since) * 1000 - micros;
    this.#times.waited(waited);
    worker.waited(waited);
  }

  /** A call settled. */
  settled(call: Call): void {
    this.done += call.tasks;
    this.failed += call.failures;
  }

  /** A call is tried again: what it took so far is no measure. */
  again(call: Call): void {
    this.retried++;
    this.#since.delete(call);
  }

  /** A call that settled was none of the program's: the pool took it back itself. */
  withdrawn(call: Call): void {
    this.done -= call.tasks;
    this.failed -= call.failures;
  }

  /** A worker will run no more. */
  ended(busyMs: number): void {
    this.#goneBusyMs += busyMs;
  }

  /** All of it. `held`: the slot of the worker of each call that one holds. */
  stats(
    host: RingHost,
    held: readonly number[],
    outstanding: number,
    places: number,
    members: Iterable<Member>,
  ): PoolStats {
    const workers = [...members].filter((member) => !member.lost)
      .sort((one, other) => one.place - other.place)
      .map((member): WorkerStats => ({
        workerId: member.id,
        place: member.place,
        ready: host.isReady(member.slot),
        running: held.filter((slot) => slot === member.slot).length,
        done: member.tasks,
        failed: member.failures,
        busyMs: host.busyOf(member.slot),
        ...member.times.stats,
      }));
    const { cells } = host.layout;
    return {
      queued: outstanding - held.length,
      running: held.length,
      done: this.done,
      failed: this.failed,
      retried: this.retried,
      lost: this.lost,
      restarts: Math.max(0, this.started - places),
      busyMs: workers.reduce(
        (total, worker) => total + worker.busyMs,
        this.#goneBusyMs,
      ),
      ...this.#times.stats,
      cells: { used: cells - host.freeCells, capacity: cells },
      workers,
    };
  }
}
