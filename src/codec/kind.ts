/**
 * What an object is to structured clone, found by its prototype. Prototypes
 * nobody knows are tried once with `structuredClone` itself: there is no other
 * way to tell an instance of a user's class from an object of the platform.
 */

import { Refusal } from "./path.ts";

export const PLAIN = 0;
export const MAP_KIND = 1;
export const SET_KIND = 2;
export const DATE_KIND = 3;
export const REGEXP_KIND = 4;
export const BOXED_KIND = 5;
export const ERROR_KIND = 6;
export const BUFFER_KIND = 7;
export const SHARED_KIND = 8;
/** Only the runtime's own structured clone can carry it. */
export const FOREIGN_KIND = 9;
/** Something whose cloning is decided before the prototype is looked at. */
const OTHER_KIND = 10;

const KINDS: WeakMap<object, number> = new WeakMap<object, number>([
  [Object.prototype, PLAIN],
  [Array.prototype, OTHER_KIND],
  [Map.prototype, MAP_KIND],
  [Set.prototype, SET_KIND],
  [Date.prototype, DATE_KIND],
  [RegExp.prototype, REGEXP_KIND],
  [Number.prototype, BOXED_KIND],
  [String.prototype, BOXED_KIND],
  [Boolean.prototype, BOXED_KIND],
  [BigInt.prototype, BOXED_KIND],
  [ArrayBuffer.prototype, BUFFER_KIND],
  [SharedArrayBuffer.prototype, SHARED_KIND],
  ...[
    Error,
    EvalError,
    RangeError,
    ReferenceError,
    SyntaxError,
    TypeError,
    URIError,
    AggregateError,
  ]
    .map((Class): [object, number] => [Class.prototype, ERROR_KIND]),
]);

/** What to do instead, for the things people do try to send. */
const ADVICE: Readonly<Record<string, string>> = {
  Promise: "promises do not travel, await it first",
  Generator: "generators do not travel, collect their values first",
  AsyncGenerator: "generators do not travel, collect their values first",
  WeakMap: "weak collections do not travel, pass a Map",
  WeakSet: "weak collections do not travel, pass a Set",
  WeakRef: "weak references do not travel, pass the object",
  MessagePort: "message ports do not travel, they can only be transferred",
};

/**
 * The kind of an object that is neither an array nor a view.
 * @throws {Refusal} for an object of the platform that cannot be cloned.
 */
export function kindOf(object: object): number {
  const prototype: object | null = Object.getPrototypeOf(object);
  if (prototype === Object.prototype || prototype === null) return PLAIN;
  const kind = KINDS.get(prototype) ?? tried(object, prototype);
  // `Object.create(Map.prototype)` has the prototype but is not a map.
  return kind === PLAIN || kind === FOREIGN_KIND || branded(object, kind)
    ? kind
    : PLAIN;
}

/** The short name of what an object is, for messages; never throws. */
export function nameOf(object: object): string {
  try {
    const tag = Object.prototype.toString.call(object).slice(8, -1);
    if (tag !== "Object") return tag;
    const maker: unknown = object.constructor;
    return typeof maker === "function" && maker.name !== "" ? maker.name : tag;
  } catch {
    return "Object";
  }
}

function tried(object: object, prototype: object): number {
  let clone: object;
  try {
    clone = structuredClone(object);
  } catch (error) {
    // If a bare copy fails as well, a property is to blame and the walk will name it.
    if (!clones({ ...object })) return PLAIN;
    const name = nameOf(object);
    throw new Refusal(
      ADVICE[name] ?? `${name} objects do not travel, pass a plain object`,
      error,
    );
  }
  const seen = KINDS.get(Object.getPrototypeOf(clone)) ?? FOREIGN_KIND;
  const kind = seen === OTHER_KIND ? FOREIGN_KIND : seen;
  KINDS.set(prototype, kind);
  return kind;
}

function clones(value: unknown): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}

const mapSize = getter(Map.prototype, "size");
const setSize = getter(Set.prototype, "size");
const regexpSource = getter(RegExp.prototype, "source");
const bufferSize = getter(ArrayBuffer.prototype, "byteLength");
const sharedSize = getter(SharedArrayBuffer.prototype, "byteLength");

function getter(prototype: object, name: string): () => unknown {
  return Object.getOwnPropertyDescriptor(prototype, name)!.get!;
}

/** Whether the object has the insides its prototype promises. */
function branded(object: object, kind: number): boolean {
  try {
    switch (kind) {
      case MAP_KIND:
        mapSize.call(object);
        return true;
      case SET_KIND:
        setSize.call(object);
        return true;
      case DATE_KIND:
        Date.prototype.getTime.call(object);
        return true;
      case REGEXP_KIND:
        regexpSource.call(object);
        return object !== RegExp.prototype;
      case BUFFER_KIND:
        bufferSize.call(object);
        return true;
      case SHARED_KIND:
        sharedSize.call(object);
        return true;
      case ERROR_KIND:
        // A tag of its own on a subclass hides the brand; then the trial has spoken.
        return Symbol.toStringTag in object ||
          Object.prototype.toString.call(object) === "[object Error]";
      case BOXED_KIND:
        return unboxed(object) !== undefined;
      default:
        return false;
    }
  } catch {
    return false;
  }
}

/** The primitive inside a boxed primitive, or undefined. */
export function unboxed(object: object): unknown {
  for (const Box of [Number, String, Boolean, BigInt]) {
    try {
      return (Box.prototype.valueOf as (this: unknown) => unknown).call(object);
    } catch {
      // Not this one: each throws for every box but its own.
    }
  }
  return undefined;
}
