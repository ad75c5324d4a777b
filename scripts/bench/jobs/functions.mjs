/** What do all contestants compute? The same functions, in one module. */
import process from "node:process";
import {
  setImmediate as turn,
  setTimeout as timer,
} from "node:timers/promises";
import { threadId } from "node:worker_threads";

const nobody = new Int32Array(new SharedArrayBuffer(4));

/** @param {number} n */
export function inc(n) {
  return n + 1;
}

/** @param {unknown} value */
export function echo(value) {
  return value;
}

/** @param {Float64Array} numbers */
export function sum(numbers) {
  // A length that is read once and a zero that is no integer: either else makes
  // the loop of V8 14.6 five times slower, or not, from one run to the next.
  const { length } = numbers;
  let total = -0;
  for (let i = 0; i < length; i++) total += numbers[i];
  return total;
}

/** @param {number} count */
export function steps(count) {
  let x = count;
  for (let turn = 0; turn < count; turn++) x = Math.sqrt(x + 1);
  return x;
}

/** @param {number} ms */
export function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms, ms));
}

/**
 * The task of aiomultiprocess's performance test: sleeps, gives way for 0, and
 * blocks its thread for a negative time.
 *
 * @param {number[]} durations in milliseconds
 */
export async function sleepy(durations) {
  for (const ms of durations) {
    if (ms > 0) await timer(ms);
    else if (ms === 0) await turn();
    else Atomics.wait(nobody, 0, 0, -ms);
  }
}

/**
 * @param {number} from
 * @param {number} to
 * @param {Float64Array} input
 * @param {Float64Array} output
 */
export function squares(from, to, input, output) {
  for (let i = from; i < to; i++) output[i] = input[i] * input[i] + 1;
}

/**
 * @param {number} from
 * @param {number} to
 * @param {Float64Array} input
 * @param {Float64Array} output
 */
export function roots(from, to, input, output) {
  for (let i = from; i < to; i++) {
    let x = input[i];
    for (let turn = 0; turn < 20; turn++) x = Math.sqrt(x + 1);
    output[i] = x;
  }
}

/** @param {number} x */
export function square(x) {
  return x * x + 1;
}

/** @param {number} x */
export function root(x) {
  for (let turn = 0; turn < 20; turn++) x = Math.sqrt(x + 1);
  return x;
}

/** A part of a loop, for pools that split none. */
export function range({ kernel, from, to, input, output }) {
  (kernel === "roots" ? roots : squares)(from, to, input, output);
}

export function whoami() {
  return threadId;
}

/** What the heap of the thread that runs it is made of, in bytes. */
export function heap() {
  const { heapUsed, external } = process.memoryUsage();
  const sizes = {};
  // Bun has no spaces.
  if (process.versions.bun === undefined) {
    const v8 = process.getBuiltinModule("node:v8");
    for (const { space_name, space_size } of v8.getHeapSpaceStatistics()) {
      sizes[space_name] = space_size;
    }
  }
  return { ...sizes, "used of all": heapUsed, "beside the heap": external };
}

/** Ends the thread that runs it. */
export function die() {
  process.exit(1);
}
