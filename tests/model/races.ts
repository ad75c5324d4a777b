/**
 * The race detector: vector clocks. Two plain accesses of one word by two
 * threads, one of them a write, need a chain of atomic writes and the reads
 * that saw them in between. A plain store read by `Atomics.load` (the entries
 * of an index ring) is no race: it is meant to be read early.
 */
/** Threads at most, with room for replacements. */
export const MOST_THREADS = 6;

const T = MOST_THREADS;

/** The clocks of one run; reused, because runs are many and short. */
export class Races {
  /** False: nothing is watched and nothing is paid. */
  readonly on: boolean;
  readonly #clock = new Int32Array(T * T);
  /** Per word: what who reads it atomically knows, then plain writes and reads. */
  #known = new Int32Array(2048 * T);
  #written = new Int32Array(2048);
  #writer = new Int8Array(2048);
  #reads = new Int32Array(2048 * T);
  #used = 0;

  constructor(on: boolean) {
    this.on = on;
  }

  reset(): void {
    if (!this.on) return;
    this.#clock.fill(0);
    for (let id = 0; id < T; id++) this.#clock[id * T + id] = 1;
    this.#known.fill(0, 0, this.#used * T);
    this.#written.fill(0, 0, this.#used);
    this.#writer.fill(0, 0, this.#used);
    this.#reads.fill(0, 0, this.#used * T);
    this.#used = 0;
  }

  /** Makes room for this many words. */
  size(words: number): void {
    this.#used = words;
    if (words <= this.#written.length) return;
    const room = 2 * words;
    this.#known = grown(this.#known, room * T);
    this.#reads = grown(this.#reads, room * T);
    this.#written = grown(this.#written, room);
    const writer = new Int8Array(room);
    writer.set(this.#writer);
    this.#writer = writer;
  }

  /** A new thread knows what its maker did. */
  spawned(maker: number, id: number): void {
    for (let i = 0; i < T; i++) {
      if (i !== id) this.#clock[id * T + i] = this.#now(maker, i);
    }
    (this.#clock[maker * T + maker] as number)++;
  }

  /** What the host does after it heard of an exit comes after all of the thread. */
  joined(id: number, ended: number): void {
    for (let i = 0; i < T; i++) this.#raise(id, i, this.#now(ended, i));
  }

  acquire(id: number, at: number): void {
    if (!this.on || id < 0) return;
    for (let i = 0; i < T; i++) {
      this.#raise(id, i, this.#known[at * T + i] as number);
    }
  }

  release(id: number, at: number): void {
    if (!this.on || id < 0) return;
    for (let i = 0; i < T; i++) this.#known[at * T + i] = this.#now(id, i);
    (this.#clock[id * T + id] as number)++;
  }

  /** A plain read; answers the thread it races with, or -1. */
  read(id: number, at: number): number {
    if (!this.on) return -1;
    this.#reads[at * T + id] = this.#now(id, id);
    return this.#writeRace(id, at);
  }

  /** A plain write; answers as {@link read}. */
  write(id: number, at: number): number {
    if (!this.on) return -1;
    let race = this.#writeRace(id, at);
    for (let i = 0; i < T; i++) {
      const read = this.#reads[at * T + i] as number;
      if (i !== id && read > this.#now(id, i)) race = i;
    }
    this.#written[at] = this.#now(id, id);
    this.#writer[at] = id + 1;
    return race;
  }

  #writeRace(id: number, at: number): number {
    const writer = (this.#writer[at] as number) - 1;
    if (writer < 0 || writer === id) return -1;
    return (this.#written[at] as number) > this.#now(id, writer) ? writer : -1;
  }

  #now(id: number, of: number): number {
    return this.#clock[id * T + of] as number;
  }

  #raise(id: number, of: number, to: number): void {
    if (to > this.#now(id, of)) this.#clock[id * T + of] = to;
  }
}

function grown(
  old: Int32Array<ArrayBuffer>,
  length: number,
): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(length);
  larger.set(old);
  return larger;
}
