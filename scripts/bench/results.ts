/** How does what was measured lie on the disk? One file per runtime. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import type { CurveResult } from "./curves/curve.ts";
import type { CaseResult } from "./figures.ts";
import type { Machine } from "./machine.ts";

/** The runtimes that are measured. */
export const RUNTIMES = ["node", "bun", "deno"] as const;

export type RuntimeName = (typeof RUNTIMES)[number];

/** One file of results/. */
export interface Results {
  readonly runtime: { readonly name: RuntimeName; readonly version: string };
  readonly machine: Machine;
  /** Load average of a minute. */
  readonly load: { readonly before: number; readonly after: number };
  /** Names and versions; no version where it is no package. */
  readonly peers: Readonly<Record<string, string>>;
  /** Which whorl: as it is installed, or its TypeScript source. */
  readonly measured: "package" | "source";
  readonly commit: string;
  readonly date: string;
  readonly seed: number;
  readonly quick: boolean;
  readonly seconds: number;
  readonly results: readonly CaseResult[];
  readonly curves: readonly CurveResult[];
  /** Rows and curves that were measured again since, in place of the first time. */
  readonly again?: readonly Again[];
}

/** What was measured again. */
export interface Again {
  readonly name: string;
  readonly commit: string;
  readonly date: string;
}

/** `old` with what `part` measured of it in the place of what it had. */
export function renewed(old: Results, part: Results): Results {
  const { commit, date } = part;
  const same = (one: CaseResult) => (other: CaseResult): boolean =>
    one.name === other.name && one.workers === other.workers;
  const names = new Set([
    ...part.results.map(({ row }) => row),
    ...part.curves.map(({ name }) => name),
  ]);
  return {
    ...old,
    results: old.results.map((one) => part.results.find(same(one)) ?? one),
    curves: old.curves.map((one) =>
      part.curves.find(({ name }) => name === one.name) ?? one
    ),
    again: [
      ...(old.again ?? []).filter(({ name }) => !names.has(name)),
      ...[...names].map((name) => ({ name, commit, date })),
    ],
  };
}

/** Where they lie; what a quick run says is kept apart from what is quoted. */
export function folder(quick: boolean): URL {
  return new URL(quick ? "results/quick/" : "results/", import.meta.url);
}

/** What was measured last, in the order of the runtimes. */
export function readResults(quick: boolean): Results[] {
  return RUNTIMES
    .map((name) => new URL(`${name}.json`, folder(quick)))
    .filter((url) => existsSync(url))
    .map((url) => JSON.parse(readFileSync(url, "utf8")));
}

/** Writes the file of one runtime, with five significant digits. */
export function writeResults(file: Results): void {
  mkdirSync(folder(file.quick), { recursive: true });
  const url = new URL(`${file.runtime.name}.json`, folder(file.quick));
  // Rounds on one line each, or the file is three times as long.
  const text = JSON.stringify(file, rounded, 2)
    .replaceAll(
      /\[\s+(-?[\d.e+-]+(?:,\s+-?[\d.e+-]+)*)\s+\]/g,
      (_, list) => `[${String(list).replaceAll(/\s+/g, " ")}]`,
    );
  writeFileSync(url, text + "\n");
}

function rounded(_key: string, value: unknown): unknown {
  if (typeof value !== "number" || Number.isInteger(value)) return value;
  return Number(value.toPrecision(5));
}
