/** How fast do task cells go round with no pool, no promise and no event loop around them? */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { RingHost } from "../../../ring/mod.ts";
import { loadRing, ringUrl } from "../library.ts";
import { jobsFile } from "../peers/peer.ts";
import type { Bare, Lane, Pace } from "./row.ts";

/** How long the host looks for results before it sleeps. */
const SPIN_MS = 0.05;

/** What is sent. */
export interface Load {
  /** As {@link RingHost.publish} takes it. Default 1, what whorl thinks quick tasks are worth. */
  readonly wanted?: number;
  /** Square roots that a task computes. Default 0. */
  readonly steps?: number;
}

/** A host of whorl/ring that does nothing else, and threads that do nothing but answer. */
export class RingTraffic {
  readonly #host: RingHost;
  readonly #threads: readonly Worker[];
  readonly #args: number;
  readonly #cores: number;

  private constructor(
    host: RingHost,
    threads: readonly Worker[],
    given: { args: number; cores: number },
  ) {
    this.#host = host;
    this.#threads = threads;
    this.#args = given.args;
    this.#cores = given.cores;
  }

  /**
   * Starts `workers` threads and waits until they are there. Nobody looks for
   * news while as many workers are awake as there are `cores`.
   */
  static async start(
    workers: number,
    cores: number = availableParallelism(),
  ): Promise<RingTraffic> {
    const { ARGS, RingHost } = await loadRing();
    const host = new RingHost({ cells: 4096, slots: workers, queues: 1 });
    const threads = Array.from({ length: workers }, () => {
      const slot = host.enlist(0);
      const { buffer } = host;
      return new Worker(jobsFile("ring.mjs"), {
        workerData: { buffer, slot, queue: 0, ring: ringUrl().href, cores },
      });
    });
    const traffic = new RingTraffic(host, threads, { args: ARGS, cores });
    for (let slot = 0; slot < workers; slot++) {
      while (!host.isReady(slot)) await new Promise((go) => setTimeout(go, 1));
    }
    return traffic;
  }

  /** Sends tasks for so long, with `window` of them under way; answers how many. */
  async pump(
    ms: number,
    window: number,
    { wanted = 1, steps = 0 }: Load = {},
  ): Promise<number> {
    const host = this.#host;
    const { words, layout } = host;
    const ends = performance.now() + ms;
    let sent = 0;
    let done = 0;
    const settle = (cell: number): void => {
      host.release(cell);
      done++;
    };
    for (let open = true; open || done < sent;) {
      for (; open && sent - done < window; sent++) {
        const cell = host.acquire();
        words[layout.cell(cell) + this.#args] = steps;
        host.stage(0, cell);
      }
      host.publish(wanted);
      // Sleeps as whorl does, or it would keep the workers from a core.
      if (host.awakeWorkers >= this.#cores || !this.#looks()) {
        await host.sleep(false).wait;
      }
      host.drain(settle);
      open = performance.now() < ends;
    }
    return done;
  }

  #looks(): boolean {
    const ends = performance.now() + SPIN_MS;
    do {
      for (let i = 0; i < 64; i++) if (this.#host.hasResults()) return true;
    } while (performance.now() < ends);
    return false;
  }

  async end(): Promise<void> {
    const exits = this.#threads.map((thread) =>
      new Promise((resolve) => thread.once("exit", resolve))
    );
    for (let slot = 0; slot < this.#threads.length; slot++) {
      this.#host.dismiss(slot);
    }
    await Promise.all(exits);
  }
}

/** The rings alone, as the bound of rows that count calls per second. */
export function ringsAlone(window: number): Bare {
  return {
    name: "the rings alone",
    async enter(workers: number, { boxMs }: Pace): Promise<Lane> {
      const traffic = await RingTraffic.start(workers);
      return {
        async round(): Promise<number> {
          const began = performance.now();
          const done = await traffic.pump(boxMs, window);
          return done / (performance.now() - began) * 1e3;
        },
        leave: () => traffic.end(),
      };
    },
  };
}
