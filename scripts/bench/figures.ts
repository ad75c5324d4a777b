/** What is said about a handful of rounds, and what is demanded of it? */

/** What a round's number counts. */
export type Unit = "µs" | "ms" | "/s" | "% of a core";

/** The rounds of one contestant, and what they come to. */
export interface Figure {
  readonly best: number;
  readonly median: number;
  readonly rounds: readonly number[];
}

/** What came of a contestant: figures, or why there are none. */
export type Outcome = Figure | { readonly reason: string };

/** A demand on whorl: its own figure, or how many times as fast as another it is. */
export interface Bound {
  /** "itself", the name of a peer, or "bare". */
  readonly of: string;
  /** At most, for what shall be small; at least otherwise. */
  readonly most?: number;
  readonly least?: number;
  /** What issue 2 demands; the others are what performance.md wants to reach. */
  readonly floor?: boolean;
}

/** One line of the table. */
export interface CaseResult {
  readonly row: string;
  readonly name: string;
  readonly workers: number;
  readonly unit: Unit;
  readonly bare: string;
  readonly outcomes: Readonly<Record<string, Outcome>>;
  /** whorl's speed over piscina's: the median of the rounds' ratios. */
  readonly ratio: number | null;
  readonly bounds: readonly Judged[];
}

/** A demand and whether it is met; null when there is nothing to compare with. */
export interface Judged {
  readonly text: string;
  readonly floor: boolean;
  readonly ok: boolean | null;
}

/** Whether small numbers are the good ones. */
export function lowIsGood(unit: Unit): boolean {
  return unit !== "/s";
}

/** The middle one, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, two) => one - two);
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[middle] ?? NaN;
  return ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}

/** Sums rounds up. */
export function figure(rounds: readonly number[], unit: Unit): Figure {
  const best = lowIsGood(unit) ? Math.min(...rounds) : Math.max(...rounds);
  return { best, median: median(rounds), rounds };
}

/** How many times as fast the first is: the median over rounds run side by side. */
export function speedRatio(
  one: Outcome | undefined,
  two: Outcome | undefined,
  unit: Unit,
): number | null {
  if (!one || !two || "reason" in one || "reason" in two) return null;
  const count = Math.min(one.rounds.length, two.rounds.length);
  const ratios = Array.from({ length: count }, (_, at) => {
    const [mine, theirs] = [one.rounds[at] ?? NaN, two.rounds[at] ?? NaN];
    return lowIsGood(unit) ? theirs / mine : mine / theirs;
  });
  return median(ratios);
}

/** Holds whorl's figure against a demand. */
export function judge(
  bound: Bound,
  outcomes: Readonly<Record<string, Outcome>>,
  unit: Unit,
): Judged {
  const mine = outcomes["whorl"];
  let value: number | null = null;
  if (bound.of === "itself") {
    value = mine && "median" in mine ? mine.median : null;
  } else if (bound.of === "bare") {
    // Both at their best: what else ran on the cores hits the bare one as hard.
    const bare = outcomes["bare"];
    value = mine && bare && "best" in mine && "best" in bare
      ? mine.best / bare.best
      : null;
  } else {
    value = speedRatio(mine, outcomes[bound.of], unit);
  }
  const ok = value === null
    ? null
    : bound.most === undefined
    ? value >= (bound.least ?? 0)
    : value <= bound.most;
  return { text: boundText(bound, unit), floor: bound.floor ?? false, ok };
}

function boundText(bound: Bound, unit: Unit): string {
  const sign = bound.most === undefined ? "≥" : "≤";
  const limit = bound.most ?? bound.least ?? 0;
  if (bound.of === "itself") return `${sign} ${amount(limit, unit)}`;
  return `${sign} ${limit}x ${bound.of}`;
}

/** A number as people read it. */
export function amount(value: number, unit: Unit): string {
  if (unit === "µs" && value >= 1e3) return `${digits(value / 1e3)} ms`;
  if (unit !== "/s") {
    return `${digits(value)} ${unit === "% of a core" ? "%" : unit}`;
  }
  if (value >= 1e6) return `${digits(value / 1e6)} M/s`;
  if (value >= 1e3) return `${digits(value / 1e3)} k/s`;
  return `${digits(value)} /s`;
}

/** Three significant digits, never an exponent. */
export function digits(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
}
