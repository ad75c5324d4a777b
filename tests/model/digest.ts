/**
 * What a thread keeps between two rounds, as a hash: the private fields of its
 * ring objects, which the transform makes readable, and what the scenario
 * notes. New fields of ring classes are in it without a word.
 */
import { type History, learn } from "./hashes.ts";

/** Never changes, lies in shared memory, or belongs to another thread. */
const ELSEWHERE = new Set([
  ...["layout", "$layout", "thread"],
  // Cells of the last claim: the thread that still needs them says so.
  "mine",
  // Only larger than all before; their order is in the next two.
  ...["$clock", "$stagings"],
]);
/** Numbers of which only the order counts. */
const ORDINAL = new Set(["lastDone", "$age"]);

/** Adds everything reachable from `value` to a history. */
export function digest(into: History, value: unknown): void {
  const walk = new Walk(into);
  walk.add(value);
  walk.addOrder();
}

class Walk {
  readonly #into: History;
  readonly #ordinals: number[] = [];

  constructor(into: History) {
    this.#into = into;
  }

  add(value: unknown): void {
    const into = this.#into;
    if (typeof value === "number") {
      learn(into, value | 0);
      if (!Number.isInteger(value) || value !== (value | 0)) {
        learn(into, Math.floor(value / 0x1_0000_0000));
      }
    } else if (typeof value === "string") {
      learn(into, value.length);
      for (let i = 0; i < value.length; i++) learn(into, value.charCodeAt(i));
    } else if (typeof value === "object" && value !== null) {
      this.#object(value);
    } else if (typeof value !== "function") {
      learn(into, value === true ? 101 : value === false ? 102 : 103);
    }
  }

  #object(value: object): void {
    if (Array.isArray(value)) {
      learn(this.#into, value.length);
      for (const one of value) this.add(one);
    } else if (value instanceof Map) {
      learn(this.#into, value.size);
      const keys = [...value.keys()].sort((one, two) => one - two);
      for (const key of keys) {
        this.add(key);
        this.add(value.get(key));
      }
    } else if (value instanceof Set) {
      this.add([...value].sort((one, two) => one - two));
    } else if (ArrayBuffer.isView(value)) {
      if (isShared(value.buffer)) return;
      for (const one of value as Int32Array) this.add(one);
    } else if (!isShared(value)) this.#fields(value as Record<string, unknown>);
  }

  #fields(value: Record<string, unknown>): void {
    for (const key of Object.keys(value)) {
      if (ELSEWHERE.has(key)) continue;
      if (!ORDINAL.has(key)) this.add(value[key]);
      else if (typeof value[key] === "number") this.#ordinals.push(value[key]);
      else this.#ages(value);
    }
  }

  /** When cells in use were staged: those of free cells mean nothing. */
  #ages({ $age, $home }: { $age?: unknown; $home?: unknown }): void {
    ($age as Float64Array).forEach((age, cell) => {
      const used = ($home as Int32Array)[cell] !== -0x80000000;
      this.#ordinals.push(used ? age : 0);
    });
  }

  /** Ranks instead of values. */
  addOrder(): void {
    const sorted = [...new Set(this.#ordinals)].sort((one, two) => one - two);
    for (const one of this.#ordinals) learn(this.#into, sorted.indexOf(one));
  }
}

function isShared(value: object): boolean {
  return (value as { base?: number }).base !== undefined;
}
