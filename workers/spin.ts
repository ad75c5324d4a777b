/**
 * How a worker that ran dry looks for news before it sleeps: for a time that it
 * learns from what came of its last looks and sleeps.
 */
import { Probe } from "../ring/probe.ts";
import type { RingWorker } from "../ring/worker.ts";

/** Bounds of the spin, in milliseconds. */
const LEAST_MS = 0.005;
const MOST_MS = 0.1;
const QUICK_MS = 0.04;
/** A sleep this short might have been spared by a long spin (milliseconds). */
const NAP_MS = 0.25;

/** The spin of one worker. */
export class Spin {
  readonly #ring: RingWorker;
  readonly #probe = new Probe();
  #ms = MOST_MS / 2;

  constructor(ring: RingWorker) {
    this.#ring = ring;
  }

  /** Whether news came, or the order to stop, while it looked. */
  look(): boolean {
    const begin = performance.now();
    let now = begin;
    do {
      for (let i = 0; i < 32; i++) {
        if (!this.#ring.hasNews()) continue;
        // News that took long came because the host was not running, and
        // spinning may be what kept it from running.
        if (now - begin < QUICK_MS) {
          this.#ms = Math.min(MOST_MS, this.#ms * 2);
          this.#probe.paid();
        } else this.#ms = Math.max(LEAST_MS, this.#ms / 2);
        return true;
      }
      if (this.#ring.stopped()) return true;
      now = performance.now();
    } while (now - begin < this.#ms);
    this.#ms = Math.max(LEAST_MS, this.#ms / 2);
    return false;
  }

  /** Hears how long the sleep was that followed (milliseconds). */
  slept(ms: number): void {
    if (ms < NAP_MS && this.#probe.due()) this.#ms = MOST_MS / 2;
  }
}
