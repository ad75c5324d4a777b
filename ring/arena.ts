/**
 * The argument arena: shared memory for arguments that do not fit into a cell.
 * Only the host allocates and frees, from lists on its own heap, so there is
 * no lock-free list that a dying worker could corrupt. Segments are fixed
 * buffers (a growable one is 5 to 60 times slower to index); workers are told
 * of a new segment before the first task that lies in it.
 *
 * Small blocks come in powers of two from pages of 64 KiB; a page serves one
 * class at a time and returns to the free pages when its last block is freed.
 * Larger blocks get a segment of their own. Segments in which nothing is used
 * are kept for reuse up to a budget, so that a burst does not stay for ever.
 */

/** A block: `segment * 2^32 + byte offset`, exact in a double. */
export type Block = number;

/** No block. */
export const NO_BLOCK = -1;

const PAGE = 65_536;
const PAGES = 16;
const SMALLEST = 128;
const OFFSETS = 2 ** 32;

/** Tells the workers; called before the block is handed out or after the last use. */
export interface SegmentListener {
  added(segment: number, buffer: SharedArrayBuffer): void;
  dropped(segment: number): void;
}

class Page {
  readonly segment: number;
  readonly start: number;
  size = 0;
  live = 0;
  free: number[] = [];

  constructor(segment: number, start: number) {
    this.segment = segment;
    this.start = start;
  }

  format(size: number): void {
    this.size = size;
    this.free = [];
    for (let at = PAGE - size; at >= 0; at -= size) this.free.push(at);
  }
}

/** The allocator. */
export class Arena {
  readonly #listener: SegmentListener;
  readonly #budget: number;
  readonly #segments = new Map<number, Uint8Array>();
  readonly #pages = new Map<number, Page>();
  readonly #open = new Map<number, Page[]>();
  #freePages: Page[] = [];
  // How many of the pages of a segment are free.
  readonly #freeIn = new Map<number, number>();
  // Segments of one large block each, free ones by capacity.
  readonly #large = new Map<number, number>();
  readonly #spare: number[] = [];
  #spareBytes = 0;
  #next = 0;

  /** `budget`: bytes of pages, and of large segments, kept for reuse while unused. Default 64 MiB each. */
  constructor(listener: SegmentListener, budget: number = 64 * 1024 * 1024) {
    this.#listener = listener;
    this.#budget = budget;
  }

  /** The buffers a new worker has to know. */
  segments(): Map<number, SharedArrayBuffer> {
    const all = new Map<number, SharedArrayBuffer>();
    for (const [id, bytes] of this.#segments) {
      all.set(id, bytes.buffer as SharedArrayBuffer);
    }
    return all;
  }

  /** Bytes in segments, used or not. */
  get size(): number {
    let size = 0;
    for (const bytes of this.#segments.values()) size += bytes.length;
    return size;
  }

  /** A block of at least `length` bytes, on 128 bytes (large ones on a page). */
  allocate(length: number): Block {
    if (length > PAGE) return this.#allocateLarge(length);
    let size = SMALLEST;
    while (size < length) size *= 2;
    let open = this.#open.get(size);
    if (open === undefined) this.#open.set(size, open = []);
    let page = open[open.length - 1];
    if (page === undefined) {
      if (this.#freePages.length === 0) this.#grow();
      page = this.#freePages.pop() as Page;
      this.#countFree(page.segment, -1);
      page.format(size);
      open.push(page);
    }
    const at = page.free.pop() as number;
    page.live++;
    if (page.free.length === 0) open.pop();
    return page.segment * OFFSETS + page.start + at;
  }

  /** The bytes of the segment a block lies in. */
  bytes(block: Block): Uint8Array {
    return this.#segments.get(segmentOf(block)) as Uint8Array;
  }

  /** Gives a block back; nobody may read it any more. */
  free(block: Block): void {
    const segment = segmentOf(block);
    if (this.#large.has(segment)) return this.#freeLarge(segment);
    const offset = offsetOf(block);
    const page = this.#pages.get(
      segment * PAGES + Math.floor(offset / PAGE),
    ) as Page;
    page.free.push(offset - page.start);
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
    this.#freePages.push(page);
    const free = this.#countFree(page.segment, 1);
    if (free === PAGES && this.#freePages.length * PAGE > this.#budget) {
      this.#shrink(page.segment);
    }
  }

  #countFree(segment: number, change: number): number {
    const free = (this.#freeIn.get(segment) ?? 0) + change;
    this.#freeIn.set(segment, free);
    return free;
  }

  #shrink(segment: number): void {
    this.#freePages = this.#freePages.filter((page) =>
      page.segment !== segment
    );
    for (let i = 0; i < PAGES; i++) this.#pages.delete(segment * PAGES + i);
    this.#freeIn.delete(segment);
    this.#segments.delete(segment);
    this.#listener.dropped(segment);
  }

  #grow(): void {
    const segment = this.#add(PAGE * PAGES);
    for (let i = PAGES - 1; i >= 0; i--) {
      const page = new Page(segment, i * PAGE);
      this.#pages.set(segment * PAGES + i, page);
      this.#freePages.push(page);
    }
    this.#countFree(segment, PAGES);
  }

  #add(size: number): number {
    const segment = this.#next++;
    const buffer = new SharedArrayBuffer(size);
    this.#segments.set(segment, new Uint8Array(buffer));
    this.#listener.added(segment, buffer);
    return segment;
  }

  #allocateLarge(length: number): Block {
    // The spare segment that wastes least, and never more than as much again.
    let best = -1;
    for (let i = 0; i < this.#spare.length; i++) {
      const size = this.#large.get(this.#spare[i] as number) as number;
      if (size < length || size > 2 * length) continue;
      if (best < 0 || size < this.#spareSize(best)) best = i;
    }
    if (best >= 0) {
      const segment = this.#spare.splice(best, 1)[0] as number;
      this.#spareBytes -= this.#large.get(segment) as number;
      return segment * OFFSETS;
    }
    const size = Math.ceil(length / PAGE) * PAGE;
    const segment = this.#add(size);
    this.#large.set(segment, size);
    return segment * OFFSETS;
  }

  #spareSize(index: number): number {
    return this.#large.get(this.#spare[index] as number) as number;
  }

  #freeLarge(segment: number): void {
    this.#spare.push(segment);
    this.#spareBytes += this.#large.get(segment) as number;
    while (this.#spareBytes > this.#budget) {
      const oldest = this.#spare.shift() as number;
      this.#spareBytes -= this.#large.get(oldest) as number;
      this.#large.delete(oldest);
      this.#segments.delete(oldest);
      this.#listener.dropped(oldest);
    }
  }
}

/** The segment a block lies in. */
export function segmentOf(block: Block): number {
  return Math.floor(block / OFFSETS);
}

/** Where in its segment a block begins, in bytes. */
export function offsetOf(block: Block): number {
  return block % OFFSETS;
}
