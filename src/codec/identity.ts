/**
 * The objects met so far in one value, in order of first meeting. Most values
 * hold a handful of objects, where looking through an array beats hashing.
 */

const LINEAR = 16;

/** Numbers objects in the order in which they are added. */
export class Identity {
  readonly #first: unknown[] = new Array<unknown>(LINEAR).fill(undefined);
  #rest: Map<object, number> | undefined;
  #count = 0;

  /** The number of an object, or -1 for one that is new; it is not added. */
  find(object: object): number {
    const first = this.#first;
    const scanned = this.#count < LINEAR ? this.#count : LINEAR;
    for (let i = 0; i < scanned; i++) {
      if (first[i] === object) return i;
    }
    return this.#rest?.get(object) ?? -1;
  }

  add(object: object): void {
    const number = this.#count++;
    if (number < LINEAR) this.#first[number] = object;
    else (this.#rest ??= new Map()).set(object, number);
  }

  /** Forgets everything: nothing of a value may outlive its message. */
  clear(): void {
    const used = this.#count < LINEAR ? this.#count : LINEAR;
    for (let i = 0; i < used; i++) this.#first[i] = undefined;
    this.#count = 0;
    this.#rest = undefined;
  }
}
