/** What `map` answers: await it, or iterate it, as often as you like. */
import type { Batch, Link } from "./batch.ts";
import type { MapJob } from "./map_job.ts";

/**
 * The results of a map. `await` gives all of them in input order, or rejects
 * with the failure noticed first. `for await` gives them in input order, each
 * as soon as all before it are there, and throws at a failed item's turn.
 * Leaving a `for await` early cancels what has not started and closes the
 * input, unless somebody else still reads. Both may be done many times.
 *
 * Results are kept for as long as this object is: to iterate over more than
 * memory holds, do not keep it (`for await (const r of pool.map(…))`). Whoever
 * iterates by hand ends with `return()`, as `for await` does, or the map stays
 * under way until `cancel()` or the end of the pool.
 */
export class MapResult<R> implements PromiseLike<R[]>, AsyncIterable<R> {
  readonly #job: MapJob;
  readonly #ordered: Link;
  readonly #arrived: Link;
  #promise: Promise<R[]> | null = null;

  /** Made by `pool.map` and `pool.starmap` only. */
  constructor(job: MapJob) {
    this.#job = job;
    this.#ordered = job.ordered;
    this.#arrived = job.arrived;
  }

  /** Waits for all results. */
  then<T = R[], E = never>(
    onfulfilled?: ((value: R[]) => T | PromiseLike<T>) | null,
    onrejected?: ((reason: unknown) => E | PromiseLike<E>) | null,
  ): Promise<T | E> {
    this.#promise ??= gather<R>(this.#job, this.#ordered, addValues, true);
    return this.#promise.then(onfulfilled, onrejected);
  }

  /** The results in input order. */
  [Symbol.asyncIterator](): AsyncGenerator<R, void, void> {
    return read<R>(this.#job, this.#ordered, valueIn);
  }

  /** The results as they come back, each with the index of its item; throws at a failed one. */
  unordered(): AsyncIterable<[index: number, value: R]> {
    return new Unordered<R>(this.#job, this.#arrived);
  }

  /** The same map with failures as values, as `Promise.allSettled` gives them. */
  settled(): SettledResult<R> {
    return new SettledResult<R>(this.#job, this.#ordered);
  }

  /** Takes back what has not started; it fails with `reason`. What runs goes on. */
  cancel(reason: unknown = cancelled()): void {
    this.#job.cancel(reason);
  }
}

/**
 * A map whose failures are values: awaiting it does not reject, iterating does
 * not throw. There is one outcome per item; if a map is cancelled whose input
 * does not tell its length, one failure stands for all items that were not
 * pulled.
 */
export class SettledResult<R>
  implements
    PromiseLike<PromiseSettledResult<R>[]>,
    AsyncIterable<PromiseSettledResult<R>> {
  readonly #job: MapJob;
  readonly #ordered: Link;

  /** Made by {@link MapResult.settled} only. */
  constructor(job: MapJob, ordered: Link) {
    this.#job = job;
    this.#ordered = ordered;
  }

  /** Waits for all outcomes. */
  then<T = PromiseSettledResult<R>[], E = never>(
    onfulfilled?:
      | ((value: PromiseSettledResult<R>[]) => T | PromiseLike<T>)
      | null,
    onrejected?: ((reason: unknown) => E | PromiseLike<E>) | null,
  ): Promise<T | E> {
    return gather(this.#job, this.#ordered, addOutcomes<R>, false)
      .then(onfulfilled, onrejected);
  }

  /** The outcomes in input order. */
  [Symbol.asyncIterator](): AsyncGenerator<
    PromiseSettledResult<R>,
    void,
    void
  > {
    return read(this.#job, this.#ordered, outcomeIn<R>);
  }
}

// A class: what an arrow function captures, Node 20 keeps while it is iterated.
class Unordered<R> implements AsyncIterable<[number, R]> {
  readonly #job: MapJob;
  readonly #arrived: Link;

  constructor(job: MapJob, arrived: Link) {
    this.#job = job;
    this.#arrived = arrived;
  }

  [Symbol.asyncIterator](): AsyncGenerator<[number, R], void, void> {
    return read(this.#job, this.#arrived, pairIn<R>);
  }
}

/** Collects all that comes after `link`. */
function gather<T>(
  job: MapJob,
  link: Link,
  add: (batch: Batch, to: T[]) => void,
  failsEarly: boolean,
): Promise<T[]> {
  return new Promise((resolve, reject) => {
    const all: T[] = [];
    const check = (): void => {
      while (link.next !== null) {
        link = link.next;
        add(link.batch as Batch, all);
      }
      if (failsEarly && job.firstFailure !== null) {
        reject(job.firstFailure.error);
      } else if (job.complete) resolve(all);
      else job.onChange(check);
    };
    job.demandAll();
    check();
  });
}

function addValues<R>({ values, count }: Batch, to: R[]): void {
  for (let i = 0; i < count; i++) to.push(values[i] as R);
}

function addOutcomes<R>(batch: Batch, to: PromiseSettledResult<R>[]): void {
  for (let i = 0; i < batch.count; i++) to.push(outcomeIn(batch, i));
}

function valueIn<R>({ values, failures }: Batch, index: number): R {
  if (failures?.has(index)) throw failures.get(index);
  return values[index] as R;
}

function pairIn<R>(batch: Batch, index: number): [number, R] {
  return [batch.start + index, valueIn(batch, index)];
}

function outcomeIn<R>(
  { values, failures }: Batch,
  index: number,
): PromiseSettledResult<R> {
  return failures?.has(index)
    ? { status: "rejected", reason: failures.get(index) }
    : { status: "fulfilled", value: values[index] as R };
}

/**
 * Iterates over all that comes after `link` as a registered reader of the job,
 * and cancels what is left early. It moves `link` on and keeps no other.
 */
function read<T>(
  job: MapJob,
  link: Link,
  pick: (batch: Batch, index: number) => T,
): AsyncGenerator<T, void, void> {
  // Registered at once: from here on the input is pulled as fast as this
  // iteration goes, not as fast as the workers could.
  const reader = {};
  job.reached(reader, 0);
  const steps = (async function* () {
    let position = 0;
    try {
      for (;;) {
        while (link.next === null && !job.complete) await change(job);
        if (link.next === null) return job.leave(reader);
        link = link.next;
        const batch = link.batch as Batch;
        for (let i = 0; i < batch.count; i++) {
          job.reached(reader, position++);
          yield pick(batch, i);
        }
        job.reached(reader, position);
      }
    } finally {
      job.abandon(reader, cancelled);
    }
  })();
  // Also before its first step, and while a step waits.
  const end = steps.return;
  steps.return = (value) => {
    job.abandon(reader, cancelled);
    return end.call(steps, value);
  };
  return steps;
}

function change(job: MapJob): Promise<void> {
  return new Promise((resolve) => job.onChange(resolve));
}

function cancelled(): DOMException {
  return new DOMException("The map was cancelled", "AbortError");
}
