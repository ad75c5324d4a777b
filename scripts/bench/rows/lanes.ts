/** How does a pool become a lane, whatever it is asked to do? */
import type { Contestant, JobName } from "../peers/peer.ts";
import type { Peer } from "../peers/mod.ts";
import type { Bare, Lane, Pace } from "./row.ts";

/** A lane whose rounds are `round` on one pool that stays open. */
export async function pooled(
  peer: Peer,
  workers: number,
  round: (pool: Contestant) => Promise<number>,
): Promise<Lane> {
  const pool = await peer.open(workers);
  return { round: () => round(pool), leave: () => pool.close() };
}

/** Calls for `warmMs`, so that the code of everybody is compiled. */
export async function warmUp(
  call: () => PromiseLike<unknown>,
  { warmMs }: Pace,
): Promise<void> {
  const ends = performance.now() + warmMs;
  do await call(); while (performance.now() < ends);
}

/** A bound on this thread: how often a second `once` can be done. */
export function doneHere(name: string, once: () => unknown): Bare {
  return {
    name,
    enter: (_workers, { boxMs }) =>
      Promise.resolve({
        round(): Promise<number> {
          const began = performance.now();
          let count = 0;
          do for (let i = 0; i < 16; i++, count++) once(); while (
            performance.now() - began < boxMs
          );
          return Promise.resolve(count / (performance.now() - began) * 1e3);
        },
        leave: () => Promise.resolve(),
      }),
  };
}

/** A lane of rounds that each send many calls at once and await them all. */
export function flood(
  peer: Peer,
  workers: number,
  pace: Pace,
  given: { job: JobName; argument: unknown; most: number },
): Promise<Lane> {
  const size = new Size(given.most, pace);
  return pooled(peer, workers, async (pool) => {
    const rate = await floodOnce(pool, given.job, given.argument, size.count);
    size.learn(rate);
    return rate;
  });
}

/** Calls per second of `count` calls at once. */
export async function floodOnce(
  pool: Contestant,
  job: JobName,
  argument: unknown,
  count: number,
): Promise<number> {
  const answers = new Array<PromiseLike<unknown>>(count);
  const began = performance.now();
  for (let i = 0; i < count; i++) answers[i] = pool.call(job, argument);
  await Promise.all(answers);
  return count / (performance.now() - began) * 1e3;
}

/** Every item once, by the pool's own map or else call by call. */
export async function mapAll(
  pool: Contestant,
  job: JobName,
  items: readonly unknown[],
): Promise<void> {
  if (pool.map !== undefined) await pool.map(job, items);
  else await Promise.all(items.map((item) => pool.call(job, item)));
}

/** How many calls fit in a round, learnt from the rounds before. */
export class Size {
  readonly #most: number;
  readonly #boxMs: number;
  count = 500;

  constructor(most: number, pace: Pace) {
    this.#most = most;
    this.#boxMs = pace.boxMs;
  }

  learn(perSecond: number): void {
    const fit = Math.round(perSecond * this.#boxMs / 1e3);
    // Growing slowly: a first small flood says little about a large one.
    this.count = Math.max(200, Math.min(this.#most, fit, this.count * 4));
  }
}

/** The median time of calls one after another, in µs, from batches of them. */
export async function oneByOne(
  call: (i: number) => PromiseLike<unknown> | undefined,
  given: { batch: number; least: number; boxMs: number },
): Promise<number[]> {
  const batches: number[] = [];
  const began = performance.now();
  let from = began;
  for (let i = 1;; i++) {
    await call(i);
    if (i % given.batch !== 0) continue;
    const now = performance.now();
    batches.push((now - from) * 1e3 / given.batch);
    if (i >= given.least && now - began >= given.boxMs) return batches;
    from = performance.now();
  }
}

/** Calls that so many callers make, each awaiting one after another, until `going` is false. */
export async function crowd(
  callers: number,
  call: (i: number) => PromiseLike<unknown>,
  going: (calls: number) => boolean,
): Promise<number> {
  let calls = 0;
  let on = true;
  const caller = async (): Promise<void> => {
    while (on) {
      await call(calls);
      on = on && going(++calls);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return calls;
}

/** For {@link crowd}: until `boxMs` are over. The clock costs as much as a call, so it is asked now and then. */
export function forTime(boxMs: number): (calls: number) => boolean {
  const ends = performance.now() + boxMs;
  return (calls) => (calls & 255) !== 0 || performance.now() < ends;
}
