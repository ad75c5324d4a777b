/** What is a design that was tried and dropped? */

/** One question, its answers, and why one of them is in use. */
export interface Alternative {
  readonly name: string;
  readonly question: string;
  /** What the numbers mean, each with its unit; less is better. */
  readonly columns: readonly string[];
  /** Which variant whorl uses. */
  readonly used: string;
  /** Why the others lost, where the figures alone do not say it. */
  readonly reason: string;
  /** Readies every variant on this runtime. */
  enter(): Promise<Variants>;
}

/** Variants that are measured in turn. */
export interface Variants {
  /** By name: one round, which answers a number per column. */
  readonly rounds: Readonly<Record<string, () => Promise<number[]>>>;
  leave(): Promise<unknown>;
}

/** Nanoseconds per call of something that does not wait. */
export function nsPerCall(call: (i: number) => unknown, count: number): number {
  let kept: unknown;
  const began = performance.now();
  for (let i = 0; i < count; i++) kept = call(i);
  const took = (performance.now() - began) * 1e6 / count;
  // Kept, so that no compiler leaves the calls out.
  return kept === call ? NaN : took;
}

/** Variants made of calls that do not wait: nanoseconds each, `count` per round. */
export function callsOf(
  calls: Readonly<Record<string, readonly ((i: number) => unknown)[]>>,
  count: number,
): Variants {
  const rounds: Record<string, () => Promise<number[]>> = {};
  for (const [name, ways] of Object.entries(calls)) {
    rounds[name] = () =>
      Promise.resolve(ways.map((way) => nsPerCall(way, count)));
  }
  return { rounds, leave: () => Promise.resolve() };
}
