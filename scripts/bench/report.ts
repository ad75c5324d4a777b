/**
 * What do the results come to? Makes the page and the charts of results/ and
 * the figures of README.md from the JSON; nothing in them is typed. Run by
 * itself it makes them again without measuring.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { ROOT } from "../manifest.ts";
import { ALTERNATIVES_PAGE, alternativesPage } from "./alternatives/main.ts";
import { bars, lines } from "./chart.ts";
import { breakEven } from "./curves/worth.ts";
import { amount, type CaseResult, digits, lowIsGood } from "./figures.ts";
import { folder, readResults, type Results } from "./results.ts";
import { LIMITS } from "./limits.ts";
import {
  cell,
  fallsShort,
  isRest,
  nextOf,
  shortfalls,
  table,
  tables,
  title,
} from "./tables.ts";

const README = new URL("README.md", ROOT);
const BEGIN = "<!-- figures: made by npm run bench, do not edit -->";
const END = "<!-- end of figures -->";
/** The rows that README.md quotes. */
const QUOTED = [
  "seq",
  "win64",
  "burst",
  "map",
  "object",
  "string ASCII",
  "f64 8 MB",
  "f64 shared 8 MB",
  "mapInto heavy",
  "start",
];

if (import.meta.main) writeReport(false);

/** Writes everything that is made from the results. */
export function writeReport(quick: boolean): void {
  for (const [url, text] of made(quick)) writeFileSync(url, text);
}

/** Paths, relative to the root, that are not what the results make of them. */
export function staleFigures(): string[] {
  return [...made(false)]
    .filter(([url, text]) =>
      !existsSync(url) || readFileSync(url, "utf8") !== text
    )
    .map(([url]) => url.href.slice(ROOT.href.length));
}

/** Rows of the results that fall short and about which limits.ts says nothing. */
export function unexplained(): string[] {
  const rows = readResults(false).flatMap(({ results }) => results)
    .filter(fallsShort).map(({ row }) => row);
  return [...new Set(rows)].filter((row) => LIMITS[row] === undefined);
}

function made(quick: boolean): Map<URL, string> {
  const files = readResults(quick);
  const at = (name: string) => new URL(name, folder(quick));
  const charts = chartsOf(files);
  const all = new Map([[at("README.md"), page(files, [...charts.keys()])]]);
  for (const [name, text] of charts) all.set(at(name), text);
  if (quick) return all;
  const alternatives = alternativesPage();
  if (alternatives !== null) all.set(ALTERNATIVES_PAGE, alternatives);
  return all.set(README, readme(files));
}

// ---- charts -------------------------------------------------------------------

function chartsOf(files: readonly Results[]): Map<string, string> {
  const charts = new Map<string, string>();
  for (const one of unique(files.flatMap((file) => file.results))) {
    charts.set(chartName(one.name), barsOf(one, files));
  }
  const names = new Set(files.flatMap((file) => file.curves.map(nameOf)));
  for (const name of names) {
    charts.set(chartName(`scaling ${name}`), linesOf(name, files));
  }
  return charts;
}

/** One result per case, with the most workers it was run with. */
function unique(results: readonly CaseResult[]): CaseResult[] {
  const last = new Map(results.map((result) => [result.name, result]));
  return [...last.values()];
}

function barsOf(shown: CaseResult, files: readonly Results[]): string {
  const { name, workers, unit } = shown;
  const groups = files.flatMap((file) => {
    const result = find(file, name, workers);
    if (result === undefined) return [];
    const names = [
      ...Object.keys(file.peers),
      ...(result.bare ? ["bare"] : []),
    ];
    return [{
      name: title(file),
      bars: names.flatMap((peer) => {
        const outcome = result.outcomes[peer];
        if (!outcome || isRest(outcome)) return [];
        return [{
          name: peer,
          value: "reason" in outcome ? null : outcome.median,
          label: cell(outcome, result),
          ours: peer === "whorl",
        }];
      }),
    }];
  });
  const good = lowIsGood(unit) ? "less is better" : "more is better";
  const bare = shown.bare ? `; bare: ${shown.bare}` : "";
  return bars(`${name}, ${count(workers)}`, `median, ${good}${bare}`, groups);
}

function linesOf(name: string, files: readonly Results[]): string {
  const drawn = files.flatMap((file) => {
    const curve = file.curves.find((one) => one.name === name);
    return curve ? [{ file, curve }] : [];
  });
  const first = drawn[0]?.curve;
  return lines(`scaling: ${name}`, first?.about ?? "", {
    x: first?.x ?? "",
    y: first?.y ?? "",
    lines: drawn.map(({ file, curve }) => ({
      name: file.runtime.name,
      points: curve.points.map(({ x, wall }) => ({ x, y: wall.median })),
    })),
  });
}

function chartName(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "_") + ".svg";
}

// ---- the page -----------------------------------------------------------------

function page(files: readonly Results[], charts: readonly string[]): string {
  const shown = charts.map((name) => `![${name.slice(0, -4)}](${name})`);
  return `# Benchmark

Made by \`npm run bench\`; do not edit. Medians of rounds in which everybody
runs in turn, in random order, in one process; whorl's best round stands in
parentheses. "next" is the fastest of the others and how many times its speed
whorl has: the median of the rounds' own ratios, above 1 whorl is first. Under
reach stands what is wanted and what it came to (next to bare: both at their
best); what issue 2 demands at least is marked "at least". Of ok? "yes" means
all of it, "at least" what issue 2 demands and no more. Peers without a map are
called once per item; piscina and tinypool hold 16 tasks per worker, as whorl
does by default, because that is what serves them best. Absolute times depend
on the machine and on what else it does: quote ratios.

${files.map(tables).join("\n\n")}

## What falls short, and why

${shortfalls(files).join("\n")}

## Charts

${shown.join("\n\n")}
`;
}

// ---- README.md ----------------------------------------------------------------

function readme(files: readonly Results[]): string {
  const text = readFileSync(README, "utf8");
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (from < 0 || to < from) {
    throw new Error(`Cannot quote figures: README.md has no ${BEGIN} … ${END}`);
  }
  const block = [
    BEGIN,
    "<!-- deno-fmt-ignore-start -->",
    "",
    // What a quick run says is too rough to be quoted.
    ...(files.length === 0 || files.some(({ quick }) => quick)
      ? ["Not measured on a quiet machine yet.", ""]
      : [
        "![Calls per second](scripts/bench/results/win64.svg)",
        "",
        ...table(["row, 2 workers", ...files.map(title)], quoted(files)),
        "",
        provenance(files),
        "",
        ...advice(files),
        "",
      ]),
    "<!-- deno-fmt-ignore-end -->",
    "",
  ].join("\n");
  return text.slice(0, from) + block + text.slice(to);
}

function quoted(files: readonly Results[]): string[][] {
  return QUOTED.map((name) => [
    name,
    ...files.map((file) => {
      const result = find(file, name, 2);
      const mine = result?.outcomes["whorl"];
      if (!result || !mine || "reason" in mine) return "";
      const next = nextOf(result);
      const versus = next ? `, ${digits(next.ratio)}x ${next.name}` : "";
      return amount(mine.median, result.unit) + versus;
    }),
  ]);
}

function provenance(files: readonly Results[]): string {
  const [first] = files;
  if (first === undefined) return "";
  const { machine, commit, date } = first;
  const loads = files.flatMap(({ load }) => [load.before, load.after]);
  return `Medians on ${machine.cores} cores (${machine.cpu}, ` +
    `${machine.system}), load up to ${Math.max(...loads)}, commit ${commit}, ` +
    `${
      date.slice(0, 10)
    }; beside each the fastest of the others and how many ` +
    "times as fast whorl is.";
}

/** Below how many items a pool does not pay. */
function advice(files: readonly Results[]): string[] {
  const curves = files.flatMap((file) => {
    const curve = file.curves.find(({ name }) => name === breakEven.name);
    return curve === undefined ? [] : [{ file, curve }];
  });
  const xs = curves[0]?.curve.points.map(({ x }) => x) ?? [];
  const head = [
    "does map on 2 workers pay?",
    ...curves.map(({ file }) => title(file)),
  ];
  return table(
    head,
    xs.map((ns) => [
      `items of ${ns < 1e3 ? `${ns} ns` : `${ns / 1e3} µs`}`,
      ...curves.map(({ curve }) => {
        const least = curve.points.find(({ x }) => x === ns)?.wall.median ?? 0;
        return least === 0 ? "never" : `from ${Math.round(least)}`;
      }),
    ]),
  );
}

// ---- looking things up --------------------------------------------------------

function nameOf({ name }: { readonly name: string }): string {
  return name;
}

function count(workers: number): string {
  return `${workers} worker${workers === 1 ? "" : "s"}`;
}

function find(
  file: Results,
  name: string,
  workers: number,
): CaseResult | undefined {
  return file.results.find((one) =>
    one.name === name && one.workers === workers
  );
}
