/**
 * The one test command: builds the package, runs the suites on every runtime
 * and prints one table. Arguments: parts of paths to narrow the run,
 * `--runtime bun` (repeatable), `--seed 7`.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { command, type Outcome } from "../tests/support/command.ts";
import { launchArgs, type RuntimeName } from "../tests/support/runtime.ts";
import type { ReportLine, Verdict } from "../tests/support/tally.ts";
import { buildNpm } from "./build_npm.ts";
import { buildTests } from "./build_tests.ts";
import { ROOT } from "./manifest.ts";
import { executable, RUNTIMES, versionText } from "./runtimes.ts";

/** For all of it, build and every runtime: what hangs is named by then. */
const DEADLINE_MS = 13 * 60_000;
/** Runtimes at one time: a run keeps one core busy, and two cores are common. */
const AT_ONCE = 2;
/** From the quickest: who takes longest is started first, so both lanes end together. */
const BY_TIME: readonly RuntimeName[] = ["bun", "deno", "node20", "node"];

interface Result {
  runtime: RuntimeName;
  version: string;
  verdicts: Verdict[];
}

const { values: options, positionals: filters } = parseArgs({
  allowPositionals: true,
  options: {
    runtime: { type: "string", multiple: true },
    seed: { type: "string" },
  },
});
const seed = options.seed ?? String(Math.floor(Math.random() * 1e9));

try {
  process.exitCode = await main();
} catch (error) {
  console.error((error as Error).message);
  console.log("0 passed, 1 failed");
  process.exitCode = 1;
}

async function main(): Promise<number> {
  const chosen = choose(options.runtime);
  if (chosen.includes("node20")) {
    buildNpm();
    await buildTests();
  }
  const folder = mkdtempSync(join(tmpdir(), "whorl-test-"));
  const results: Result[] = [];
  try {
    const waiting = [...chosen].sort((one, two) =>
      BY_TIME.indexOf(two) - BY_TIME.indexOf(one)
    );
    const lane = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        results.push(await runSuites(next, folder));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  results.sort((one, two) =>
    chosen.indexOf(one.runtime) - chosen.indexOf(two.runtime)
  );
  return print(results);
}

function choose(wanted: string[] | undefined): readonly RuntimeName[] {
  const unknown = wanted?.filter((name) => !RUNTIMES.includes(name as never));
  if (unknown?.length) {
    throw new Error(`No runtime ${unknown}: there are ${RUNTIMES.join(", ")}`);
  }
  return wanted ? RUNTIMES.filter((name) => wanted.includes(name)) : RUNTIMES;
}

async function runSuites(name: RuntimeName, folder: string): Promise<Result> {
  const file = executable(name);
  const report = join(folder, `${name}.jsonl`);
  const main = name === "node20" ? "build/tests/main.js" : "tests/main.ts";
  const run = await command(
    file,
    [
      ...launchArgs(name),
      ...[main, "--report", report, "--seed", seed, ...filters],
    ],
    {
      cwd: fileURLToPath(ROOT),
      deadlineMs: Math.max(1, DEADLINE_MS - performance.now()),
      group: true,
      env: {
        NO_COLOR: "1",
        DENO_NO_UPDATE_CHECK: "1",
        // Some thousands of workers load the same files; Node strips the types
        // of each and compiles it, which is half of all its time here.
        NODE_COMPILE_CACHE: join(folder, "compiled"),
      },
    },
  );
  const verdicts = judge(readReport(report), run);
  return { runtime: name, version: versionText(file), verdicts };
}

function readReport(path: string): ReportLine[] {
  try {
    const lines = readFileSync(path, "utf8").split("\n").filter(Boolean);
    return lines.map((line) => JSON.parse(line));
  } catch {
    return [];
  }
}

/** The verdicts reported, and one more failure when the run cannot be trusted. */
function judge(report: ReportLine[], run: Outcome): Verdict[] {
  const verdicts = report.flatMap((line) =>
    line.event === "verdict" ? [line.verdict] : []
  );
  const last = report.at(-1);
  const failed = verdicts.some((verdict) => verdict.state === "failed");
  const passed = verdicts.some((verdict) => verdict.state === "passed");
  let wrong = "";
  if (run.timedOut) {
    wrong = `was killed, ${DEADLINE_MS} ms after the whole run began`;
  } else if (last?.event !== "done" || last.count !== verdicts.length) {
    wrong = `died with ${run.signal ?? run.code} before all tests had run`;
  } else if (run.code !== 0 && !failed) wrong = `ended with ${run.code}`;
  else if (run.code === 0 && failed) wrong = "ended with 0 despite failures";
  else if (!passed && !failed) wrong = "passed no test";
  if (wrong === "") return verdicts;
  const at = last?.event === "begin" ? `during ${last.name}\n` : "";
  const detail = at + (run.stdout + run.stderr).slice(-4_000);
  const loss = { file: "main", suite: "", name: `the runtime ${wrong}` };
  return [...verdicts, { ...loss, state: "failed", ms: run.ms, detail }];
}

function print(results: Result[]): number {
  let [passed, failed] = [0, 0];
  const rows = [["runtime", "kind", "passed", "failed", "skipped", "ms"]];
  for (const { runtime, version, verdicts } of results) {
    for (const verdict of verdicts) printDetail(runtime, verdict);
    const kinds = [...new Set(verdicts.map(kindOf))].sort();
    for (const kind of kinds) {
      const mine = verdicts.filter((verdict) => kindOf(verdict) === kind);
      const count = (state: Verdict["state"]) =>
        mine.filter((verdict) => verdict.state === state).length;
      passed += count("passed");
      failed += count("failed");
      const ms = mine.reduce((sum, verdict) => sum + verdict.ms, 0);
      const counts = [count("passed"), count("failed"), count("skipped")];
      rows.push([
        `${runtime} ${version}`,
        kind,
        ...[...counts, Math.round(ms)].map(String),
      ]);
    }
  }
  console.log("\n" + tableText(rows));
  const good = failed === 0 && passed > 0;
  if (!good) console.log(`\nseed ${seed}`);
  console.log(`\n${passed} passed, ${failed} failed`);
  return good ? 0 : 1;
}

function printDetail(runtime: string, verdict: Verdict): void {
  const { file, suite, name, state, detail } = verdict;
  const title = `${runtime}: ${file}: ${suite ? `${suite} › ` : ""}${name}`;
  if (state === "skipped") console.log(`skipped  ${title}: ${detail}`);
  if (state === "failed") {
    console.log(`\nFAILED   ${title}\n  ${detail.replaceAll("\n", "\n  ")}`);
  }
}

function kindOf(verdict: Verdict): string {
  return verdict.file.split("/")[0] ?? "";
}

function tableText(rows: string[][]): string {
  const widths =
    rows[0]?.map((_, at) =>
      Math.max(...rows.map((row) => row[at]?.length ?? 0))
    ) ?? [];
  const line = (row: string[]) =>
    row.map((cell, at) =>
      at < 2 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)
    ).join("  ");
  return rows.map(line).join("\n");
}
