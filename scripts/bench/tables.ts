/** How are the results of one runtime put into words? */
import { COST, type CurveResult, growth } from "./curves/curve.ts";
import {
  amount,
  type CaseResult,
  digits,
  type Outcome,
  RESTS,
} from "./figures.ts";
import { LIMITS } from "./limits.ts";
import type { Results } from "./results.ts";

/** The tables of one runtime, with what they were measured on. */
export function tables(file: Results): string {
  const names = Object.keys(file.peers);
  const others = names.filter((name) => name !== "whorl");
  const head = [
    "row",
    "workers",
    "whorl",
    ...others.map((name) => `${name} ${file.peers[name]}`.trim()),
    "bare",
    "next",
    "reach",
    "ok?",
  ];
  return [
    `## ${title(file)}`,
    "",
    about(file),
    "",
    ...(file.results.length === 0
      ? []
      : table(head, file.results.map((result) => cells(result, others)))),
    ...bareNotes(file),
    ...(file.curves.length === 0 ? [] : ["", ...curveTable(file.curves)]),
  ].join("\n");
}

/** A table of Markdown; all but the first column are numbers. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string[] {
  return [head, head.map((_, at) => at === 0 ? "---" : "---:"), ...rows]
    .map((line) => `| ${line.join(" | ")} |`);
}

function about(file: Results): string {
  const { cpu, cores, memoryGb, system } = file.machine;
  return `${cpu}, ${cores} cores, ${memoryGb} GB, ${system}; load ` +
    `${file.load.before} before, ${file.load.after} after; the ` +
    `${file.measured} of commit ${file.commit}, ${file.date}, seed ` +
    `${file.seed}, ${file.seconds} s` +
    `${file.quick ? ", **quick run: rough figures**" : ""}.` +
    (file.again ?? []).map(({ name, commit, date }) =>
      ` Again: ${name}, commit ${commit}, ${date}.`
    ).join("");
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

/** Rows that fall short of what is wanted, each with where and why. */
export function shortfalls(files: readonly Results[]): string[] {
  const short = new Map<string, string[]>();
  for (const file of files) {
    for (const result of file.results.filter(fallsShort)) {
      const { row, name, workers } = result;
      const places = short.get(row) ?? [];
      short.set(row, [...places, `${file.runtime.name} ${name}, ${workers}`]);
    }
  }
  return [...short].map(([row, places]) =>
    `- **${row}**: ${LIMITS[row] ?? "nobody knows."} (${places.join("; ")})`
  );
}

/** Whether a case does not reach all of what performance.md wants. */
export function fallsShort(result: CaseResult): boolean {
  return ["no", "at least"].includes(verdict(result));
}

function cells(result: CaseResult, others: readonly string[]): string[] {
  const { outcomes, bounds } = result;
  const mine = outcomes["whorl"];
  const best = mine && "best" in mine
    ? ` (${amount(mine.best, result.unit)})`
    : "";
  const next = nextOf(result);
  return [
    result.name,
    String(result.workers),
    cell(mine, result) + best,
    ...others.map((name) => cell(outcomes[name], result)),
    result.bare === "" ? "" : cell(outcomes["bare"], result),
    next ? `${next.name} ${digits(next.ratio)}x` : "",
    bounds.map(({ text, floor, found }) =>
      `${floor ? "at least " : ""}${text}${found && ` (${found})`}`
    ).join(", "),
    verdict(result),
  ];
}

/** What is said about a contestant. */
export function cell(outcome: Outcome | undefined, result: CaseResult): string {
  if (outcome === undefined) return "n/a";
  if ("reason" in outcome) {
    return isRest(outcome) ? "" : `n/a: ${outcome.reason}`;
  }
  return amount(outcome.median, result.unit);
}

function verdict({ bounds }: CaseResult): string {
  const known = bounds.filter(({ ok }) => ok !== null);
  if (bounds.length === 0) return "";
  if (known.length === 0) return "?";
  if (known.every(({ ok }) => ok)) return "yes";
  const floors = known.filter(({ floor }) => floor);
  return floors.length > 0 && floors.every(({ ok }) => ok) ? "at least" : "no";
}

function curveTable(curves: readonly CurveResult[]): string[] {
  const costs = curves.filter(({ y }) => y === COST);
  const worth = curves.filter(({ y }) => y !== COST);
  return [
    ...(costs.length === 0 ? [] : costTable(costs)),
    ...(worth.length === 0 ? [] : ["", ...worthTable(worth)]),
  ];
}

function worthTable(curves: readonly CurveResult[]): string[] {
  return table(
    ["is it worth it?", "by ns per item"],
    curves.map((curve) => [
      `${curve.name}: ${curve.about}`,
      curve.points.map(({ x, wall, cpu }) =>
        `${x}: ${digits(wall.median)}${
          cpu.median > 0 ? `, ${digits(cpu.median)}` : ""
        }`
      ).join("; "),
    ]),
  );
}

function costTable(curves: readonly CurveResult[]): string[] {
  const head = [`${COST}, and of all threads`, "cost", "last / least"];
  return table(
    head,
    curves.map((curve) => [
      `${curve.name}: ${curve.about}`,
      curve.points.map(({ x, wall, cpu }) =>
        `${x}: ${digits(wall.median)}, ${digits(cpu.median)}`
      ).join("; "),
      `${digits(growth(curve.points))}x`,
    ]),
  );
}

/** The runtime and its version. */
export function title(file: Results): string {
  const { name, version } = file.runtime;
  return `${name[0]?.toUpperCase()}${name.slice(1)} ${version}`;
}

/** Whether a contestant was left out of a quick run. */
export function isRest(outcome: Outcome): boolean {
  return "reason" in outcome && outcome.reason === RESTS;
}

/** The fastest of the others, and how many times its speed whorl has. */
export function nextOf(
  { ratios }: CaseResult,
): { name: string; ratio: number } | undefined {
  const others = Object.entries(ratios).filter(([name]) => name !== "bare")
    .sort(([, one], [, two]) => one.median - two.median);
  const [first] = others;
  return first && { name: first[0], ratio: first[1].median };
}
