/**
 * Runs the designs that were tried and dropped beside those in use, on every
 * runtime, in turn and several rounds, and writes results/alternatives.json and
 * README.md beside this file. Arguments: names of some, which are only printed.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { launchArgs } from "../../../tests/support/runtime.ts";
import { ROOT } from "../../manifest.ts";
import { installed, versionText } from "../../runtimes.ts";
import { digits, median } from "../figures.ts";
import { commit, load, type Machine, machine } from "../machine.ts";
import { RUNTIMES } from "../results.ts";
import type { Alternative } from "./alternative.ts";
import { channels } from "./channels.ts";
import { claims } from "./claims.ts";
import { codecs } from "./codecs.ts";
import { crowds } from "./crowds.ts";
import { hops } from "./hops.ts";
import { looks } from "./looks.ts";
import { results } from "./results.ts";
import { spins } from "./spins.ts";
import { text } from "./text.ts";
import { wakes } from "./wakes.ts";

const ALL: readonly Alternative[] = [
  hops,
  spins,
  wakes,
  crowds,
  looks,
  claims,
  results,
  codecs,
  text,
  channels,
];
const ROUNDS = 7;
const WARM_ROUNDS = 3;
const JSON_URL = new URL("../results/alternatives.json", import.meta.url);
/** The page that is made of it. */
export const ALTERNATIVES_PAGE: URL = new URL("README.md", import.meta.url);

/** By alternative, variant and runtime: the medians of its columns. */
type Found = Record<string, Record<string, Record<string, number[]>>>;

/** What lies in results/alternatives.json. */
interface Report {
  readonly date: string;
  readonly commit: string;
  readonly load: number;
  readonly machine: Machine;
  readonly runtimes: readonly string[];
  readonly found: Found;
}

if (import.meta.main) {
  const [first, name] = process.argv.slice(2);
  if (first === "measure") {
    console.log(JSON.stringify(await measure(name ?? "")));
    process.exit(0);
  }
  runAll(process.argv.slice(2));
}

function runAll(names: readonly string[]): void {
  const chosen = ALL.filter(({ name }) =>
    names.length === 0 || names.includes(name)
  );
  const unknown = names.find((name) => !ALL.some((one) => one.name === name));
  if (unknown !== undefined) throw new Error(`There is no ${unknown}`);
  const found: Found = {};
  for (const { name } of chosen) {
    for (const runtime of RUNTIMES) {
      const medians = measureIn(runtime, name);
      for (const [variant, numbers] of Object.entries(medians)) {
        ((found[name] ??= {})[variant] ??= {})[runtime] = numbers;
      }
    }
  }
  const report: Report = {
    date: new Date().toISOString(),
    commit: commit(ROOT),
    load: load(),
    machine: machine(),
    runtimes: RUNTIMES.map((name) => `${name} ${versionText(installed(name))}`),
    found,
  };
  if (names.length > 0) return console.log(page(report));
  writeFileSync(JSON_URL, JSON.stringify(report, null, 1) + "\n");
  writeFileSync(ALTERNATIVES_PAGE, page(report));
}

function measureIn(
  runtime: (typeof RUNTIMES)[number],
  name: string,
): Record<string, number[]> {
  const self = fileURLToPath(import.meta.url);
  const args = [...launchArgs(runtime), self, "measure", name];
  const run = spawnSync(installed(runtime), args, {
    encoding: "utf8",
    timeout: 120_000,
  });
  if (run.status !== 0) throw new Error(`${runtime}: ${name}: ${run.stderr}`);
  return JSON.parse(run.stdout.trim().split("\n").at(-1) as string);
}

async function measure(name: string): Promise<Record<string, number[]>> {
  const one = ALL.find((each) => each.name === name);
  if (one === undefined) throw new Error(`There is no ${name}`);
  const { rounds, leave } = await one.enter();
  const found: Record<string, number[][]> = {};
  for (let round = -WARM_ROUNDS; round < ROUNDS; round++) {
    for (const [variant, once] of Object.entries(rounds)) {
      const numbers = await once();
      if (round >= 0) (found[variant] ??= []).push(numbers);
    }
  }
  await leave();
  return Object.fromEntries(
    Object.entries(found).map(([variant, all]) => [
      variant,
      one.columns.map((_, at) =>
        Number(digits(median(all.map((numbers) => numbers[at] ?? NaN))))
      ),
    ]),
  );
}

/** What that page must say, or null when nothing was measured yet. */
export function alternativesPage(): string | null {
  if (!existsSync(JSON_URL)) return null;
  return page(JSON.parse(readFileSync(JSON_URL, "utf8")));
}

function page({ found, runtimes, ...about }: Report): string {
  const { cores, cpu } = about.machine;
  const parts = ALL.flatMap((one) => {
    const variants = found[one.name];
    return variants === undefined ? [] : [section(one, variants, runtimes)];
  });
  return `<!-- deno-fmt-ignore-file -->

# Designs that were tried and dropped

Made by \`node scripts/bench/alternatives/main.ts\`; do not edit. Each stays
runnable; the variant in use is marked. Medians of ${ROUNDS} rounds
in which all variants run in turn, less is better, on ${cores} cores (${cpu}),
load ${about.load}, commit ${about.commit}, ${about.date.slice(0, 10)}.

${parts.join("\n\n")}
`;
}

function section(
  one: Alternative,
  variants: Found[string],
  runtimes: readonly string[],
): string {
  const names = runtimes.map((name) => name.split(" ")[0] ?? "");
  const head = [
    "",
    ...names.flatMap((name) =>
      one.columns.map((column) => `${name}: ${column}`)
    ),
  ];
  const rows = Object.entries(variants).map(([variant, of]) => [
    variant === one.used ? `**${variant}**` : variant,
    ...names.flatMap((name) =>
      one.columns.map((_, at) => String(of[name]?.[at] ?? ""))
    ),
  ]);
  return [
    `## [${one.name}](${one.name}.ts)`,
    "",
    `${one.question} ${one.reason}`,
    "",
    ...[head, head.map((_, at) => at === 0 ? "---" : "---:"), ...rows]
      .map((cells) => `| ${cells.join(" | ")} |`),
  ].join("\n");
}
