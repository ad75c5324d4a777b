/**
 * Runs the deaths of tests/deaths/ on every runtime, one after another, and
 * writes tests/deaths/RESULTS.md. Arguments: which percentage of them (default
 * 100), `--runtime bun` (repeatable), `--together 2` for so many runtimes at a
 * time.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Findings } from "../tests/deaths/main.ts";
import { command } from "../tests/support/command.ts";
import { launchArgs, type RuntimeName } from "../tests/support/runtime.ts";
import { commit, machine } from "./bench/machine.ts";
import { buildNpm } from "./build_npm.ts";
import { buildTests } from "./build_tests.ts";
import { ROOT } from "./manifest.ts";
import { executable, installed, RUNTIMES, versionText } from "./runtimes.ts";

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
  options: {
    runtime: { type: "string", multiple: true },
    together: { type: "string", default: "1" },
  },
});
const together = Number(options.together);
if (!(Number.isInteger(together) && together >= 1)) {
  throw new RangeError(
    `Cannot have deaths on ${options.together} runtimes at a time`,
  );
}
const percent = Number(positionals[0] ?? 100);
if (!(percent > 0 && percent <= 100)) {
  throw new RangeError(
    `Cannot execute ${positionals[0]} percent of the deaths`,
  );
}
const chosen = RUNTIMES.filter((name) =>
  options.runtime === undefined || options.runtime.includes(name)
);
if (chosen.includes("node20")) {
  buildNpm();
  await buildTests();
}
const runs: Run[] = [];
for (let i = 0; i < chosen.length; i += together) {
  runs.push(...await Promise.all(chosen.slice(i, i + together).map(execute)));
}
writeFileSync(new URL("tests/deaths/RESULTS.md", ROOT), page());
// The gate wants every page formatted.
await command(installed("deno"), ["fmt", "tests/deaths/RESULTS.md"], {
  cwd: fileURLToPath(ROOT),
});
if (runs.length === 0 || runs.some((run) => wrongIn(run) !== "")) {
  process.exitCode = 1;
}

async function execute(name: RuntimeName): Promise<Run> {
  const file = executable(name);
  const folder = mkdtempSync(join(tmpdir(), "whorl-deaths-"));
  const out = join(folder, "findings.json");
  const main = name === "node20"
    ? "build/tests/deaths/main.js"
    : "tests/deaths/main.ts";
  const given = ["--share", String(percent / 100), "--out", out];
  try {
    const run = await command(file, [...launchArgs(name), main, ...given], {
      cwd: fileURLToPath(ROOT),
      deadlineMs: DEADLINE_MS,
      group: true,
      env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1", TMPDIR: folder },
    });
    const runtime = `${name} ${versionText(file)}`;
    const findings = read(out);
    const said = (run.stdout + run.stderr).slice(-1000).trim();
    const how = run.timedOut ? "it hung" : `it ended with ${run.code}: ${said}`;
    const done = { runtime, findings, died: findings === null ? how : "" };
    console.log(runtime, wrongIn(done) || "nothing wrong");
    return done;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function read(path: string): Findings | null {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return null;
  }
}

/** What is wrong in a run, in words. */
function wrongIn({ findings, died }: Run): string {
  if (findings === null) return died;
  return PARTS.flatMap((part) => findings[part].failures).join("\n")
    .slice(0, 3000);
}

function page(): string {
  const on = machine();
  const date = new Date().toISOString().slice(0, 10);
  const lines = [
    "# The last deaths",
    "",
    `Written by \`npm run deaths ${percent}\` on ${date}, commit ${
      commit(ROOT)
    }, on ${on.cores} cores (${on.cpu}, ${on.system})${
      together > 1 ? `, ${together} runtimes at a time` : ""
    }.`,
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
