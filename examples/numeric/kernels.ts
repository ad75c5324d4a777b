/** The kernels of the numeric examples: each does the items from one number up to another. */
import { random } from "whorl";

/** Rows of the Mandelbrot set as red, green, blue, opaque. */
export function mandelbrot(
  from: number,
  to: number,
  image: Uint8Array,
  width: number,
  height: number,
  most: number,
): void {
  for (let row = from; row < to; row++) {
    const y = (row + 0.5 - height / 2) * 2.5 / height;
    for (let column = 0; column < width; column++) {
      const x = (column + 0.5 - width * 0.72) * 2.5 / height;
      let [re, im, count] = [0, 0, 0];
      for (; count < most && re * re + im * im < 4; count++) {
        [re, im] = [re * re - im * im + x, 2 * re * im + y];
      }
      const t = count / most;
      const at = 4 * (row * width + column);
      image[at] = 255 * 9 * (1 - t) * t * t * t;
      image[at + 1] = 255 * 15 * (1 - t) * (1 - t) * t * t;
      image[at + 2] = 255 * 8.5 * (1 - t) * (1 - t) * (1 - t) * t;
      image[at + 3] = 255;
    }
  }
}

/** Rows of the product of two square matrices, in blocks that stay in the cache. */
export function multiply(
  from: number,
  to: number,
  product: Float64Array,
  left: Float64Array,
  right: Float64Array,
  size: number,
): void {
  const block = 64;
  for (let first = 0; first < size; first += block) {
    const last = Math.min(size, first + block);
    for (let row = from; row < to; row++) {
      const at = row * size;
      for (let k = first; k < last; k++) {
        const factor = left[at + k]!;
        const other = k * size;
        for (let column = 0; column < size; column++) {
          product[at + column]! += factor * right[other + column]!;
        }
      }
    }
  }
}

/** Gives each point its nearest center; answers the sum and the number of points of each. */
export function assign(
  from: number,
  to: number,
  points: Float64Array,
  centers: Float64Array,
  labels: Uint8Array,
): Float64Array {
  const sums = new Float64Array(centers.length / 3 * 4);
  for (let i = from; i < to; i++) {
    let [best, nearest] = [-2, 0];
    for (let k = 0; k < centers.length / 3; k++) {
      const near = points[3 * i]! * centers[3 * k]! +
        points[3 * i + 1]! * centers[3 * k + 1]! +
        points[3 * i + 2]! * centers[3 * k + 2]!;
      if (near > best) [best, nearest] = [near, k];
    }
    labels[i] = nearest;
    for (let axis = 0; axis < 3; axis++) {
      sums[4 * nearest + axis]! += points[3 * i + axis]!;
    }
    sums[4 * nearest + 3]!++;
  }
  return sums;
}

/** Kilometers of one class of {@link distances}. */
export const CLASS_KM = 250;
const EARTH_KM = 6371.0088;

/**
 * All pairs of a point with a later one: the sum of their distances, the
 * largest and between whom, and how many are in each class of distance.
 */
export function distances(
  from: number,
  to: number,
  points: Float64Array,
): Float64Array {
  const found = new Float64Array(4 + Math.ceil(EARTH_KM * Math.PI / CLASS_KM));
  for (let i = from; i < to; i++) {
    const [x, y, z] = [points[3 * i]!, points[3 * i + 1]!, points[3 * i + 2]!];
    for (let j = 3 * i + 3; j < points.length; j += 3) {
      const cosine = x * points[j]! + y * points[j + 1]! + z * points[j + 2]!;
      const km = EARTH_KM * Math.acos(Math.min(1, cosine));
      found[0]! += km;
      found[4 + Math.floor(km / CLASS_KM)]!++;
      if (km > found[1]!) {
        [found[1], found[2], found[3]] = [km, i, j / 3];
      }
    }
  }
  return found;
}

/** Joins two answers of {@link distances}. */
export function joinDistances(
  one: Float64Array,
  other: Float64Array,
): Float64Array {
  const further = other[1]! > one[1]! ? other : one;
  const both = add(one, other);
  both.set(further.subarray(1, 4), 1);
  return both;
}

/** Element by element. */
export function add(one: Float64Array, other: Float64Array): Float64Array {
  return one.map((value, at) => value + other[at]!);
}

/** A European call option on a share that costs 100. */
export interface Option {
  readonly strike: number;
  readonly years: number;
}

export const SPOT = 100;
export const RATE = 0.03;
export const VOLATILITY = 0.2;

/** The option in one place of a grid of 100 strikes and 100 times. */
export function optionAt(place: number): Option {
  return {
    strike: 60 + place % 100,
    years: (1 + Math.floor(place / 100)) / 25,
  };
}

/**
 * Prices of options by simulation: in `prices` the price and its standard
 * error, one after the other. Draws depend on the option alone.
 */
export function price(
  from: number,
  to: number,
  prices: Float64Array,
  paths: number,
  seed: number,
): void {
  for (let place = from; place < to; place++) {
    const { strike, years } = optionAt(place);
    const draws = random(seed, place);
    const drift = (RATE - VOLATILITY * VOLATILITY / 2) * years;
    const spread = VOLATILITY * Math.sqrt(years);
    let [sum, squares] = [0, 0];
    for (let path = 0; path < paths; path++) {
      const step = spread * draws.normal();
      const up = Math.max(0, SPOT * Math.exp(drift + step) - strike);
      const down = Math.max(0, SPOT * Math.exp(drift - step) - strike);
      sum += (up + down) / 2;
      squares += (up + down) * (up + down) / 4;
    }
    const mean = sum / paths;
    const discount = Math.exp(-RATE * years);
    prices[2 * place] = discount * mean;
    prices[2 * place + 1] = discount *
      Math.sqrt((squares / paths - mean * mean) / (paths - 1));
  }
}
