/** What is a row of the table made of? */
import type { Bound, Unit } from "../figures.ts";
import type { Peer } from "../peers/mod.ts";

/** How long everything may take. */
export interface Pace {
  readonly quick: boolean;
  readonly rounds: number;
  /** About how long one round takes. */
  readonly boxMs: number;
  /** How long a lane runs before its rounds count. */
  readonly warmMs: number;
  /** Whether the row has had its time: then one round must do. */
  late(): boolean;
}

/** One contestant, ready to run rounds. */
export interface Lane {
  /** Runs one round and answers its number, in the unit of the case. */
  round(): Promise<number>;
  leave(): Promise<unknown>;
}

/** What the runtime itself needs for the bare minimum of the same thing. */
export interface Bare {
  readonly name: string;
  enter(workers: number, pace: Pace): Promise<Lane>;
}

/** One thing that is timed. */
export interface Case {
  readonly name: string;
  readonly unit: Unit;
  readonly bounds: readonly Bound[];
  readonly bare?: Bare;
  /** Numbers of workers. Default 1 and 2; 2 alone in a quick run. */
  readonly workers?: readonly number[];
  /** Contestants enter one after another, never side by side. */
  readonly alone?: boolean;
  /** Rounds cost the same each and need no warm-up. */
  readonly slow?: boolean;
  readonly rounds?: number;
  /** Left out of a quick run. */
  readonly fullOnly?: boolean;
  /** Only these take part in a quick run. */
  readonly quickPeers?: readonly string[];
  /** Others may take no part at all, each with the reason. */
  readonly out?: Readonly<Record<string, string>>;
  enter(peer: Peer, workers: number, pace: Pace): Promise<Lane>;
}

/** Cases that belong together. */
export interface Row {
  readonly name: string;
  /** Its share of the time of a run, next to the others. Default 1. */
  readonly weight?: number;
  readonly cases: readonly Case[];
}

/** Whom a quick run compares with where everybody would take too long. */
export const FEW: readonly string[] = ["whorl", "piscina", "postMessage"];
