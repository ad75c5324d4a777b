/** What `map` answers: await it, or iterate it, as often as you like. */
import type { MapJob } from "./map_job.ts";

/**
 * The results of a map. `await` gives all of them in input order, or rejects
 * with the failure noticed first. `for await` gives them in input order, each
 * as soon as all before it are there, and throws at a failed item's turn.
 * Leaving a `for await` early cancels what has not started and closes the
 * input. Both may be done many times.
 */
export class MapResult<R> implements PromiseLike<R[]>, AsyncIterable<R> {
  readonly #job: MapJob;
  #promise: Promise<R[]> | null = null;

  /** Made by `pool.map` and `pool.starmap` only. */
  constructor(job: MapJob) {
    this.#job = job;
  }

  /** Waits for all results. */
  then<T = R[], E = never>(
    onfulfilled?: ((value: R[]) => T | PromiseLike<T>) | null,
    onrejected?: ((reason: unknown) => E | PromiseLike<E>) | null,
  ): Promise<T | E> {
    return this.#all().then(onfulfilled, onrejected);
  }

  /** Takes back what has not started; it fails with `reason`. What runs goes on. */
  cancel(
    reason: unknown = cancelled(),
  ): void {
    this.#job.cancel(reason);
  }

  /** The results in input order. */
  [Symbol.asyncIterator](): AsyncGenerator<R, void, void> {
    // Registered at once: from here on the input is pulled as fast as this
    // iteration goes, not as fast as the workers could.
    const reader = {};
    this.#job.reached(reader, 0);
    return this.#iterate(reader);
  }

  async *#iterate(reader: object): AsyncGenerator<R, void, void> {
    const job = this.#job;
    let ended = false;
    try {
      for (let index = 0;; index++) {
        job.reached(reader, index);
        while (index >= job.values.length && !job.complete) {
          await new Promise<void>((resolve) => job.onChange(resolve));
        }
        if (index >= job.values.length) {
          ended = true;
          return;
        }
        if (job.failures.has(index)) throw job.failures.get(index);
        yield job.values[index] as R;
      }
    } finally {
      if (ended) job.leave(reader);
      else job.abandon(reader, cancelled());
    }
  }

  #all(): Promise<R[]> {
    const job = this.#job;
    return this.#promise ??= new Promise((resolve, reject) => {
      const check = (): void => {
        if (job.firstFailure !== null) reject(job.firstFailure.error);
        else if (job.complete) resolve(job.values as R[]);
        else job.onChange(check);
      };
      job.demandAll();
      check();
    });
  }
}

function cancelled(): DOMException {
  return new DOMException("The map was cancelled", "AbortError");
}
