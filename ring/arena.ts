/**
 * The argument arena: shared memory for arguments that do not fit into a cell.
 * Only the host allocates and frees, from lists on its own heap, so there is
 * no lock-free list that a dying worker could corrupt. Segments are fixed
 * buffers (a growable one is 5 to 60 times slower to index); workers are told
 * of a new segment before the first task that lies in it.
 *
 * Memory is handed out in runs of 64 KiB pages, powers of two that are split
 * and merged (the binary buddy system: Knowlton, A fast storage allocator,
 * CACM 1965). Small blocks come in powers of two from runs of one page, which
 * serve one class at a time. A segment is never given back: engines keep the
 * memory until every thread that knew it has collected garbage, which idle
 * threads never do, so the next burst would take new memory beside the old.
 */

/** A block: `segment * 2^32 + byte offset`, exact in a double. */
export type Block = number;

/** No block. */
export const NO_BLOCK = -1;

const PAGE = 65_536;
const SMALLEST = 128;
const OFFSETS = 2 ** 32;
/** A run is named `segment * RUNS + its first page`. */
const RUNS = 2 ** 20;
const ORDERS = 21;
/** The first segment has 2^4 pages; the others as much as there is, up to 2^10. */
const FIRST_ORDER = 4;
const USUAL_ORDER = 10;

/** Tells the workers; called before the first block in it is handed out. */
export interface SegmentListener {
  added(segment: number, buffer: SharedArrayBuffer): void;
}

class Page {
  readonly run: number;
  readonly size: number;
  live = 0;
  readonly free: number[] = [];

  constructor(run: number, size: number) {
    this.run = run;
    this.size = size;
    for (let at = PAGE - size; at >= 0; at -= size) this.free.push(at);
  }
}

/** The allocator. */
export class Arena {
  readonly #listener: SegmentListener;
  readonly #segments: Uint8Array[] = [];
  // Of small blocks: pages by run, and those with room by size.
  readonly #pages = new Map<number, Page>();
  readonly #open = new Map<number, Page[]>();
  // Of large blocks: the order by run.
  readonly #large = new Map<number, number>();
  // Free runs and their orders; the stacks may name runs that merged since.
  readonly #free = new Map<number, number>();
  readonly #stacks: number[][] = Array.from({ length: ORDERS }, () => []);
  #size = 0;

  constructor(listener: SegmentListener) {
    this.#listener = listener;
  }

  /** The buffers a new worker has to know. */
  segments(): Map<number, SharedArrayBuffer> {
    return new Map(
      this.#segments.map((
        bytes,
        id,
      ) => [id, bytes.buffer as SharedArrayBuffer]),
    );
  }

  /** Bytes in segments, used or not. */
  get size(): number {
    return this.#size;
  }

  /** A block of at least `length` bytes, on 128 bytes (large ones on a page). */
  allocate(length: number): Block {
    if (length > PAGE) {
      const order = Math.ceil(Math.log2(length / PAGE));
      const run = this.#take(order);
      this.#large.set(run, order);
      return blockOf(run);
    }
    let size = SMALLEST;
    while (size < length) size *= 2;
    let open = this.#open.get(size);
    if (open === undefined) this.#open.set(size, open = []);
    let page = open[open.length - 1];
    if (page === undefined) {
      page = new Page(this.#take(0), size);
      this.#pages.set(page.run, page);
      open.push(page);
    }
    const at = page.free.pop() as number;
    page.live++;
    if (page.free.length === 0) open.pop();
    return blockOf(page.run) + at;
  }

  /** The bytes of the segment a block lies in. */
  bytes(block: Block): Uint8Array {
    return this.#segments[segmentOf(block)] as Uint8Array;
  }

  /** Gives a block back; nobody may read it any more. */
  free(block: Block): void {
    const offset = offsetOf(block);
    const run = segmentOf(block) * RUNS + Math.floor(offset / PAGE);
    const order = this.#large.get(run);
    if (order !== undefined) {
      this.#large.delete(run);
      return this.#giveBack(run, order);
    }
    const page = this.#pages.get(run) as Page;
    page.free.push(offset % PAGE);
    page.live--;
    if (page.live === 0) return this.#retire(page);
    if (page.free.length === 1) this.#open.get(page.size)?.push(page);
  }

  #retire(page: Page): void {
    const open = this.#open.get(page.size) as Page[];
    const at = open.indexOf(page);
    // One empty page per class stays formatted, so that a class that goes
    // between none and one block does not format a page each time.
    if (at >= 0 && open.length === 1) return;
    if (at >= 0) open.splice(at, 1);
    else if (open.length === 0) {
      open.push(page);
      return;
    }
    this.#pages.delete(page.run);
    this.#giveBack(page.run, 0);
  }

  // ---- runs ---------------------------------------------------------------------

  #take(order: number): number {
    for (let found = order; found < ORDERS; found++) {
      const run = this.#pop(found);
      if (run === undefined) continue;
      for (let half = found - 1; half >= order; half--) {
        this.#put(run + 2 ** half, half);
      }
      return run;
    }
    this.#grow(order);
    return this.#take(order);
  }

  #pop(order: number): number | undefined {
    const stack = this.#stacks[order] as number[];
    for (let run = stack.pop(); run !== undefined; run = stack.pop()) {
      if (this.#free.get(run) === order) {
        this.#free.delete(run);
        return run;
      }
    }
    return undefined;
  }

  #put(run: number, order: number): void {
    this.#free.set(run, order);
    (this.#stacks[order] as number[]).push(run);
  }

  // The other half of what a run was split from has the same order and is free,
  // or the two do not merge; a whole segment has no other half.
  #giveBack(run: number, order: number): void {
    for (;; order++) {
      const first = (run / 2 ** order) % 2 === 0;
      const other = first ? run + 2 ** order : run - 2 ** order;
      if (this.#free.get(other) !== order) break;
      this.#free.delete(other);
      if (!first) run = other;
    }
    this.#put(run, order);
  }

  #grow(order: number): void {
    const total = Math.floor(Math.log2(Math.max(1, this.#size / PAGE)));
    const usual = Math.max(FIRST_ORDER, Math.min(USUAL_ORDER, total));
    const own = Math.max(order, usual);
    const buffer = new SharedArrayBuffer(PAGE * 2 ** own);
    const segment = this.#segments.push(new Uint8Array(buffer)) - 1;
    this.#size += buffer.byteLength;
    this.#listener.added(segment, buffer);
    this.#put(segment * RUNS, own);
  }
}

function blockOf(run: number): Block {
  return Math.floor(run / RUNS) * OFFSETS + (run % RUNS) * PAGE;
}

/** The segment a block lies in. */
export function segmentOf(block: Block): number {
  return Math.floor(block / OFFSETS);
}

/** Where in its segment a block begins, in bytes. */
export function offsetOf(block: Block): number {
  return block % OFFSETS;
}
