/**
 * Values into bytes, one message at a time. The bytes are private to the two
 * ends of a pool, which run the same version; nothing is ever stored.
 */

import { StateError } from "../errors.ts";
import { FailureWriter } from "./failure.ts";
import { codecError, Refusal } from "./path.ts";
import type { Shares } from "./route.ts";
import * as tags from "./tags.ts";
import { Walk } from "./walk.ts";
import { Writer } from "./writer.ts";
import type { Mark } from "./writer.ts";

/** Appends values to a message and moves it to where it is sent from. */
export class Encoder {
  /** Values that travel beside the message, by structured clone, met since `begin()`. */
  readonly foreign: unknown[] = [];
  readonly #writer: Writer = new Writer();
  readonly #walk: Walk;
  readonly #apart: boolean;
  readonly #failure: FailureWriter;
  #busy = false;

  readonly #moves: boolean;

  /** `moves`: values may give memory away, which {@link takeMoved} takes. */
  constructor(shares: Shares, moves = false) {
    this.#moves = moves;
    this.#walk = new Walk(this.#writer, shares, this.foreign);
    this.#apart = shares.apart;
    this.#failure = new FailureWriter(
      this.#writer,
      (value) => this.#travels(value),
    );
  }

  /**
   * Whether a value is being read right now. A getter in it may call back into
   * the pool, which then needs another encoder.
   */
  get busy(): boolean {
    return this.#busy;
  }

  /** Starts a message; whatever was not copied is dropped. */
  begin(): void {
    this.#idle();
    this.#writer.clear();
    if (this.foreign.length > 0) this.foreign.length = 0;
    if (this.#walk.moved.length > 0) this.#walk.moved.length = 0;
  }

  /** Whether values since `begin()` give memory away. */
  get gives(): boolean {
    return this.#walk.moved.length > 0;
  }

  /**
   * Takes the memory that values give away: whoever had it finds it detached,
   * and the message stays as it is.
   */
  takeMoved(): void {
    for (const buffer of this.#walk.moved) {
      const taken = detach(buffer);
      const at = this.foreign.indexOf(buffer);
      if (at >= 0) this.foreign[at] = taken;
      else this.#writer.replace(buffer, taken);
    }
    this.#walk.moved.length = 0;
  }

  /**
   * Appends one value. Objects keep their identity within it, not across calls.
   * @param root what the value is called in a path, like "args".
   * @throws {CodecError} if it does not travel; nothing is appended then.
   */
  value(value: unknown, root: string): void {
    this.#idle();
    // Numbers and short text run no code of the caller and cannot fail.
    if (typeof value === "number") return this.#writer.number(value);
    this.#busy = true;
    this.#walk.moves = this.#moves;
    const mark = this.#writer.mark();
    const beside = this.foreign.length;
    const moved = this.#walk.moved.length;
    try {
      this.#write(value, mark, beside);
    } catch (error) {
      this.#rollback(mark, beside);
      this.#walk.moved.length = moved;
      throw codecError(error, root);
    } finally {
      this.#walk.moves = false;
      this.#busy = false;
    }
  }

  /** Appends something a task threw, with all of it that travels; never throws for what it is. */
  failure(error: unknown): void {
    this.#idle();
    this.#busy = true;
    const mark = this.#writer.mark();
    const beside = this.foreign.length;
    try {
      this.#failure.write(error);
    } catch {
      // No stack or no memory left to look at it: the fact itself must still arrive.
      this.#rollback(mark, beside);
      this.#failure.giveUp();
    } finally {
      this.#busy = false;
    }
  }

  /** Appends a count. */
  uint32(value: number): void {
    this.#idle();
    this.#writer.uint32(value);
  }

  /** The size of the message in bytes, a multiple of 8. */
  end(): number {
    this.#idle();
    return this.#writer.end();
  }

  /** Copies the message, once, and forgets it. The offset is a multiple of 8. */
  copyTo(target: Uint8Array, offset: number): void {
    this.#idle();
    this.#writer.copyTo(target, offset);
  }

  /** The message in bytes of its own, once. */
  take(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(this.end());
    this.copyTo(bytes, 0);
    return bytes;
  }

  #write(value: unknown, mark: Mark, beside: number): void {
    if (this.#walk.root(value)) return;
    this.#rollback(mark, beside);
    if (this.#apart) {
      throw new Refusal(
        'it holds an object of the platform, which does not leave its process: pass what it holds, or use startMethod "thread"',
      );
    }
    let snapshot: unknown;
    try {
      snapshot = structuredClone(value);
    } catch (error) {
      throw new Refusal(
        "it holds an object of the platform and cannot be cloned, see the cause",
        error,
      );
    }
    this.#writer.byte(tags.FOREIGN);
    this.#writer.uint32(this.foreign.length);
    this.foreign.push(snapshot);
  }

  /** Appends a part of a failure if it travels; a failure is never refused for one of its parts. */
  #travels(value: unknown): boolean {
    const mark = this.#writer.mark();
    const beside = this.foreign.length;
    try {
      this.#write(value, mark, beside);
      return true;
    } catch {
      this.#rollback(mark, beside);
      return false;
    }
  }

  #rollback(mark: Mark, beside: number): void {
    this.#writer.rollback(mark);
    if (this.foreign.length > beside) this.foreign.length = beside;
  }

  #idle(): void {
    if (this.#busy) {
      throw new StateError(
        "not_finished",
        "Cannot use an encoder inside a getter of its value: take another one",
      );
    }
  }
}

/** The memory of a buffer; a copy where it cannot be detached. */
function detach(buffer: ArrayBuffer): ArrayBuffer {
  try {
    return structuredClone(buffer, { transfer: [buffer] });
  } catch {
    return structuredClone(buffer);
  }
}
