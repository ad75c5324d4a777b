/** How do contestants run side by side, so that their ratio means something? */
import {
  type CaseResult,
  figure,
  judge,
  type Outcome,
  ratiosOf,
  RESTS,
} from "./figures.ts";
import { machine } from "./machine.ts";
import { type Peer, PEERS } from "./peers/mod.ts";
import type { Case, Lane, Pace } from "./rows/mod.ts";

/** A step of a contestant that takes so long is taken for hung (milliseconds). */
const PATIENCE_MS = { quick: 7_000, full: 10_000 };

/** Who is quick gets so many rounds in a full run, whatever time slow ones took. */
const LEAST_ROUNDS = 3;
/** Quick is a round that takes so many times as long as it should. */
const QUICK_BOXES = 4;

/** What a contest is run with. */
export interface Terms {
  readonly pace: Pace;
  readonly workers: number;
  /** Peers that do not take part, and why. */
  readonly skip: Readonly<Record<string, string>>;
  /** Numbers from 0 to 1. */
  readonly random: () => number;
  /** Told who runs now: if the process dies, it was that one. */
  readonly begin: (name: string) => void;
}

interface Runner {
  readonly name: string;
  readonly enter: () => Promise<Lane>;
  lane: Lane | null;
  readonly rounds: number[];
  /** How long its last round took, in milliseconds. */
  took: number;
  reason: string;
}

/** Runs one case with everybody who can. */
export async function contest(
  row: string,
  given: Case,
  terms: Terms,
): Promise<CaseResult> {
  const runners = line(given, terms);
  const groups = given.alone ? runners.map((one) => [one]) : [runners];
  for (const group of groups) await race(group, given, terms);
  const cores = Math.min(terms.workers, machine().cores);
  const outcomes: Record<string, Outcome> = {};
  for (const { name, rounds, reason } of runners) {
    outcomes[name] = reason === "" ? figure(rounds, given.unit) : { reason };
  }
  return {
    row,
    name: given.name,
    workers: terms.workers,
    unit: given.unit,
    bare: given.bare?.name ?? "",
    outcomes,
    ratios: ratiosOf(outcomes, given.unit),
    bounds: given.bounds.map((bound) =>
      judge(bound, outcomes, { unit: given.unit, cores })
    ),
  };
}

function line(given: Case, terms: Terms): Runner[] {
  const { workers, pace, skip } = terms;
  const runner = (
    name: string,
    reason: string,
    enter: () => Promise<Lane>,
  ) => ({
    name,
    reason,
    enter,
    lane: null,
    rounds: [],
    took: 0,
  });
  const runners: Runner[] = PEERS.map((peer: Peer) => {
    const rests = pace.quick && given.quickPeers?.includes(peer.name) === false;
    const reason = given.out?.[peer.name] ?? skip[peer.name] ??
      (rests ? RESTS : "");
    return runner(peer.name, reason, () => given.enter(peer, workers, pace));
  });
  const { bare } = given;
  if (bare !== undefined) {
    runners.push(
      runner("bare", skip["bare"] ?? "", () => bare.enter(workers, pace)),
    );
  }
  return runners;
}

async function race(
  runners: readonly Runner[],
  given: Case,
  terms: Terms,
): Promise<void> {
  const { pace } = terms;
  for (const runner of runners) {
    // On a busy machine a quick run keeps its time, not all its contestants.
    const must = ["whorl", "bare", ...given.bounds.map(({ of }) => of)]
      .includes(runner.name);
    if (pace.quick && pace.late() && !must) runner.reason ||= RESTS;
    await attempt(runner, terms, async () => {
      runner.lane = await runner.enter();
      await warm(runner.lane, given, pace);
    });
  }
  const rounds = pace.quick && given.slow ? 1 : given.rounds ?? pace.rounds;
  for (let round = 0; round < rounds; round++) {
    const late = round > 0 && pace.late();
    if (late && (pace.quick || round >= LEAST_ROUNDS)) break;
    const mostMs = late ? QUICK_BOXES * pace.boxMs : Infinity;
    const field = runners.filter(({ took }) => took <= mostMs);
    for (const runner of shuffled(field, terms.random)) {
      await attempt(runner, terms, async () => {
        if (!runner.lane) return;
        const began = performance.now();
        runner.rounds.push(await runner.lane.round());
        runner.took = performance.now() - began;
      });
    }
  }
  for (const runner of runners) {
    const { lane } = runner;
    if (!lane) continue;
    terms.begin(runner.name);
    // A pool that does not end is left behind: the process ends anyway.
    await within(1_000, lane.leave()).catch(() => {});
  }
}

async function warm(lane: Lane, given: Case, pace: Pace): Promise<void> {
  // Idle pools and cold calls are measured as they are.
  if (given.slow && given.name !== "start") return;
  const ends = performance.now() + pace.warmMs;
  do await lane.round(); while (
    !given.slow && !pace.late() && performance.now() < ends
  );
}

async function attempt(
  runner: Runner,
  terms: Terms,
  step: () => Promise<void>,
): Promise<void> {
  if (runner.reason !== "") return;
  terms.begin(runner.name);
  try {
    await within(PATIENCE_MS[terms.pace.quick ? "quick" : "full"], step());
  } catch (error) {
    runner.reason = reasonOf(error);
  }
}

/** `promise`, unless it takes too long. */
export async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error("no answer")), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** An error in a few words and without a path. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return (message.split("\n")[0] ?? "")
    .replaceAll(/(file:\/\/)?(\/[\w.@-]+){2,}/g, "…")
    .replaceAll("|", " ").slice(0, 60).trim() || "failed";
}

function shuffled<T>(values: readonly T[], random: () => number): T[] {
  const order = [...values];
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j] as T, order[i] as T];
  }
  return order;
}
