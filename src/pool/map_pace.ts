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
 * The most a map sends at once before anything of its own came back, and first
 * of all: what the last map of that task was like may not be true of this one.
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

/** What a task was seen to take, shared by the maps of it. */
export interface ItemCost {
  /** Per item; 0: not known yet. */
  micros: number;
}

/** The measure of one map. */
export class MapPace {
  readonly #hands: Hands;
  readonly #auto: boolean;
  readonly #window: number | undefined;
  readonly #cost: ItemCost;
  #size = 1;
  // Per item; 0: not known yet.
  #micros = 0;
  #sent = false;
  // A worker's part of all items, if their number is known.
  #fair = 0;
  #argBytes = 0;
  #resultBytes = 0;

  constructor(
    hands: Hands,
    asked: { chunkSize: number | "auto"; window: number | undefined },
    cost: ItemCost = { micros: 0 },
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

  /** Items that may be pulled and not yet taken. */
  get window(): number {
    if (this.#window !== undefined) return this.#window;
    const { workers, concurrency } = this.#hands;
    const held = workers * concurrency;
    const fits = WINDOW_BYTES * workers / this.#bytes;
    // Never less than the workers may hold: so many were asked for.
    return Math.max(held, Math.min(2 * held * this.#size, Math.floor(fits)));
  }

  /** Items of the next chunk, of which `left` are left if that is known. */
  nextSize(left: number | undefined): number {
    const most = Math.max(1, Math.floor(CHUNK_BYTES / this.#bytes));
    if (!this.#auto) return this.#size;
    const size = Math.min(this.#size, most, this.#sent ? LARGEST : FIRST_ITEMS);
    if (left === undefined) return size;
    const { workers } = this.#hands;
    // Smaller toward the end, so that the workers finish together, but worth a
    // wake, and so that there is something for each of them.
    const share = Math.ceil(left / (2 * workers));
    const worth = Math.floor(WAKE_MICROS / this.#cost.micros);
    const fair = this.#fair ||= Math.ceil(left / workers);
    const least = Math.min(worth, fair);
    return Math.max(1, Math.min(size, left, Math.max(share, least)));
  }

  /** A chunk was sent. */
  sent(items: number, bytes: number): void {
    this.#sent = true;
    this.#argBytes = mean(this.#argBytes, bytes / items);
  }

  /** A chunk came back; `micros` is 0 if nobody measured. */
  done(items: number, bytes: number, micros: number): void {
    this.#resultBytes = mean(this.#resultBytes, bytes / items);
    if (micros <= 0 || !this.#auto) return;
    this.#micros = this.#cost.micros = mean(this.#micros, micros / items);
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
