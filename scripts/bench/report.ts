/**
 * What do the results come to on one page? Makes results/README.md from the
 * JSON beside it; run by itself it makes the page again without measuring.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { amount, type CaseResult, digits, type Outcome } from "./figures.ts";
import type { Machine } from "./machine.ts";

/** The runtimes that are measured. */
export const RUNTIMES = ["node", "bun", "deno"] as const;

/** One file of results/. */
export interface Results {
  readonly runtime: { readonly name: string; readonly version: string };
  readonly machine: Machine;
  /** Load average of a minute. */
  readonly load: { readonly before: number; readonly after: number };
  /** Names and versions; no version where it is no package. */
  readonly peers: Readonly<Record<string, string>>;
  readonly commit: string;
  readonly date: string;
  readonly seed: number;
  readonly quick: boolean;
  readonly seconds: number;
  readonly results: readonly CaseResult[];
}

if (import.meta.main) writeReport();

/** Writes results/README.md. */
export function writeReport(): void {
  const pages = RUNTIMES
    .map((name) => new URL(`results/${name}.json`, import.meta.url))
    .filter((url) => existsSync(url))
    .map((url) => table(JSON.parse(readFileSync(url, "utf8"))));
  const text = `# Benchmark

Made by \`npm run bench\`; do not edit. Medians of rounds in which everybody
runs in turn, in random order, in one process; whorl's best round stands in
parentheses. "x piscina" is the median of the rounds' own ratios of speed. Under
reach stands what is wanted (next to bare: both at their best); what issue 2 demands at least is marked "at least".
Of ok? "yes" means all of it, "at least" what issue 2 demands and no more. Peers
without a map are called once per item. Absolute times depend on the machine and
on what else it does: quote ratios.

${pages.join("\n\n")}
`;
  writeFileSync(new URL("results/README.md", import.meta.url), text);
}

/** The table of one runtime, with what it was measured on. */
export function table(file: Results): string {
  const names = Object.keys(file.peers);
  const others = names.filter((name) => name !== "whorl");
  const head = [
    "row",
    "workers",
    "whorl",
    ...others.map((name) => `${name} ${file.peers[name]}`.trim()),
    "bare",
    "x piscina",
    "reach",
    "ok?",
  ];
  const lines = file.results.map((result) => cells(result, others));
  return [
    `## ${file.runtime.name} ${file.runtime.version}`,
    "",
    about(file),
    "",
    ...[head, head.map((_, at) => at === 0 ? "---" : "---:"), ...lines]
      .map((line) => `| ${line.join(" | ")} |`),
    ...bareNotes(file),
  ].join("\n");
}

function about(file: Results): string {
  const { cpu, cores, memoryGb, system } = file.machine;
  return `${cpu}, ${cores} cores, ${memoryGb} GB, ${system}; load ` +
    `${file.load.before} before, ${file.load.after} after; commit ` +
    `${file.commit}, ${file.date}, seed ${file.seed}, ${file.seconds} s` +
    `${file.quick ? ", **quick run: rough figures**" : ""}.`;
}

function bareNotes(file: Results): string[] {
  const bare = new Map(
    file.results.filter((result) => result.bare !== "")
      .map((result) => [result.row, result.bare]),
  );
  if (bare.size === 0) return [];
  const notes = [...bare].map(([row, name]) => `${row}: ${name}`);
  return ["", `Bare is, for ${notes.join("; ")}.`];
}

function cells(result: CaseResult, others: readonly string[]): string[] {
  const { outcomes, ratio, bounds } = result;
  const mine = outcomes["whorl"];
  const best = mine && "best" in mine
    ? ` (${amount(mine.best, result.unit)})`
    : "";
  return [
    result.name,
    String(result.workers),
    cell(mine, result) + best,
    ...others.map((name) => cell(outcomes[name], result)),
    result.bare === "" ? "" : cell(outcomes["bare"], result),
    ratio === null ? "" : `${digits(ratio)}x`,
    bounds.map(({ text, floor }) => floor ? `at least ${text}` : text)
      .join(", "),
    verdict(result),
  ];
}

function cell(outcome: Outcome | undefined, result: CaseResult): string {
  if (outcome === undefined) return "n/a";
  if ("reason" in outcome) return `n/a: ${outcome.reason}`;
  return amount(outcome.median, result.unit);
}

function verdict({ bounds }: CaseResult): string {
  const known = bounds.filter(({ ok }) => ok !== null);
  if (known.length === 0) return "?";
  if (known.every(({ ok }) => ok)) return "yes";
  const floors = known.filter(({ floor }) => floor);
  return floors.length > 0 && floors.every(({ ok }) => ok) ? "at least" : "no";
}
