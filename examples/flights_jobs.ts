/** The tasks of flights.ts: a kernel for a part of the flights, and what joins two answers of it. */
import { random } from "whorl";

export { add } from "./numeric/kernels.ts";

/** The Poisson distribution of mean 1: below which of 2^32 numbers 0, 1, 2 … is drawn. */
const BELOW = [1, 1, 1 / 2, 1 / 6, 1 / 24, 1 / 120, 1 / 720, 1 / 5040]
  .map((_, k, terms) =>
    terms.slice(0, k + 1).reduce((sum, term) => sum + term, 0) *
    0.36787944117144233 * 2 ** 32
  );

/**
 * For every airport and resample how many flights were drawn and the sum of
 * their delays; resample 0 draws each flight once. All are integers, and what
 * a flight draws depends on the seed and its number alone.
 */
export function bootstrap(
  from: number,
  to: number,
  origins: Uint16Array,
  delays: Int16Array,
  airports: number,
  resamples: number,
  seed: number,
): Float64Array {
  const sums = new Float64Array(2 * airports * (resamples + 1));
  const drawn = new Uint32Array(resamples);
  for (let flight = from; flight < to; flight++) {
    random(seed, flight).fill(drawn);
    const delay = delays[flight]!;
    let at = 2 * origins[flight]! * (resamples + 1);
    sums[at]! += 1;
    sums[at + 1]! += delay;
    for (let sample = 0; sample < resamples; sample++) {
      const word = drawn[sample]!;
      let times = 0;
      while (times < BELOW.length && word >= BELOW[times]!) times++;
      at += 2;
      sums[at]! += times;
      sums[at + 1]! += times * delay;
    }
  }
  return sums;
}
