/**
 * How many items of a map travel together and how many are pulled ahead:
 * measured while it runs, in time and in bytes.
 */

/** Work per chunk the automatic size aims at, in microseconds. */
const TARGET_MICROS = 1000;
/** Arguments and results of a chunk together; copying them takes a fraction of that. */
const CHUNK_BYTES = 2 ** 20;
const LARGEST = 65_536;
/** What is under way or waits for a reader, per worker. */
const WINDOW_BYTES = 16 * 2 ** 20;

/** Who runs the items. */
export interface Hands {
  readonly workers: number;
  readonly concurrency: number;
}

/** The measure of one map. */
export class MapPace {
  readonly #hands: Hands;
  readonly #auto: boolean;
  readonly #window: number | undefined;
  #size = 1;
  // Per item; 0: not known yet.
  #micros = 0;
  #argBytes = 0;
  #resultBytes = 0;

  constructor(
    hands: Hands,
    asked: { chunkSize: number | "auto"; window: number | undefined },
  ) {
    this.#hands = hands;
    this.#auto = asked.chunkSize === "auto";
    if (asked.chunkSize !== "auto") this.#size = asked.chunkSize;
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
    const size = Math.min(this.#size, most);
    if (left === undefined) return size;
    // Smaller toward the end, so that the workers finish together.
    const share = Math.ceil(left / (2 * this.#hands.workers));
    return Math.max(1, Math.min(size, share));
  }

  /** A chunk was sent. */
  sent(items: number, bytes: number): void {
    this.#argBytes = mean(this.#argBytes, bytes / items);
  }

  /** A chunk came back; `micros` is 0 if nobody measured. */
  done(items: number, bytes: number, micros: number): void {
    this.#resultBytes = mean(this.#resultBytes, bytes / items);
    if (micros <= 0 || !this.#auto) return;
    this.#micros = mean(this.#micros, micros / items);
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
