/**
 * The kernels and combinations of the reductions in reductions.ts: what workers
 * run over each part of an array, and how two partial results become one.
 * Everything is arithmetic that the language defines to the last bit.
 */

type Numbers = ArrayLike<number>;

/** A sum and what its roundings lost. */
export type Compensated = readonly [sum: number, lost: number];

/** The place of an extreme, and what is there. */
export type Extreme<T = number | bigint> = readonly [index: number, value: T];

/** How many, their mean, and the sum of the squares of their distances from it. */
export type Moments = readonly [count: number, mean: number, squares: number];

// ---- sums -----------------------------------------------------------------------

/** Four sums, so that an addition need not wait for the one before. */
export function sum(from: number, to: number, xs: Numbers): number {
  // -0 is the zero that changes nothing, and no integer: V8 adds integers apart,
  // four times slower.
  let [a, b, c, d] = [-0, -0, -0, -0];
  let i = from;
  for (; i < to - 3; i += 4) {
    a += xs[i] as number;
    b += xs[i + 1] as number;
    c += xs[i + 2] as number;
    d += xs[i + 3] as number;
  }
  for (; i < to; i++) a += xs[i] as number;
  return (a + b) + (c + d);
}

export const add = (one: number, other: number): number => one + other;

export function sumOfBigints(
  from: number,
  to: number,
  xs: ArrayLike<bigint>,
): bigint {
  let total = 0n;
  for (let i = from; i < to; i++) total += xs[i] as bigint;
  return total;
}

export const addBigints = (one: bigint, other: bigint): bigint => one + other;

/** Neumaier 1974: what an addition loses is added apart. */
export function sumCompensated(
  from: number,
  to: number,
  xs: Numbers,
): Compensated {
  let [total, lost] = [-0, -0];
  for (let i = from; i < to; i++) {
    const x = xs[i] as number;
    const next = total + x;
    lost += Math.abs(total) >= Math.abs(x)
      ? (total - next) + x
      : (x - next) + total;
    total = next;
  }
  return [total, lost];
}

export function addCompensated(
  [one, lostOfOne]: Compensated,
  [other, lostOfOther]: Compensated,
): Compensated {
  const total = one + other;
  const lost = Math.abs(one) >= Math.abs(other)
    ? (one - total) + other
    : (other - total) + one;
  return [total, lostOfOne + lostOfOther + lost];
}

/** As {@link sum}, of products. */
export function dot(
  from: number,
  to: number,
  xs: Numbers,
  ys: Numbers,
): number {
  let [a, b, c, d] = [-0, -0, -0, -0];
  let i = from;
  for (; i < to - 3; i += 4) {
    a += (xs[i] as number) * (ys[i] as number);
    b += (xs[i + 1] as number) * (ys[i + 1] as number);
    c += (xs[i + 2] as number) * (ys[i + 2] as number);
    d += (xs[i + 3] as number) * (ys[i + 3] as number);
  }
  for (; i < to; i++) a += (xs[i] as number) * (ys[i] as number);
  return (a + b) + (c + d);
}

// ---- extremes -------------------------------------------------------------------

export function min(from: number, to: number, xs: Numbers): number {
  let least = Infinity;
  for (let i = from; i < to; i++) least = Math.min(least, xs[i] as number);
  return least;
}

export function max(from: number, to: number, xs: Numbers): number {
  let most = -Infinity;
  for (let i = from; i < to; i++) most = Math.max(most, xs[i] as number);
  return most;
}

export const lesser = (one: number, other: number): number =>
  Math.min(one, other);

export const greater = (one: number, other: number): number =>
  Math.max(one, other);

/** The first of the least; the first NaN, if there is one. */
export function argmin<T extends number | bigint>(
  from: number,
  to: number,
  xs: ArrayLike<T>,
): Extreme<T> {
  let place = from;
  let least = xs[from] as T;
  for (let i = from + 1; i < to && least === least; i++) {
    const x = xs[i] as T;
    if (x < least || x !== x) {
      least = x;
      place = i;
    }
  }
  return [place, least];
}

export function argmax<T extends number | bigint>(
  from: number,
  to: number,
  xs: ArrayLike<T>,
): Extreme<T> {
  let place = from;
  let most = xs[from] as T;
  for (let i = from + 1; i < to && most === most; i++) {
    const x = xs[i] as T;
    if (x > most || x !== x) {
      most = x;
      place = i;
    }
  }
  return [place, most];
}

export function firstLeast(one: Extreme, other: Extreme): Extreme {
  const [[, a], [, b]] = [one, other];
  return a === a && (b < a || b !== b) ? other : one;
}

export function firstMost(one: Extreme, other: Extreme): Extreme {
  const [[, a], [, b]] = [one, other];
  return a === a && (b > a || b !== b) ? other : one;
}

// ---- moments --------------------------------------------------------------------

/** Two passes over a part, which is in the cache at the second; corrected as Björck has it in Chan, Golub and LeVeque 1983. */
export function moments(from: number, to: number, xs: Numbers): Moments {
  const count = to - from;
  const mean = sum(from, to, xs) / count;
  let [squares, rest] = [-0, -0];
  for (let i = from; i < to; i++) {
    const distance = (xs[i] as number) - mean;
    squares += distance * distance;
    rest += distance;
  }
  return [count, mean + rest / count, squares - rest * rest / count];
}

/** Chan, Golub and LeVeque 1979. */
export function joinMoments(
  [count, mean, squares]: Moments,
  [others, otherMean, otherSquares]: Moments,
): Moments {
  const all = count + others;
  const distance = otherMean - mean;
  return [
    all,
    mean + distance * (others / all),
    squares + otherSquares + distance * distance * (count * (others / all)),
  ];
}

// ---- histogram ------------------------------------------------------------------

/** How many lie between each two edges; the last bin has both of its own. */
export function histogram(
  from: number,
  to: number,
  xs: Numbers,
  edges: Float64Array,
): Float64Array {
  const bins = edges.length - 1;
  const low = edges[0] as number;
  const high = edges[bins] as number;
  const scale = bins / (high - low);
  const counts = new Float64Array(bins);
  for (let i = from; i < to; i++) {
    const x = xs[i] as number;
    // Not so for NaN either.
    if (!(x >= low && x <= high)) continue;
    let bin = Math.min(bins - 1, Math.floor((x - low) * scale));
    // The product is rounded; the edges decide.
    if (x < (edges[bin] as number)) bin--;
    else if (bin < bins - 1 && x >= (edges[bin + 1] as number)) bin++;
    counts[bin] = (counts[bin] as number) + 1;
  }
  return counts;
}

export function addCounts(
  one: Float64Array,
  other: Float64Array,
): Float64Array {
  for (let i = 0; i < one.length; i++) {
    one[i] = (one[i] as number) + (other[i] as number);
  }
  return one;
}
