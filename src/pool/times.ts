/** How long tasks ran and waited: of a pool, or of one of its workers. */
import { Histogram, type Percentiles } from "./histogram.ts";

/** Run and wait times, as `pool.stats()` tells them. */
export interface TimesStats {
  /**
   * Milliseconds from start to end of one call in 64, and for each item of a map
   * its share of the time of its chunk. Failures are not measured.
   */
  readonly runMs: Percentiles;
  /** Milliseconds of one call in 64 from submit until the host saw its result, less the run time. */
  readonly waitMs: Percentiles;
}

/** Counts them. */
export class Times {
  readonly #runs = new Histogram();
  readonly #waits = new Histogram();

  /** `count` tasks ran for so many microseconds each. */
  ran(micros: number, count: number): void {
    this.#runs.add(micros, count);
  }

  /** A task waited for so many microseconds. */
  waited(micros: number): void {
    this.#waits.add(micros);
  }

  /** All of it. */
  get stats(): TimesStats {
    return {
      runMs: this.#runs.percentiles,
      waitMs: this.#waits.percentiles,
    };
  }
}
