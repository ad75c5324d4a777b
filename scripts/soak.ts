/**
 * Runs the soak of tests/soak/ on every runtime, one after another, and writes
 * tests/RESULTS.md. Arguments: minutes of storm per runtime (default 10),
 * `--runtime bun` (repeatable), `--seed 7`. Ten minutes or more also mean a
 * million values and a million broken messages, less means fewer.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Findings } from "../tests/soak/main.ts";
import { command, type Outcome } from "../tests/support/command.ts";
import { launchArgs, type RuntimeName } from "../tests/support/runtime.ts";
import { commit, type Machine, machine } from "./bench/machine.ts";
import { buildNpm } from "./build_npm.ts";
import { buildTests } from "./build_tests.ts";
import { ROOT } from "./manifest.ts";
import { executable, installed, RUNTIMES, versionText } from "./runtimes.ts";

const VALUES_PER_MINUTE = 100_000;
const MOST_VALUES = 1_000_000;
/** What the codec may take, and the last round beyond its time. */
const SLACK_MS = 15 * 60_000;
const COLLECTOR: Record<RuntimeName, readonly string[]> = {
  node20: ["--expose-gc"],
  node: ["--expose-gc"],
  bun: [],
  deno: ["--v8-flags=--expose-gc"],
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
    seed: { type: "string" },
  },
});
const minutes = Number(positionals[0] ?? 10);
const seed = options.seed ?? String(Math.floor(Math.random() * 1e9));

if (!(minutes > 0)) {
  throw new RangeError(`Cannot soak for ${positionals[0]} minutes`);
}
const chosen = RUNTIMES.filter((name) =>
  options.runtime === undefined || options.runtime.includes(name)
);
if (chosen.includes("node20")) {
  buildNpm();
  await buildTests();
}
const began = new Date();
const runs: Run[] = [];
for (const name of chosen) {
  const run = await soak(name);
  runs.push(run);
  console.log(run.runtime, wrongIn(run) || "nothing wrong");
}
writeFileSync(new URL("tests/RESULTS.md", ROOT), page(runs, machine()));
// The gate wants every page formatted.
await command(installed("deno"), ["fmt", "tests/RESULTS.md"], {
  cwd: fileURLToPath(ROOT),
});
if (runs.length === 0 || runs.some((run) => wrongIn(run) !== "")) {
  process.exitCode = 1;
}

async function soak(name: RuntimeName): Promise<Run> {
  const file = executable(name);
  const folder = mkdtempSync(join(tmpdir(), "whorl-soak-"));
  const out = join(folder, "findings.json");
  const main = `${name === "node20" ? "build/" : ""}tests/soak/main`;
  const values = Math.min(MOST_VALUES, VALUES_PER_MINUTE * minutes);
  const given = { minutes, seed, values, out };
  try {
    const run = await command(file, [
      ...launchArgs(name),
      ...COLLECTOR[name],
      `${main}.${name === "node20" ? "js" : "ts"}`,
      ...Object.entries(given).flatMap(([key, value]) => [
        `--${key}`,
        String(value),
      ]),
    ], {
      cwd: fileURLToPath(ROOT),
      deadlineMs: minutes * 60_000 + SLACK_MS,
      group: true,
      env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1", TMPDIR: folder },
    });
    const runtime = `${name} ${versionText(file)}`;
    const findings = read(out);
    return { runtime, findings, died: deathOf(run, findings) };
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

function deathOf(run: Outcome, findings: Findings | null): string {
  if (run.timedOut) return "it hung and was killed";
  if (run.code === 0 && findings !== null) return "";
  const said = (run.stdout + run.stderr).slice(-1000).trim();
  return `it ended with ${run.signal ?? run.code}: ${said}`;
}

/** What is wrong in a run, in words. */
function wrongIn({ findings, died }: Run): string {
  const grown = findings?.grown ? [`${findings.grown} grew`] : [];
  return [died, ...grown, ...findings?.failures ?? []]
    .filter(Boolean).join("\n").slice(0, 3000);
}

function page(runs: readonly Run[], on: Machine): string {
  const date = began.toISOString().slice(0, 10);
  const good = runs.filter((run) => wrongIn(run) === "").length;
  const lines = [
    "# The last soak",
    "",
    `Written by \`npm run soak ${minutes}\` on ${date}, commit ${
      commit(ROOT)
    }, ` +
    `seed ${seed}, on ${on.cores} cores (${on.cpu}, ${on.system}).`,
    "",
    `It was asked for ${minutes} minute${
      minutes === 1 ? "" : "s"
    } of storm on ` +
    `each runtime. ${
      minutes < 10 ? "That is a short run: a release is soaked for ten. " : ""
    }${good} of ${runs.length} runtimes ended with nothing wrong.`,
    "",
    "Every call settled once and ran once at most, as tasks counted themselves;",
    "anything else is listed below. Handles and memory are medians of the second",
    "and the last third of the samples, taken while no pool existed.",
    "",
    ...table(runs),
  ];
  for (const run of runs) {
    const wrong = wrongIn(run);
    if (wrong === "") continue;
    lines.push("", `## Wrong on ${run.runtime}`, "", "```text", wrong, "```");
  }
  return lines.join("\n") + "\n";
}

function table(runs: readonly Run[]): string[] {
  const rows: [string, (found: Findings) => unknown][] = [
    ["seconds of storm", (found) => found.seconds],
    ["pools of threads, of processes", ({ rounds }) => pair(rounds)],
    ["calls on threads, on processes", ({ calls }) => pair(calls)],
    ["answers", ({ ends }) => ends["answer"] ?? 0],
    ["errors of tasks", ({ ends }) => ends["RangeError"] ?? 0],
    ["aborts", ({ ends }) => ends["AbortError"] ?? 0],
    ["timeouts", ({ ends }) => ends["TaskTimeoutError"] ?? 0],
    ["lost with their worker", ({ ends }) => ends["WorkerLostError"] ?? 0],
    ["ended with their pool", ({ ends }) => ends["StateError"] ?? 0],
    [
      "processes killed by the host",
      ({ ends }) => ends["killed by the host"] ?? 0,
    ],
    ["MB of memory, before → after", (found) => trend(found, "rssMb")],
    ["open files, before → after", (found) => trend(found, "files")],
    ["modules left open by the runtime", (found) => trend(found, "modules")],
    ["threads, before → after", (found) => trend(found, "threads")],
    ["child processes, before → after", (found) => trend(found, "children")],
    ["values through the codec", ({ codec }) => codec.roundTrips],
    [
      "broken messages, refused",
      ({ codec }) => `${codec.broken}, ${codec.refused}`,
    ],
    ["longest broken message (ms)", ({ codec }) => codec.longestMs],
    ["MB grown by broken messages", ({ codec }) => codec.grownMb],
    ["failures", ({ failures }) => failures.length],
  ];
  const line = (cells: readonly unknown[]) => `| ${cells.join(" | ")} |`;
  return [
    line(["", ...runs.map((run) => run.runtime)]),
    line(["---", ...runs.map(() => "---")]),
    ...rows.map(([name, cell]) =>
      line([
        name,
        ...runs.map(({ findings }) => findings === null ? "" : cell(findings)),
      ])
    ),
  ];
}

function pair(counts: Record<string, number>): string {
  return `${counts["thread"] ?? 0}, ${counts["process"] ?? 0}`;
}

function trend(
  { trend }: Findings,
  key: keyof Findings["trend"]["before"],
): string {
  return `${trend.before[key]} → ${trend.after[key]}`;
}
