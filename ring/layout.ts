/**
 * Where every shared word lies. Pure arithmetic over one Int32Array; the table
 * in README.md is this file in prose. Blocks that different threads write
 * start on 128 bytes: two cache lines, because adjacent lines are fetched in
 * pairs on x64 and are one line on Apple silicon.
 */

import { FREE } from "./state.ts";

/** "whrl" in ASCII, little endian: a buffer of something else is refused. */
export const MAGIC: number = 0x6c726877;
/** Raised with every change of this file; both sides must agree. */
export const VERSION: number = 4;

/** Int32 words in one 128-byte block. */
const BLOCK = 32;

// Header words, written once by the host before the buffer is shared.
const H_MAGIC = 0;
const H_VERSION = 1;
const H_CELLS = 2;
const H_SLOTS = 3;
const H_QUEUES = 4;

/** Word of the host's doorbell. */
export const ARMED: number = BLOCK;
/** First word of the parked mask, one bit per slot. */
export const MASK: number = 2 * BLOCK;
/** First word of the queues. */
const QUEUES = 3 * BLOCK;

// Words of an index ring, relative to its base. Elements leave at HEAD and
// enter at TAIL; MEMBERS is how many live workers serve it (for fair batches).
export const TAIL: number = 0;
export const MEMBERS: number = 1;
export const HEAD: number = BLOCK;
export const ENTRY: number = 2 * BLOCK;

// Words of a worker's control block, relative to its base. The first block is
// written by the worker, the second by the host (PARK by both).
export const DTAIL: number = 0;
export const READY: number = 1;
export const EXITED: number = 2;
export const LOAD: number = 3;
export const RESCUED: number = 4;
export const POSTED: number = 5;
export const BUSY: number = 6;
export const PARK: number = BLOCK;
export const STOP: number = BLOCK + 1;
/** STOP: finish what you hold and end your thread. */
export const LEAVE: number = 1;
/** STOP: you are declared dead; end nothing and touch nothing, the thread is ended for you. */
export const FENCED: number = 2;
export const QUEUE: number = BLOCK + 2;
export const MAIL: number = BLOCK + 3;
/** LOAD of a worker that has not booted: never "less busy" than anybody. */
export const UNREADY: number = 0x7fffffff;
/** First word of the private index ring. */
export const PRIVATE: number = 2 * BLOCK;

// Words of a cell, relative to its base: a header and 96 bytes of arguments,
// then a result header and 104 bytes of result. They do not overlap, so a
// worker that dies while it writes a result leaves the arguments whole.
export const STATE: number = 0;
export const FN: number = 1;
export const FLAGS: number = 2;
export const CANCEL: number = 3;
export const ARG_LENGTH: number = 4;
export const ARG_OFFSET: number = 5;
export const ARG_SEGMENT: number = 6;
export const TASK_NUMBER: number = 7;
export const ARGS: number = 8;
export const RESULT_STATUS: number = 32;
export const RESULT_LENGTH: number = 33;
export const RESULT_OFFSET: number = 34;
export const RESULT_SEGMENT: number = 35;
/** Run time of the task in microseconds, for automatic chunk sizes. */
export const RESULT_TIME: number = 36;
/** Highest item of a chunk whose user code may have started, plus one. */
export const ITEM: number = 37;
export const RESULT: number = 38;

/** Int32 words of one cell: 256 bytes. */
export const CELL_WORDS: number = 64;
/** Bytes of arguments that fit into a cell. */
export const ARG_BYTES: number = (RESULT_STATUS - ARGS) * 4;
/** Bytes of a result that fit into a cell. */
export const RESULT_BYTES: number = (CELL_WORDS - RESULT) * 4;

/** The most slots the 8 bits of a STATE word can name, one kept for "none". */
export const MAX_SLOTS: number = 255;
/** The most cells one buffer may have. */
export const MAX_CELLS: number = 65_536;

/** How many of each thing one buffer holds. */
export interface Shape {
  /** Tasks between submit and settle at one time: a power of two. */
  readonly cells: number;
  /** Incarnations of workers at one time, quarantined ones included. */
  readonly slots: number;
  /** Shared task rings. */
  readonly queues: number;
}

/** The offsets that follow from a shape. */
export class Layout implements Shape {
  readonly cells: number;
  readonly slots: number;
  readonly queues: number;
  readonly maskWords: number;
  /** Total size in Int32 words. */
  readonly words: number;
  readonly #queueWords: number;
  readonly #slotBase: number;
  readonly #slotWords: number;
  readonly #cellBase: number;

  constructor(shape: Shape) {
    check("cells", shape.cells, MAX_CELLS);
    check("slots", shape.slots, MAX_SLOTS);
    check("queues", shape.queues, MAX_SLOTS);
    if ((shape.cells & (shape.cells - 1)) !== 0) {
      throw new RangeError(
        `Cannot lay out rings: cells must be a power of two, found ${shape.cells}`,
      );
    }
    this.cells = shape.cells;
    this.slots = shape.slots;
    this.queues = shape.queues;
    this.maskWords = (shape.slots + 31) >>> 5;
    const entries = Math.ceil(shape.cells / BLOCK) * BLOCK;
    this.#queueWords = ENTRY + entries;
    this.#slotBase = QUEUES + shape.queues * this.#queueWords;
    this.#slotWords = PRIVATE + this.#queueWords + entries;
    this.#cellBase = this.#slotBase + shape.slots * this.#slotWords;
    this.words = this.#cellBase + shape.cells * CELL_WORDS;
  }

  /**
   * Base word of index ring `ring`: the shared ones by their number, then the
   * private ones as {@link privateRing} numbers them.
   */
  ring(ring: number): number {
    return ring < this.queues
      ? QUEUES + ring * this.#queueWords
      : this.slot(ring - this.queues) + PRIVATE;
  }

  /** The number of the private index ring of worker `slot`. */
  privateRing(slot: number): number {
    return this.queues + slot;
  }

  /** Base word of the control block of worker `slot`. */
  slot(slot: number): number {
    return this.#slotBase + slot * this.#slotWords;
  }

  /** First entry of the done ring of worker `slot`. */
  done(slot: number): number {
    return this.slot(slot) + PRIVATE + this.#queueWords;
  }

  /** Base word of `cell`. */
  cell(cell: number): number {
    return this.#cellBase + cell * CELL_WORDS;
  }

  /**
   * Makes the buffer and writes its header.
   *
   * @param first the position at which every ring starts; only tests, which
   * cannot wait for 2^32 tasks, have a reason to choose it
   */
  create(first: number = 0): SharedArrayBuffer {
    const buffer = new SharedArrayBuffer(this.words * 4);
    const words = new Int32Array(buffer);
    // plain: not shared yet
    for (let ring = 0; ring < this.queues + this.slots; ring++) {
      words[this.ring(ring) + HEAD] = words[this.ring(ring) + TAIL] = first;
    }
    for (let slot = 0; slot < this.slots; slot++) {
      words[this.slot(slot) + DTAIL] = first;
    }
    // Zero would say "queued": fresh memory must not look like a task.
    for (let cell = 0; cell < this.cells; cell++) {
      words[this.cell(cell) + STATE] = FREE;
    }
    words[H_MAGIC] = MAGIC;
    words[H_VERSION] = VERSION;
    words[H_CELLS] = this.cells;
    words[H_SLOTS] = this.slots;
    words[H_QUEUES] = this.queues;
    return buffer;
  }

  /**
   * Reads the header that {@link create} wrote.
   *
   * @throws TypeError when the buffer holds something else
   */
  static of(buffer: SharedArrayBuffer): Layout {
    // Less than a header, or no whole number of words: not ours either.
    const words = new Int32Array(buffer, 0, buffer.byteLength >>> 2);
    // plain: the header was written before the buffer was shared and never changes
    if (words[H_MAGIC] !== MAGIC || words[H_VERSION] !== VERSION) {
      throw new TypeError(
        `Cannot attach to rings: expected whorl version ${VERSION}, found ` +
          `${
            words[H_MAGIC] === MAGIC
              ? `version ${words[H_VERSION]}`
              : "another buffer"
          }`,
      );
    }
    const layout = new Layout({
      cells: words[H_CELLS] as number,
      slots: words[H_SLOTS] as number,
      queues: words[H_QUEUES] as number,
    });
    if (layout.words === words.length) return layout;
    throw new TypeError(
      `Cannot attach to rings: expected ${layout.words} words, found ${words.length}`,
    );
  }
}

function check(name: string, value: number, most: number): void {
  if (!Number.isInteger(value) || value < 1 || value > most) {
    throw new RangeError(
      `Cannot lay out rings: ${name} must be an integer from 1 to ${most}, found ${value}`,
    );
  }
}
