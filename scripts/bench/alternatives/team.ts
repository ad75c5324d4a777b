/** Threads that do one shape of work again and again, on words they share with the host. */
import { Worker } from "node:worker_threads";

/** Words at the front; what the threads work on lies behind them. */
const [GO, FINISHED] = [0, 32];
export const HEAD = 64;
export const TAIL = 96;
export const DATA = 128;

/** So many threads of team_worker.mjs. */
export class Team {
  readonly words: Int32Array;
  readonly #threads: readonly Worker[];
  #turn = 0;

  constructor(work: string, threads: number, given: { size: number }) {
    const words = DATA + given.size * 4;
    const buffer = new SharedArrayBuffer(words * 4);
    this.words = new Int32Array(buffer);
    this.#threads = Array.from({ length: threads }, (_, index) => {
      const url = new URL("./team_worker.mjs", import.meta.url);
      const { size } = given;
      return new Worker(url, { workerData: { buffer, work, index, size } });
    });
  }

  /** Lets all of them do their work once, while `meanwhile` runs here; answers the milliseconds. */
  run(meanwhile: () => void): number {
    Atomics.store(this.words, FINISHED, 0);
    Atomics.store(this.words, GO, ++this.#turn);
    const began = performance.now();
    Atomics.notify(this.words, GO);
    meanwhile();
    for (;;) {
      const finished = Atomics.load(this.words, FINISHED);
      if (finished === this.#threads.length) return performance.now() - began;
      Atomics.wait(this.words, FINISHED, finished, 100);
    }
  }

  async end(): Promise<void> {
    Atomics.store(this.words, GO, -1);
    Atomics.notify(this.words, GO);
    await Promise.all(this.#threads.map((thread) => thread.terminate()));
  }
}
