/**
 * How times are distributed, in little memory: buckets that grow by an eighth,
 * as those of HdrHistogram do (Tene, hdrhistogram.org), so that a percentile is
 * right to one part in eight.
 */

/** Buckets per power of two. */
const PARTS = 8;
/** Powers of two: the last bucket begins at 2^36 microseconds, nineteen hours. */
const OCTAVES = 37;

/** Times in milliseconds below which so many of all lie. */
export interface Percentiles {
  /** How many times were measured. */
  readonly count: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/** Counts times. */
export class Histogram {
  readonly #buckets: Float64Array = new Float64Array(PARTS * OCTAVES);
  #count = 0;
  #max = 0;

  /** `count` tasks took so many microseconds each. */
  add(micros: number, count: number = 1): void {
    const time = Math.max(0, micros);
    this.#buckets[bucketOf(time)]! += count;
    this.#count += count;
    if (time > this.#max) this.#max = time;
  }

  /** The percentiles; all 0 before anything was counted. */
  get percentiles(): Percentiles {
    return {
      count: this.#count,
      p50: this.#below(0.5),
      p90: this.#below(0.9),
      p99: this.#below(0.99),
      max: this.#max / 1000,
    };
  }

  #below(share: number): number {
    let left = share * this.#count;
    if (left === 0) return 0;
    for (let at = 0; at < this.#buckets.length; at++) {
      left -= this.#buckets[at] as number;
      if (left <= 0) return Math.min(endOf(at), this.#max) / 1000;
    }
    return this.#max / 1000;
  }
}

// Microseconds from 1 on lie in the bucket of their power of two and eighth of it.
function bucketOf(micros: number): number {
  if (micros < 1) return 0;
  const octave = Math.min(OCTAVES - 1, Math.floor(Math.log2(micros)));
  const part = Math.floor((micros / 2 ** octave - 1) * PARTS);
  return octave * PARTS + Math.min(PARTS - 1, part);
}

/** Where a bucket ends, in microseconds. */
function endOf(bucket: number): number {
  const octave = Math.floor(bucket / PARTS);
  return 2 ** octave * (1 + (bucket % PARTS + 1) / PARTS);
}
