/**
 * Two hashes, so that a state is known by 64 bits. Of memory they are sums
 * over its words, kept up to date at every change; of a thread they are taken
 * over everything it was told, which decides what it does next.
 */

/** A history of values. */
export interface History {
  h1: number;
  h2: number;
}

/** Adds a value to a history. */
export function learn(thread: History, value: number): void {
  thread.h1 = Math.imul(thread.h1 ^ value, 0x9e3779b1) + 0x7f4a7c15 | 0;
  thread.h1 ^= thread.h1 >>> 15;
  thread.h2 = Math.imul(thread.h2 + value, 0x27d4eb2f) + 0x165667b1 | 0;
  thread.h2 ^= thread.h2 >>> 16;
}

/** What a word adds to the first hash of memory. */
export function hash1(at: number, value: number): number {
  let hash = Math.imul(at + 1, 0x9e3779b1) ^ Math.imul(value, 0x85ebca77);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 12);
}

/** What a word adds to the second. */
export function hash2(at: number, value: number): number {
  let hash = Math.imul(at + 3, 0x27d4eb2f) + Math.imul(value, 0x165667b1) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  return hash ^ (hash >>> 14);
}
