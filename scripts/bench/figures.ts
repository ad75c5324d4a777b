/** What is said about a handful of rounds, and what is demanded of it? */

/** What a round's number counts. */
export type Unit = "µs" | "ms" | "/s" | "% of a core" | "MB" | "bytes";

/** Why a peer has no figures in a row of a quick run. */
export const RESTS = "no time in a quick run";

/** The rounds of one contestant, and what they come to. */
export interface Figure {
  readonly best: number;
  readonly median: number;
  readonly rounds: readonly number[];
}

/** What came of a contestant: figures, or why there are none. */
export type Outcome = Figure | { readonly reason: string };

/** A demand on whorl: its own figure, or how it stands next to another's. */
export interface Bound {
  /** "itself", the name of a peer, or "bare". */
  readonly of: string;
  /** At most, for what shall be small; at least otherwise. */
  readonly most?: number;
  readonly least?: number;
  /** The limit is per core that the workers can have, not in all. */
  readonly perCore?: boolean;
  /** At most so much more than the other, in the unit of the case. */
  readonly over?: number;
  /** What issue 2 demands; the others are what performance.md wants to reach. */
  readonly floor?: boolean;
}

/** whorl's speed over another's in each round that both ran, side by side. */
export interface Ratio {
  readonly median: number;
  readonly rounds: readonly number[];
}

/** One line of the table. */
export interface CaseResult {
  readonly row: string;
  readonly name: string;
  readonly workers: number;
  readonly unit: Unit;
  readonly bare: string;
  readonly outcomes: Readonly<Record<string, Outcome>>;
  /** By the name of the other. */
  readonly ratios: Readonly<Record<string, Ratio>>;
  readonly bounds: readonly Judged[];
}

/** A demand and whether it is met; null when there is nothing to compare with. */
export interface Judged {
  readonly text: string;
  readonly floor: boolean;
  readonly ok: boolean | null;
  /** What it came to, in the same terms. */
  readonly found: string;
}

type Outcomes = Readonly<Record<string, Outcome>>;

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

/** The value below which 99 % of them lie. */
export function p99(values: readonly number[]): number {
  const sorted = values.toSorted((one, two) => one - two);
  return sorted[Math.ceil(sorted.length * 0.99) - 1] ?? NaN;
}

/** Sums rounds up. */
export function figure(rounds: readonly number[], unit: Unit): Figure {
  const best = lowIsGood(unit) ? Math.min(...rounds) : Math.max(...rounds);
  return { best, median: median(rounds), rounds };
}

/** How many times as fast as each of the others whorl is. */
export function ratiosOf(
  outcomes: Outcomes,
  unit: Unit,
): Record<string, Ratio> {
  const ratios: Record<string, Ratio> = {};
  const mine = outcomes["whorl"];
  for (const [name, theirs] of Object.entries(outcomes)) {
    if (name === "whorl" || !mine || "reason" in mine) continue;
    if ("reason" in theirs) continue;
    const count = Math.min(mine.rounds.length, theirs.rounds.length);
    const rounds = Array.from({ length: count }, (_, at) => {
      const [one, two] = [mine.rounds[at] ?? NaN, theirs.rounds[at] ?? NaN];
      return lowIsGood(unit) ? two / one : one / two;
    });
    ratios[name] = { median: median(rounds), rounds };
  }
  return ratios;
}

/** Holds whorl's figure against a demand; `cores` is how many its workers can have. */
export function judge(
  bound: Bound,
  outcomes: Outcomes,
  { unit, cores }: { readonly unit: Unit; readonly cores: number },
): Judged {
  const { of, most, least, over, perCore } = bound;
  const value = measured(bound, outcomes, unit);
  const sign = least === undefined ? "≤" : "≥";
  const limit = (over ?? most ?? least ?? 0) * (perCore ? cores : 1);
  const say = (amountOf: number) =>
    of === "itself"
      ? amount(amountOf, unit)
      : over === undefined
      ? `${digits(amountOf)}x ${of}`
      : `${of} + ${amount(amountOf, unit)}`;
  return {
    text: `${sign} ${say(limit)}`,
    floor: bound.floor ?? false,
    ok: value === null
      ? null
      : least === undefined
      ? value <= limit
      : value >= limit,
    found: value === null ? "" : say(value),
  };
}

function measured(
  { of, over }: Bound,
  outcomes: Outcomes,
  unit: Unit,
): number | null {
  const mine = outcomes["whorl"];
  const theirs = of === "itself" ? mine : outcomes[of];
  if (!mine || !theirs || "reason" in mine || "reason" in theirs) return null;
  if (of === "itself") return mine.median;
  if (over !== undefined) return mine.median - theirs.median;
  // Both at their best: what else ran on the cores hits the bare one as hard.
  if (of === "bare") return mine.best / theirs.best;
  return ratiosOf(outcomes, unit)[of]?.median ?? null;
}

/** A number as people read it. */
export function amount(value: number, unit: Unit): string {
  switch (unit) {
    case "µs":
      if (Math.abs(value) >= 1e3) return `${digits(value / 1e3)} ms`;
      return `${digits(value)} µs`;
    case "% of a core":
      return `${digits(value)} %`;
    case "/s":
      if (value >= 1e6) return `${digits(value / 1e6)} M/s`;
      if (value >= 1e3) return `${digits(value / 1e3)} k/s`;
      return `${digits(value)} /s`;
    default:
      return `${digits(value)} ${unit}`;
  }
}

/** Three significant digits, never an exponent. */
export function digits(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
}
