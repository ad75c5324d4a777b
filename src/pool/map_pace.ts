/**
 * How many items of a map travel together and how many are pulled ahead:
 * measured while it runs, in time and in bytes.
 */
import { WAKE_MICROS } from "./demand.ts";

/** Work per chunk the automatic size aims at, in microseconds. */
const TARGET_MICROS = 1000;
/** Arguments and results of a chunk together; copying them takes a fraction of that. */
const CHUNK_BYTES = 2 ** 20;
const LARGEST = 65_536;
/**
 * What the last map of a task was like may not be true of this one: until its
 * own first results are there a message has no more work than this, no more
 * items, and the first one, or each of an input whose length is unknown, fewer.
 */
const START_MICROS = TARGET_MICROS / 8;
const START_ITEMS = 256;
const FIRST_ITEMS = 8;
/** What is under way or waits for a reader, per worker. */
const WINDOW_BYTES = 16 * 2 ** 20;

/** Who runs the items. */
export interface Hands {
  readonly workers: number;
  readonly concurrency: number;
}

/** What an item of a task was seen to take, shared by the maps of it; 0: not known yet. */
export interface ItemCost {
  micros: number;
  /** Of arguments and results. */
  bytes: number;
}

/** The measure of one map. */
export class MapPace {
  readonly #hands: Hands;
  readonly #auto: boolean;
  readonly #window: number | undefined;
  readonly #cost: ItemCost;
  #size = 1;
  // Per item, the latest most; 0: not known yet.
  #micros = 0;
  // Of all that came back.
  #items = 0;
  #spent = 0;
  #sent = false;
  // A worker's part of all items, if their number is known.
  #fair = 0;
  #argBytes = 0;
  #resultBytes = 0;

  constructor(
    hands: Hands,
    asked: { chunkSize: number | "auto"; window: number | undefined },
    cost: ItemCost = { micros: 0, bytes: 0 },
  ) {
    this.#hands = hands;
    this.#auto = asked.chunkSize === "auto";
    this.#cost = cost;
    if (asked.chunkSize !== "auto") this.#size = asked.chunkSize;
    else if (cost.micros > 0) {
      const ideal = Math.floor(START_MICROS / cost.micros);
      this.#size = Math.max(1, Math.min(START_ITEMS, ideal));
    }
    this.#window = asked.window;
  }

  /** How long an item is expected to take, in microseconds; 0: not known. */
  get itemMicros(): number {
    return this.#micros || this.#cost.micros;
  }

  /** Items that may be pulled and not yet taken. */
  get window(): number {
    if (this.#window !== undefined) return this.#window;
    const { workers, concurrency } = this.#hands;
    const held = workers * concurrency;
    const fits = WINDOW_BYTES * workers / this.#bytes;
    const size = this.#auto && this.#micros === 0
      ? Math.min(this.#size, FIRST_ITEMS)
      : this.#size;
    // Never less than the workers may hold: so many were asked for.
    return Math.max(held, Math.min(2 * held * size, Math.floor(fits)));
  }

  /** Items of the next chunk, of which `left` are left if that is known. */
  nextSize(left: number | undefined): number {
    if (!this.#auto) return this.#size;
    const bytes = this.#sent ? this.#bytes : this.#cost.bytes;
    const most = Math.max(1, Math.floor(CHUNK_BYTES / bytes));
    const proven = this.#micros > 0 || (this.#sent && left !== undefined);
    const size = Math.min(this.#size, most, proven ? LARGEST : FIRST_ITEMS);
    if (left === undefined) return size;
    const { workers } = this.#hands;
    // Smaller toward the end, so that the workers finish together, but worth a
    // wake, and so that there is something for each of them.
    const share = Math.ceil(left / (2 * workers));
    const worth = Math.floor(WAKE_MICROS / this.itemMicros);
    const fair = this.#fair ||= Math.ceil(left / workers);
    const least = Math.min(worth, fair);
    return Math.max(1, Math.min(size, left, Math.max(share, least)));
  }

  /** A chunk was sent. */
  sent(items: number, bytes: number): void {
    this.#sent = true;
    this.#argBytes = mean(this.#argBytes, bytes / items);
    this.#cost.bytes = this.#bytes;
  }

  /** A chunk came back; `micros` is 0 if nobody measured. */
  done(items: number, bytes: number, micros: number): void {
    this.#resultBytes = mean(this.#resultBytes, bytes / items);
    this.#cost.bytes = this.#bytes;
    if (micros <= 0) return;
    this.#micros = mean(this.#micros, micros / items);
    this.#items += items;
    this.#spent += micros;
    this.#cost.micros = this.#spent / this.#items;
    if (!this.#auto) return;
    const ideal = Math.floor(TARGET_MICROS / this.#micros);
    this.#size = Math.max(1, Math.min(LARGEST, this.#size * 8, ideal));
  }

  get #bytes(): number {
    return this.#argBytes + this.#resultBytes;
  }
}

function mean(before: number, now: number): number {
  return before === 0 ? now : before * 0.75 + now * 0.25;
}
