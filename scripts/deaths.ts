/**
 * Runs the deaths of tests/deaths/ on every runtime, one after another, and
 * writes tests/deaths/RESULTS.md. Arguments: which percentage of them (default
 * 100), `--runtime bun` (repeatable), `--together 2` for so many runtimes at a
 * time.
 */
import process from "node:process";
import { parseArgs } from "node:util";
import type { Findings } from "../tests/deaths/main.ts";
import type { RuntimeName } from "../tests/support/runtime.ts";
import { commit, machine } from "./bench/machine.ts";
import { atATime, campaign, CAMPAIGN_OPTIONS, report } from "./campaign.ts";
import { ROOT } from "./manifest.ts";
import { writePage } from "./page.ts";

const DEADLINE_MS = 4 * 60 * 60_000;
const PARTS = ["rings", "threads", "processes"] as const;
const MATRIX: Record<typeof PARTS[number], string> = {
  rings: "the raw rings, real threads",
  threads: "pools of threads",
  processes: "pools of processes",
};

interface Run {
  readonly runtime: string;
  readonly findings: Findings | null;
  /** Why the findings are missing. */
  readonly died: string;
}

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: CAMPAIGN_OPTIONS,
});
const percent = Number(positionals[0] ?? 100);
if (!(percent > 0 && percent <= 100)) {
  throw new RangeError(
    `Cannot execute ${positionals[0]} percent of the deaths`,
  );
}
const runs = await campaign(options, execute);
await writePage("tests/deaths/RESULTS.md", page());
if (runs.some((run) => wrongIn(run) !== "")) {
  process.exitCode = 1;
}

async function execute(name: RuntimeName, runtime: string): Promise<Run> {
  const { figures: findings, died } = await report<Findings>(name, {
    program: "deaths/main",
    args: { share: percent / 100 },
    deadlineMs: DEADLINE_MS,
  });
  const run = { runtime, findings, died };
  console.log(runtime, wrongIn(run) || "nothing wrong");
  return run;
}

/** What is wrong in a run, in words. */
function wrongIn({ findings, died }: Run): string {
  if (findings === null) return died;
  const broken = PARTS.flatMap((part) => findings[part].failures);
  return [died, ...broken].filter(Boolean).join("\n").slice(0, 3000);
}

function page(): string {
  const on = machine();
  const date = new Date().toISOString().slice(0, 10);
  const lines = [
    "# The last deaths",
    "",
    `Written by \`npm run deaths ${percent}\` on ${date}, commit ${
      commit(ROOT)
    }, on ${on.cores} cores (${on.cpu}, ${on.system})${atATime(options)}.`,
    "",
    `${
      percent < 100
        ? `That is ${percent} % of the matrix, spread over it and at least one death in each way at each point. `
        : ""
    }` +
    "After each death: every call settled once; tasks ran once at most, or as " +
    "often as they may be tried; none ran with the arguments of another; what " +
    "was not started was not lost; every cell was free, or in quarantine while " +
    "a zombie lived; and the others went on. Whatever was not so is listed below.",
    "",
    ...summary(),
  ];
  for (const part of PARTS) {
    lines.push("", `## Deaths on ${MATRIX[part]}`, "", ...table(part));
  }
  for (const run of runs) {
    const wrong = wrongIn(run);
    if (wrong === "") continue;
    lines.push("", `## Wrong on ${run.runtime}`, "", "```text", wrong, "```");
  }
  return lines.join("\n") + "\n";
}

function row(cells: readonly unknown[]): string {
  return `| ${cells.join(" | ")} |`;
}

function summary(): string[] {
  const head = ["", ...runs.map(({ runtime }) => runtime)];
  const cells = (of: (found: Findings) => unknown) =>
    runs.map(({ findings }) => findings === null ? "" : of(findings));
  const rows = PARTS.flatMap((part) => [
    row([`deaths on ${MATRIX[part]}`, ...cells((found) => found[part].deaths)]),
    row(["… seconds", ...cells((found) => found[part].seconds)]),
  ]);
  const missed = cells((found) =>
    PARTS.reduce((sum, part) => sum + found[part].missed, 0)
  );
  return [
    row(head),
    row(head.map(() => "---")),
    ...rows,
    row(["a pool's worker did not come to the point", ...missed]),
    row(["operations of zombies", ...cells(({ threads }) => threads.deeds)]),
    row([
      "broken promises",
      ...cells((found) =>
        PARTS.reduce((sum, part) => sum + found[part].failures.length, 0)
      ),
    ]),
  ];
}

/** Deaths by point and way, on all runtimes together. */
function table(part: typeof PARTS[number]): string[] {
  const sums = new Map<string, Map<string, number>>();
  const ways = new Set<string>();
  for (const { findings } of runs) {
    for (
      const [point, counts] of Object.entries(findings?.[part].table ?? {})
    ) {
      const sum = sums.get(point) ?? new Map<string, number>();
      sums.set(point, sum);
      for (const [way, count] of Object.entries(counts)) {
        ways.add(way);
        sum.set(way, (sum.get(way) ?? 0) + count);
      }
    }
  }
  return [
    row(["after", ...ways]),
    row(["---", ...[...ways].map(() => "---:")]),
    ...[...sums].map(([point, sum]) =>
      row([point, ...[...ways].map((way) => sum.get(way) ?? "")])
    ),
  ];
}
