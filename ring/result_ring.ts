/**
 * Where results go that do not fit into a cell: a byte ring per worker, with
 * the worker as its only writer and the host as its only reader. A worker
 * never waits for room: when the ring is full it goes on in a larger one, and
 * a result larger than a quarter of the ring gets a segment of its own. All of
 * it dies with its worker, so a half-written record harms nobody.
 */

/** Bytes before the data: word 0 is FREED, where the reader gives room back. */
const HEADER = 128;
const FREED = 0;
const UNIT = 8;
/** A ring is not grown beyond this many bytes; results then get segments. */
const LARGEST = 16 * 1024 * 1024;
/** Free segments for single large results kept for reuse, in bytes. */
const BUDGET = 64 * 1024 * 1024;

/** Tells the host of a new segment before a result lies in it, and of a dropped one. */
export interface ResultListener {
  added(segment: number, buffer: SharedArrayBuffer, single: boolean): void;
  dropped(segment: number): void;
}

/** Where a record was written: bytes of a segment from `offset` on. */
export interface Room {
  segment: number;
  bytes: Uint8Array;
  /** In bytes, a multiple of 8. */
  offset: number;
}

class Segment {
  readonly id: number;
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
  readonly capacity: number;
  readonly single: boolean;
  /** Units (of a ring) or records (of a single) so far; wraps at 2^32. */
  written: number;

  constructor(id: number, buffer: SharedArrayBuffer, single: boolean) {
    this.id = id;
    this.words = new Int32Array(buffer, 0, HEADER / 4);
    this.bytes = new Uint8Array(buffer);
    this.capacity = (buffer.byteLength - HEADER) / UNIT;
    this.single = single;
    // B0 ⇒ B1: both ends begin where FREED stands; nothing lies in it yet.
    this.written = Atomics.load(this.words, FREED);
  }

  /** Where the next record of a ring goes; its capacity is a power of two. */
  position(): number {
    return (this.written >>> 0) % this.capacity;
  }

  /** Units or records the reader has not given back. */
  used(): number {
    // B2 ⇒ B1: acquire before we overwrite: the reader copied everything below FREED.
    return (this.written - Atomics.load(this.words, FREED)) | 0;
  }
}

/**
 * The first ring of a worker.
 *
 * @param size bytes of room, a power of two: positions wrap at 2^32, and only
 * then does a lap end there too
 * @param first the position at which it starts, for tests of that wrap
 * @throws RangeError for a size that is no power of two or less than 64
 */
export function createResultRing(
  size: number,
  first: number = 0,
): SharedArrayBuffer {
  if (!(size >= 64 && size <= 2 ** 30 && (size & (size - 1)) === 0)) {
    throw new RangeError(
      `Cannot make a result ring: size must be a power of two from 64, found ${size}`,
    );
  }
  const buffer = new SharedArrayBuffer(HEADER + size);
  // plain: not shared yet
  new Int32Array(buffer)[FREED] = first;
  return buffer;
}

/** The worker's end. */
export class ResultWriter {
  readonly #listener: ResultListener;
  readonly #singles: Segment[] = [];
  #ring: Segment;
  #next = 1;

  /** `buffer`: the ring made by the host with {@link createResultRing}, segment 0. */
  constructor(buffer: SharedArrayBuffer, listener: ResultListener) {
    this.#ring = new Segment(0, buffer, false);
    this.#listener = listener;
  }

  /**
   * Room for a record of `length` bytes, a multiple of 8.
   *
   * Callers: the worker. Waits: never. On death: gap R1; the bytes were never
   * published and the ring goes with its worker.
   */
  reserve(length: number): Room {
    const units = length / UNIT;
    if (units > this.#ring.capacity / 4) {
      if (this.#ring.bytes.length >= LARGEST || units > LARGEST / UNIT / 8) {
        return this.#reserveSingle(length);
      }
      this.#grow(length);
    }
    return this.#place(units) ?? this.#spill(length);
  }

  #place(units: number): Room | null {
    const ring = this.#ring;
    const at = ring.position();
    // A record never wraps: the rest of the lap is skipped and counted as used.
    const skip = at + units > ring.capacity ? ring.capacity - at : 0;
    if (ring.used() + skip + units > ring.capacity) return null;
    ring.written = (ring.written + skip + units) | 0;
    return {
      segment: ring.id,
      bytes: ring.bytes,
      offset: HEADER + (skip > 0 ? 0 : at) * UNIT,
    };
  }

  #spill(length: number): Room {
    if (this.#ring.bytes.length >= LARGEST) return this.#reserveSingle(length);
    this.#grow(length);
    return this.#place(length / UNIT) as Room;
  }

  #grow(length: number): void {
    let size = (this.#ring.bytes.length - HEADER) * 2;
    while (size < length * 4) size *= 2;
    // The old ring is read to its end by the host and then dropped there.
    this.#ring = this.#add(size, false);
  }

  #reserveSingle(length: number): Room {
    let free = 0;
    for (let i = this.#singles.length - 1; i >= 0; i--) {
      const segment = this.#singles[i] as Segment;
      if (segment.used() !== 0) continue;
      const size = segment.capacity * UNIT;
      if (size >= length && size <= 2 * length) return take(segment);
      free += size;
      if (free > BUDGET) {
        this.#singles.splice(i, 1);
        this.#listener.dropped(segment.id);
      }
    }
    const segment = this.#add(length, true);
    this.#singles.push(segment);
    return take(segment);
  }

  #add(size: number, single: boolean): Segment {
    const buffer = new SharedArrayBuffer(HEADER + size);
    const segment = new Segment(this.#next++, buffer, single);
    this.#listener.added(segment.id, buffer, single);
    return segment;
  }
}

/** The host's end: gives room back in the order in which it was written. */
export class ResultReader {
  readonly #segments = new Map<number, Segment>();
  #ring: Segment;

  constructor(buffer: SharedArrayBuffer) {
    this.#ring = new Segment(0, buffer, false);
    this.#segments.set(0, this.#ring);
  }

  /** Takes note of a segment the worker made. */
  add(segment: number, buffer: SharedArrayBuffer, single: boolean): void {
    this.#segments.set(segment, new Segment(segment, buffer, single));
  }

  /** Forgets a segment the worker will not use again. */
  drop(segment: number): void {
    this.#segments.delete(segment);
  }

  /** The bytes of a segment; undefined when it was never announced. */
  bytes(segment: number): Uint8Array | undefined {
    return this.#segments.get(segment)?.bytes;
  }

  /**
   * Gives back a record that was copied out; records come in the order
   * written, because done rings keep the order in which results are handed over.
   *
   * Callers: the host. Waits: never. Linearizes: at B1.
   */
  free(segment: number, offset: number, length: number): void {
    const from = this.#segments.get(segment);
    if (from === undefined) return;
    if (from.single) {
      from.written = (from.written + 1) | 0;
    } else {
      if (from !== this.#ring) {
        // The worker went on in a larger ring and never writes to the old one.
        this.#segments.delete(this.#ring.id);
        this.#ring = from;
      }
      const start = (offset - HEADER) / UNIT;
      // What the writer skipped at the end of a lap, and records of results
      // that nobody could read: all of it is before this record.
      const skip = (start - from.position()) & (from.capacity - 1);
      from.written = (from.written + skip + length / UNIT) | 0;
    }
    // B1 ⇒ B2, B1 ⇒ B0: our reads of these bytes are over.
    Atomics.store(from.words, FREED, from.written);
  }
}

function take(segment: Segment): Room {
  segment.written = (segment.written + 1) | 0;
  return { segment: segment.id, bytes: segment.bytes, offset: HEADER };
}
