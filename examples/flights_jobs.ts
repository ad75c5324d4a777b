/** The tasks of flights.ts: one bootstrap resample of every group per call. */

let delays = new Float64Array();
let starts = new Uint32Array();

/**
 * Tells this thread where the delays are: group `g` is everything from
 * `starts[g]` to `starts[g + 1]`. Both are views on shared memory, not copies.
 */
export function load(sharedDelays: Float64Array, groups: Uint32Array): void {
  delays = sharedDelays as typeof delays;
  starts = groups as typeof starts;
}

/** Means of one resample: every group drawn anew from itself, with replacement. */
export function resample(seed: number): Float64Array {
  const state = seeded(seed);
  const means = new Float64Array(starts.length - 1);
  for (let group = 0; group < means.length; group++) {
    const from = starts[group]!;
    const size = starts[group + 1]! - from;
    let sum = 0;
    for (let i = 0; i < size; i++) {
      sum += delays[from + Math.floor(next(state) * size / 0x1_0000_0000)]!;
    }
    means[group] = sum / size;
  }
  return means;
}

/** Four words of state from one: Murmur3's finalizer (Appleby) over a counter. */
export function seeded(seed: number): Uint32Array {
  return Uint32Array.from([0, 1, 2, 3], (word) => {
    let mixed = Math.imul(seed * 4 + word + 1, 0x9e3779b9);
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return mixed ^ (mixed >>> 16);
  });
}

/**
 * The next integer in [0, 2³²): xoshiro128** of Blackman and Vigna,
 * https://prng.di.unimi.it/xoshiro128starstar.c
 */
export function next(state: Uint32Array): number {
  const scrambled = Math.imul(state[1]!, 5);
  const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9);
  const shifted = state[1]! << 9;
  state[2]! ^= state[0]!;
  state[3]! ^= state[1]!;
  state[1]! ^= state[2]!;
  state[0]! ^= state[3]!;
  state[2]! ^= shifted;
  state[3] = (state[3]! << 11) | (state[3]! >>> 21);
  return result >>> 0;
}
