/** What do all contestants compute? The same functions, in one module. */

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
  let total = 0;
  for (let i = 0; i < numbers.length; i++) total += numbers[i];
  return total;
}

/** @param {number} ms */
export function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms, ms));
}
