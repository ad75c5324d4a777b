/**
 * At which operations a thread was preempted, killed or declared dead while
 * alive, and how often: for every label of ring/README.md.
 */
import { readFileSync } from "node:fs";
import type { Machine } from "./machine.ts";
import { KILL, OPTIONS, type Thread, TIMEOUT } from "./threads.ts";

/** Counts for one label. */
export interface Counts {
  host: number;
  worker: number;
  preempted: number;
  killed: number;
  fenced: number;
}

/** How many shall die before each operation, at least. */
const DEATHS = 1000;

/** What cannot be, by label. */
const EXCUSED: Readonly<Record<string, string>> = {
  L3: "the host's constructor: there is nobody else yet",
  E1: "in a constructor, one step with the first of its thread",
  B0: "in a constructor, one step with the first of its thread; nobody is " +
    "fenced in the scenarios of a result ring alone",
  B2: "nobody is fenced in the scenarios of a result ring alone",
  ...Object.fromEntries(
    ["G1", "G2", "G4", "G5"].map((
      label,
    ) => [label, "nobody is fenced in the scenarios of a loop alone"]),
  ),
};

/** Coverage of all searches of one run of the script. */
export class Coverage {
  readonly #labels = new Map<string, Counts>();

  constructor() {
    for (const label of labelsOfRing()) this.#at(label);
  }

  /** To be called before every move. */
  readonly watch = (machine: Machine, move: number): void => {
    const { current, threads } = machine;
    if (move < 0) machine.built = this.#built;
    if (move < 0 || move >= TIMEOUT) return;
    if (move >= KILL) {
      this.#at(threads[move - KILL]?.pending?.label).killed++;
      return;
    }
    const thread = threads[Math.floor(move / OPTIONS)] as Thread;
    const op = thread.pending;
    // What a constructor reads is counted where it is read.
    if (op && op.kind !== "boot") this.#count(op.label, thread.id === 0);
    if (current && current !== thread && current.state === "ready") {
      if (!current.waiting) this.#at(current.pending?.label).preempted++;
    }
    if (op?.label !== "F1" || op.a !== 2) return;
    const victim = machine.victim(op);
    if (victim?.state === "ready") this.#at(victim.pending?.label).fenced++;
  };

  /** As Limits.rare: whether fewer have died before this operation than shall. */
  readonly rare = (machine: Machine, move: number): boolean => {
    if (move < KILL || move >= TIMEOUT) return false;
    const { pending } = machine.threads[move - KILL] as Thread;
    return this.#at(pending?.label).killed < DEATHS;
  };

  /** By label, in the order of ring/README.md; what is not covered says why. */
  rows(): { label: string; counts: Counts; why: string }[] {
    return labelsOfRing().map((label) => {
      const counts = this.#at(label);
      const gap = gapOf(counts);
      return { label, counts, why: gap && (EXCUSED[label] ?? gap) };
    });
  }

  readonly #built = (label: string, host: boolean): void =>
    this.#count(label, host);

  #count(label: string, host: boolean): void {
    if (host) this.#at(label).host++;
    else this.#at(label).worker++;
  }

  #at(label = "end"): Counts {
    let counts = this.#labels.get(label);
    if (!counts) {
      counts = { host: 0, worker: 0, preempted: 0, killed: 0, fenced: 0 };
      this.#labels.set(label, counts);
    }
    return counts;
  }
}

/** What begins a text that says what was never tried. */
export const GAP = "NEVER ";

function gapOf(counts: Counts): string {
  const never: string[] = [];
  if (counts.host + counts.worker === 0) never.push("executed");
  if (counts.preempted === 0) never.push("preempted");
  if (counts.worker > 0 && counts.killed === 0) never.push("killed");
  if (counts.worker > 0 && counts.fenced === 0) never.push("fenced");
  return never.length > 0 ? GAP + never.join(", ") : "";
}

/** The labels of the table of pairs. */
export function labelsOfRing(): string[] {
  const url = new URL("../../ring/README.md", import.meta.url);
  const rows = readFileSync(url, "utf8").matchAll(
    /^\| ([A-Z]{1,2}\d+[a-z]?) +\| `ring\//gm,
  );
  return [...rows].map(([, label]) => label as string);
}
