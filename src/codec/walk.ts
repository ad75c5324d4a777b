/**
 * The way through a value: which object is written how, which were met before,
 * and what does not travel. Plain objects, arrays and collections are written
 * here; everything with an inside of its own in builtin.ts.
 */

import { hasNames } from "../runtime/text.ts";
import { writeBuiltin, writeView } from "./builtin.ts";
import { Identity } from "./identity.ts";
import { FOREIGN_KIND, kindOf, MAP_KIND, PLAIN, SET_KIND } from "./kind.ts";
import { isMoving } from "./move.ts";
import { entry, located, property, Refusal } from "./path.ts";
import * as tags from "./tags.ts";
import type { Route, Shares } from "./route.ts";
import type { Writer } from "./writer.ts";

/** Writes values, one at a time, and knows the objects of the current one. */
export class Walk implements Route {
  readonly writer: Writer;
  readonly shares: Shares;
  readonly #seen: Identity = new Identity();
  readonly #deep: object[] = [];
  readonly #beside: unknown[];
  /** Buffers that the values of this message give away. */
  readonly moved: ArrayBuffer[] = [];
  /** Whether values may give something away. */
  moves = false;
  #depth = 0;
  #foreign = false;

  /** `foreign`: where values go that travel beside the message. */
  constructor(writer: Writer, shares: Shares, foreign: unknown[]) {
    this.writer = writer;
    this.shares = shares;
    this.#beside = foreign;
  }

  /**
   * Writes one value with an identity table of its own, and says whether all of
   * it could be written; if not, only structured clone can carry it.
   * @throws {Refusal} with the path relative to the value.
   */
  root(value: unknown): boolean {
    this.#depth = 0;
    this.#foreign = false;
    try {
      this.value(value);
      if (this.#deep.length > 0) this.#contents();
      return !this.#foreign;
    } finally {
      this.#seen.clear();
      if (this.#deep.length > 0) this.#deep.length = 0;
    }
  }

  value(value: unknown): void {
    switch (typeof value) {
      case "string":
        return this.writer.text(value);
      case "number":
        return this.writer.number(value);
      case "object":
        return value === null
          ? this.writer.byte(tags.NULL)
          : this.#object(value);
      case "boolean":
        return this.writer.byte(value ? tags.TRUE : tags.FALSE);
      case "undefined":
        return this.writer.byte(tags.UNDEFINED);
      case "bigint":
        return this.writer.bigint(value);
      case "function":
        throw new Refusal("functions do not travel, pass a task");
      default:
        throw new Refusal("symbols do not travel, pass a string");
    }
  }

  step(value: unknown, segment: string): void {
    try {
      this.value(value);
    } catch (error) {
      throw located(error, segment);
    }
  }

  add(object: object): void {
    this.#seen.add(object);
  }

  takes(buffer: ArrayBuffer): boolean {
    if (!this.moves || !isMoving(buffer)) return false;
    if (this.moved.includes(buffer)) {
      throw new Refusal("the buffer is moved already, it can go only once");
    }
    this.moved.push(buffer);
    return !this.shares.apart;
  }

  beside(value: unknown): void {
    this.writer.uint32(this.#beside.length);
    this.#beside.push(value);
  }

  leave(): void {
    this.#foreign = true;
    this.writer.byte(tags.NULL);
  }

  /** The plain form of an object: its own enumerable string keys. */
  plain(object: object): void {
    const writer = this.writer;
    const keys = Object.keys(object);
    const count = keys.length;
    const block = writer.keys(keys);
    if (!block) {
      writer.byte(tags.OBJECT_LONG);
      writer.uint32(count);
    }
    let i = 0;
    try {
      for (; i < count; i++) {
        const key = keys[i]!;
        if (!block) writer.text(key);
        const value = (object as Record<string, unknown>)[key];
        if (value === undefined && !Object.hasOwn(object, key)) {
          writer.byte(tags.ABSENT);
        } else this.value(value);
      }
    } catch (error) {
      throw located(error, property(keys[i]!));
    }
  }

  #object(object: object): void {
    const number = this.#seen.find(object);
    if (number >= 0) {
      this.writer.byte(tags.REFERENCE);
      this.writer.uint32(number);
      return;
    }
    // A view is counted after its buffer, as the decoder has to make them.
    if (ArrayBuffer.isView(object)) return writeView(this, object);
    const kind = Array.isArray(object) ? -1 : kindOf(object);
    this.#seen.add(object);
    const container = kind <= SET_KIND;
    if (container && this.#depth >= tags.MAX_DEPTH) {
      return this.#postpone(object, kind);
    }
    // Only chains of errors get here: they are not cut, so they must end.
    if (this.#depth >= tags.DEPTH_BOUND) {
      throw new Refusal("the chain of causes is too deep, shorten it");
    }
    this.#depth++;
    if (container) this.#container(object, kind);
    else if (kind === FOREIGN_KIND) this.leave();
    else writeBuiltin(this, object, kind);
    this.#depth--;
  }

  #container(object: object, kind: number): void {
    switch (kind) {
      case PLAIN:
        return this.plain(object);
      case MAP_KIND:
        return this.#map(object as Map<unknown, unknown>);
      case SET_KIND:
        return this.#set(object as Set<unknown>);
      default:
        return this.#array(object as unknown[]);
    }
  }

  #postpone(object: object, kind: number): void {
    this.writer.byte(tags.DEEP);
    this.writer.byte(kind + 1);
    this.#deep.push(object);
  }

  /** Writes what was postponed; that may postpone more, which ends up in the same list. */
  #contents(): void {
    for (let i = 0; i < this.#deep.length; i++) {
      const object = this.#deep[i]!;
      this.#depth = 1;
      try {
        this.#container(object, Array.isArray(object) ? -1 : kindOf(object));
      } catch (error) {
        throw located(error, "<deep>");
      }
    }
  }

  #array(array: unknown[]): void {
    const writer = this.writer;
    const length = array.length;
    // Before anything is written: names are found by counting, and a hole counts against them.
    if (hasNames(array)) return this.#sparse(array);
    if (length > 0 && writer.numbers(array)) return;
    for (let i = 0; i < length; i++) {
      if (array[i] === undefined && !Object.hasOwn(array, i)) {
        return this.#sparse(array);
      }
    }
    writer.byte(tags.ARRAY);
    writer.uint32(length);
    let i = 0;
    try {
      for (; i < length; i++) {
        const value = array[i];
        if (value === undefined && !Object.hasOwn(array, i)) {
          writer.byte(tags.HOLE);
        } else this.value(value);
      }
    } catch (error) {
      throw located(error, `[${i}]`);
    }
  }

  /** Arrays with holes or with names: what is there, by key, in its order. */
  #sparse(array: unknown[]): void {
    const writer = this.writer;
    const keys = Object.keys(array);
    writer.byte(tags.ARRAY_SPARSE);
    writer.uint32(array.length);
    writer.uint32(keys.length);
    for (const key of keys) {
      const index = Number(key) >>> 0;
      // 2^32-1 is a name, not an index.
      const indexed = String(index) === key && index !== 0xffffffff;
      if (indexed) writer.number(index);
      else writer.text(key);
      try {
        const value = (array as unknown as Record<string, unknown>)[key];
        if (value === undefined && !Object.hasOwn(array, key)) {
          writer.byte(tags.ABSENT);
        } else this.value(value);
      } catch (error) {
        throw located(error, indexed ? `[${key}]` : property(key));
      }
    }
  }

  #map(map: Map<unknown, unknown>): void {
    // Taken whole first: a getter met on the way may change the map.
    const entries: unknown[] = [];
    Map.prototype.forEach.call(map, (value, key) => entries.push(key, value));
    this.writer.byte(tags.MAP);
    this.writer.uint32(entries.length / 2);
    for (let i = 0; i < entries.length; i += 2) {
      this.step(entries[i], `<key ${i / 2}>`);
      try {
        this.value(entries[i + 1]);
      } catch (error) {
        throw located(error, entry(entries[i], i / 2));
      }
    }
  }

  #set(set: Set<unknown>): void {
    const members: unknown[] = [];
    Set.prototype.forEach.call(set, (member) => members.push(member));
    this.writer.byte(tags.SET);
    this.writer.uint32(members.length);
    for (let i = 0; i < members.length; i++) {
      try {
        this.value(members[i]);
      } catch (error) {
        throw located(error, `<member ${i}>`);
      }
    }
  }
}
