/**
 * Interleavings executed by hand, in one thread: the unchanged ring code runs
 * with `Atomics` replaced, and something else happens right before one of its
 * atomic operations. Done for every operation in turn, this visits every
 * place where a thread can be preempted, killed or fenced.
 */

type Operation = (...args: unknown[]) => unknown;

const NAMES = [
  "add",
  "and",
  "compareExchange",
  "load",
  "notify",
  "or",
  "store",
  "wait",
  "waitAsync",
] as const;

/** What an actor that was killed throws. */
export class Death extends Error {}

/** Two actors and what must hold after both. */
export interface Play {
  actor(): void;
  /** Happens before one operation of the actor, or after all of them. */
  meanwhile(): void;
  check(): void | Promise<void>;
}

/** Calls `watch` before every atomic operation of `run`. */
export function watched<T>(run: () => T, watch: (name: string) => void): T {
  const atomics = Atomics as unknown as Record<string, Operation>;
  const originals = NAMES.map((name) => atomics[name] as Operation);
  let inside = false;
  NAMES.forEach((name, i) => {
    atomics[name] = (...args) => {
      if (!inside) {
        inside = true;
        try {
          watch(name);
        } finally {
          inside = false;
        }
      }
      return (originals[i] as Operation)(...args);
    };
  });
  try {
    return run();
  } finally {
    NAMES.forEach((name, i) => atomics[name] = originals[i] as Operation);
  }
}

/** Runs `run` and does `meanwhile` before its operation number `step`; whether it got there. */
export function interrupted(
  run: () => void,
  step: number,
  meanwhile: () => void,
): boolean {
  let left = step;
  let reached = false;
  try {
    watched(run, () => {
      if (left-- !== 0) return;
      reached = true;
      meanwhile();
    });
  } catch (error) {
    if (!(error instanceof Death)) throw error;
  }
  return reached;
}

/**
 * Plays `make()` once per atomic operation of its actor, and once with
 * `meanwhile` after the last; answers how many operations there were.
 */
export async function everyStep(make: () => Play): Promise<number> {
  for (let step = 0;; step++) {
    const play = make();
    const reached = interrupted(
      () => play.actor(),
      step,
      () => play.meanwhile(),
    );
    if (!reached) interrupted(() => play.meanwhile(), -1, () => {});
    try {
      await play.check();
    } catch (error) {
      const place = reached ? `before operation ${step}` : "after the last";
      throw new Error(`${place}: ${(error as Error).message}`, {
        cause: error,
      });
    }
    if (!reached) return step;
  }
}

/** The positions at which tests let rings begin: zero and just before both wraps. */
export const FIRSTS: readonly number[] = [0, 0x7ffffffe, -2];
