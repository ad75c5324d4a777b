/**
 * Random numbers that depend on a seed and an index and on nothing else: not
 * on who draws them, in which order, or on which runtime. A job that gives
 * every item the generator of its index has the same digits with any number of
 * workers.
 */
import { quantile } from "./normal.ts";
import { high, Philox } from "./philox.ts";
import { shown } from "./shared.ts";

const WORD = 2 ** 32;
const DOUBLE = 2 ** 53;
/** Marks the counters of {@link Random.split} among those of blocks. */
const SPLIT = 0x80000000;

type Numbers =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float16Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

/**
 * The generator of a seed and an index: Philox4x32-10 (Salmon et al., SC'11)
 * with the seed as its key, on the blocks of the index.
 *
 *     const draw = random(seed, item);
 *     const x = draw.next();
 *
 * @param seed an integer from 0 to 2^53 - 1
 * @param index an integer from 0 to 2^53 - 1, like the number of an item.
 * Default 0
 * @throws TypeError when one is no number, RangeError when one is out of range
 */
export function random(seed: number, index = 0): Random {
  assertWhole("make a generator", "seed", seed);
  assertWhole("make a generator", "index", index);
  return new Stream(new Philox(seed | 0, seed / WORD), index | 0, index / WORD);
}

/**
 * A sequence of random numbers. Drawing allocates nothing, and all digits are
 * the same on every runtime.
 */
export interface Random {
  /** A double from 0 up to and without 1, a multiple of 2^-53. */
  next(): number;
  /**
   * A standard normal deviate, at most 8.21 from 0: the inverse of the
   * distribution at one draw, by algorithm AS 241 (Wichura 1988).
   */
  normal(): number;
  /**
   * An integer from 0 to `n` - 1, each as likely as any other (Lemire 2019).
   *
   * @throws TypeError when `n` is no number, RangeError when it is not an
   * integer from 1 to 2^53 - 1
   */
  int(n: number): number;
  /**
   * Another generator, independent of this one and of that of any other key,
   * whatever was drawn before.
   *
   * @param key an integer from 0 to 2^53 - 1
   * @throws TypeError when it is no number, RangeError when it is out of range
   */
  split(key: number): Random;
  /**
   * Fills an array: `Float64Array` as by `next()`, the smaller floats with as
   * many bits as they hold below 1, integers with all their bits.
   *
   * @returns the array
   * @throws TypeError when it is no typed array
   */
  fill<A extends Numbers>(array: A): A;
}

class Stream implements Random {
  readonly #philox: Philox;
  // The upper half of every counter; the lower is the number of the block.
  readonly #upper0: number;
  readonly #upper1: number;
  #block = 0;
  // Words of the current block that were given out.
  #used = 4;

  constructor(philox: Philox, upper0: number, upper1: number) {
    this.#philox = philox;
    this.#upper0 = upper0;
    this.#upper1 = upper1;
  }

  next(): number {
    const upper = this.#word() >>> 5;
    return (upper * 2 ** 26 + (this.#word() >>> 6)) * 2 ** -53;
  }

  normal(): number {
    const upper = this.#word() >>> 6;
    return quantile(upper * 2 ** 26 + (this.#word() >>> 6));
  }

  int(n: number): number {
    assertWhole("draw an integer", "n", n, 1);
    if (n >= WORD) return this.#wide(n);
    // The integer part of word / 2^32 * n. Where the fraction is below
    // 2^32 % n, some integers would come once more than others: drawn again.
    let word = this.#word();
    let fraction = Math.imul(word, n) >>> 0;
    if (fraction < n) {
      const surplus = WORD % n;
      while (fraction < surplus) {
        word = this.#word();
        fraction = Math.imul(word, n) >>> 0;
      }
    }
    return high(word, n >>> 16, n & 0xffff) >>> 0;
  }

  split(key: number): Random {
    assertWhole("split a generator", "key", key);
    const philox = this.#philox;
    philox.block(key, key / WORD | SPLIT, this.#upper0, this.#upper1);
    const { a, b, c, d } = philox;
    // What it held belonged to this generator.
    if (this.#used < 4) this.#make(this.#block - 1);
    return new Stream(new Philox(a, b), c, d);
  }

  fill<A extends Numbers>(array: A): A {
    // The engine's own name of it, which no subclass changes.
    const name = ArrayBuffer.isView(array) ? array[Symbol.toStringTag] : "";
    const { length } = array;
    switch (name) {
      case "Float64Array":
        for (let i = 0; i < length; i++) array[i] = this.next();
        return array;
      case "Float32Array":
        for (let i = 0; i < length; i++) {
          array[i] = (this.#word() >>> 8) * 2 ** -24;
        }
        return array;
      case "Float16Array":
        for (let i = 0; i < length; i++) {
          array[i] = (this.#word() >>> 21) * 2 ** -11;
        }
        return array;
      case "BigInt64Array":
      case "BigUint64Array":
        for (let i = 0; i < length; i++) array[i] = this.#bigint();
        return array;
      case "Uint8ClampedArray":
        for (let i = 0; i < length; i++) array[i] = this.#word() & 0xff;
        return array;
      case "Int8Array":
      case "Uint8Array":
      case "Int16Array":
      case "Uint16Array":
      case "Int32Array":
      case "Uint32Array":
        for (let i = 0; i < length; i++) array[i] = this.#word();
        return array;
    }
    throw new TypeError(
      `Cannot fill with random numbers: expected a typed array, found ${
        shown(array)
      }`,
    );
  }

  #wide(n: number): number {
    const most = DOUBLE - DOUBLE % n;
    for (;;) {
      const bits = this.next() * DOUBLE;
      if (bits < most) return bits % n;
    }
  }

  #bigint(): bigint {
    const upper = BigInt(this.#word() >>> 0);
    return (upper << 32n) | BigInt(this.#word() >>> 0);
  }

  #word(): number {
    const philox = this.#philox;
    switch (this.#used++) {
      case 1:
        return philox.b;
      case 2:
        return philox.c;
      case 3:
        return philox.d;
      case 4:
        this.#make(this.#block++);
        this.#used = 1;
    }
    return philox.a;
  }

  #make(block: number): void {
    this.#philox.block(block, block / WORD, this.#upper0, this.#upper1);
  }
}

/** @throws TypeError when `value` is no number, RangeError when it is no integer in range */
function assertWhole(
  action: string,
  name: string,
  value: unknown,
  least = 0,
): void {
  if (Number.isInteger(value)) {
    const whole = value as number;
    if (whole >= least && whole <= Number.MAX_SAFE_INTEGER) return;
  }
  const Wrong = typeof value === "number" ? RangeError : TypeError;
  const found = typeof value === "number" ? value : shown(value);
  throw new Wrong(
    `Cannot ${action}: ${name} must be an integer from ${least} to 2^53 - 1, found ${found}`,
  );
}
