/**
 * The key blocks of objects decoded lately. Tasks of one kind carry objects of
 * one shape, and looking a block up is much cheaper than making its strings.
 */

import { readLatin1 } from "../runtime/text.ts";

const SLOTS = 512;

export interface Shape {
  readonly block: Uint8Array;
  readonly keys: readonly string[];
  /** Whether plain assignment would set a prototype instead of a property. */
  readonly perilous: boolean;
}

/** A cache of fixed size; a shape simply displaces another in its slot. */
export class Shapes {
  readonly #slots: (Shape | undefined)[] = new Array<Shape | undefined>(SLOTS)
    .fill(undefined);

  /** The shape of the block at `start`, or undefined if it is not `count` keys. */
  find(
    bytes: Uint8Array,
    start: number,
    size: number,
    count: number,
  ): Shape | undefined {
    const end = start + size;
    // Sampled, not hashed: every byte is compared below in any case.
    const slot =
      (size * 31 + (bytes[start + 1] ?? 0) * 7 + (bytes[end - 1] ?? 0) * 3 +
        (bytes[start + (size >> 1)] ?? 0) * 13) & SLOTS - 1;
    const found = this.#slots[slot];
    if (
      found !== undefined && found.keys.length === count &&
      matches(found.block, bytes, start, size)
    ) {
      return found;
    }
    const made = shapeOf(bytes.slice(start, end), count);
    if (made !== undefined) this.#slots[slot] = made;
    return made;
  }
}

function matches(
  block: Uint8Array,
  bytes: Uint8Array,
  start: number,
  size: number,
): boolean {
  if (block.length !== size) return false;
  for (let i = 0; i < size; i++) {
    if (block[i] !== bytes[start + i]) return false;
  }
  return true;
}

function shapeOf(block: Uint8Array, count: number): Shape | undefined {
  const keys: string[] = [];
  let perilous = false;
  let at = 0;
  while (keys.length < count) {
    const length = block[at++];
    if (length === undefined || at + length > block.length) return undefined;
    const key = readLatin1(block, at, at + length);
    if (key === "__proto__") perilous = true;
    // A key that has been one is interned, which makes later assignments fast.
    keys.push(Object.keys({ [key]: 0 })[0]!);
    at += length;
  }
  return at === block.length ? { block, keys, perilous } : undefined;
}
