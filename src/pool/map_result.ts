/** What `map` answers: await it, or iterate it, as often as you like. */
import type { MapJob } from "./map_job.ts";

/**
 * The results of a map. `await` gives all of them in input order, or rejects
 * with the failure noticed first. `for await` gives them in input order, each
 * as soon as all before it are there, and throws at a failed item's turn.
 * Leaving a `for await` early cancels what has not started and closes the
 * input, unless somebody else still reads. Both may be done many times.
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
    this.#promise ??= whenDone(this.#job, true) as Promise<R[]>;
    return this.#promise.then(onfulfilled, onrejected);
  }

  /** The results in input order. */
  [Symbol.asyncIterator](): AsyncGenerator<R, void, void> {
    return inOrder(this.#job, (index) => valueAt<R>(this.#job, index));
  }

  /** The results as they come back, each with the index of its item; throws at a failed one. */
  unordered(): AsyncIterable<[index: number, value: R]> {
    return {
      [Symbol.asyncIterator]: () => asTheyCome<R>(this.#job),
    };
  }

  /** The same map with failures as values, as `Promise.allSettled` gives them. */
  settled(): SettledResult<R> {
    return new SettledResult<R>(this.#job);
  }

  /** Takes back what has not started; it fails with `reason`. What runs goes on. */
  cancel(reason: unknown = cancelled()): void {
    this.#job.cancel(reason);
  }
}

/** A map whose failures are values: awaiting it does not reject, iterating does not throw. */
export class SettledResult<R>
  implements
    PromiseLike<PromiseSettledResult<R>[]>,
    AsyncIterable<PromiseSettledResult<R>> {
  readonly #job: MapJob;

  /** Made by {@link MapResult.settled} only. */
  constructor(job: MapJob) {
    this.#job = job;
  }

  /** Waits for all outcomes. */
  then<T = PromiseSettledResult<R>[], E = never>(
    onfulfilled?:
      | ((value: PromiseSettledResult<R>[]) => T | PromiseLike<T>)
      | null,
    onrejected?: ((reason: unknown) => E | PromiseLike<E>) | null,
  ): Promise<T | E> {
    const job = this.#job;
    return whenDone(job, false).then(() =>
      job.values.map((_value, index) => outcomeAt<R>(job, index))
    ).then(onfulfilled, onrejected);
  }

  /** The outcomes in input order. */
  [Symbol.asyncIterator](): AsyncGenerator<
    PromiseSettledResult<R>,
    void,
    void
  > {
    return inOrder(this.#job, (index) => outcomeAt<R>(this.#job, index));
  }
}

function whenDone(job: MapJob, failsEarly: boolean): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    const check = (): void => {
      if (failsEarly && job.firstFailure !== null) {
        reject(job.firstFailure.error);
      } else if (job.complete) resolve(job.values);
      else job.onChange(check);
    };
    job.demandAll();
    check();
  });
}

function valueAt<R>(job: MapJob, index: number, start: number = index): R {
  if (job.failures.has(index)) throw job.failures.get(index);
  return job.valueOf(index, start) as R;
}

function outcomeAt<R>(job: MapJob, index: number): PromiseSettledResult<R> {
  return job.failures.has(index)
    ? { status: "rejected", reason: job.failures.get(index) }
    : { status: "fulfilled", value: job.values[index] as R };
}

function inOrder<T>(
  job: MapJob,
  pick: (index: number) => T,
): AsyncGenerator<T, void, void> {
  return read(job, async function* (reached) {
    for (let index = 0;; index++) {
      reached(index);
      while (index >= job.values.length && !job.complete) await change(job);
      if (index >= job.values.length) return;
      yield pick(index);
    }
  });
}

function asTheyCome<R>(job: MapJob): AsyncGenerator<[number, R], void, void> {
  return read(job, async function* (reached) {
    let read = 0;
    for (let run = 0;; run += 2) {
      while (run >= job.arrivals.length && !job.complete) await change(job);
      if (run >= job.arrivals.length) return;
      const start = job.arrivals[run] as number;
      const end = start + (job.arrivals[run + 1] as number);
      for (let index = start; index < end; index++) {
        reached(read++);
        yield [index, valueAt<R>(job, index, start)];
      }
      reached(read);
    }
  });
}

/** Iterates as a registered reader of the job, and cancels what is left early. */
function read<T>(
  job: MapJob,
  items: (reached: (position: number) => void) => AsyncGenerator<T, void, void>,
): AsyncGenerator<T, void, void> {
  // Registered at once: from here on the input is pulled as fast as this
  // iteration goes, not as fast as the workers could.
  const reader = {};
  job.reached(reader, 0);
  return (async function* () {
    let ended = false;
    try {
      yield* items((position) => job.reached(reader, position));
      ended = true;
    } finally {
      if (ended) job.leave(reader);
      else job.abandon(reader, cancelled());
    }
  })();
}

function change(job: MapJob): Promise<void> {
  return new Promise((resolve) => job.onChange(resolve));
}

function cancelled(): DOMException {
  return new DOMException("The map was cancelled", "AbortError");
}
