/** How fast do two threads pass a word back and forth with nothing around it? */
import { Worker } from "node:worker_threads";
import { jobsFile } from "../peers/peer.ts";

const [PING, PONG, STOP] = [0, 16, 32];

/** The host's side of jobs/ping_pong.mjs. */
export class PingPong {
  readonly #words = new Int32Array(new SharedArrayBuffer(256));
  readonly #worker: Worker;
  readonly #spinMs: number;
  #sent = 0;

  /** The host spins for `spinMs`, the other thread as long or between these bounds. */
  constructor(
    spinMs: number,
    spin: { readonly least: number; readonly most: number } = {
      least: spinMs,
      most: spinMs,
    },
  ) {
    this.#spinMs = spinMs;
    this.#worker = new Worker(jobsFile("ping_pong.mjs"), {
      workerData: { buffer: this.#words.buffer, spin },
    });
  }

  /** There and back, blocking: spins, then sleeps in the futex. */
  pass(): void {
    const before = this.#send();
    const words = this.#words;
    const deadline = performance.now() + this.#spinMs;
    do {
      for (let i = 0; i < 64; i++) {
        if (Atomics.load(words, PONG) !== before) return;
      }
    } while (performance.now() < deadline);
    while (Atomics.load(words, PONG) === before) {
      Atomics.wait(words, PONG, before, 1_000);
    }
  }

  /** There and back, with the host asleep in its event loop. */
  async passAsync(): Promise<void> {
    const before = this.#send();
    while (Atomics.load(this.#words, PONG) === before) {
      const waiting = Atomics.waitAsync(this.#words, PONG, before);
      if (waiting.async) await waiting.value;
    }
  }

  async end(): Promise<void> {
    Atomics.store(this.#words, STOP, 1);
    this.#send();
    await this.#worker.terminate();
  }

  #send(): number {
    const before = this.#sent++;
    Atomics.store(this.#words, PING, this.#sent);
    Atomics.notify(this.#words, PING);
    return before;
  }
}
