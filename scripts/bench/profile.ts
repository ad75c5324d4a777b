/**
 * What does the time of a row go to? Runs rows under the sampling profiler of
 * Node and writes results/PROFILES.md: what each thread did, by function.
 * Arguments: names of rows; default those of limits.ts.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { command } from "../../tests/support/command.ts";
import { buildNpm } from "../build_npm.ts";
import { ROOT } from "../manifest.ts";
import { writePage } from "../page.ts";
import { installed, versionText } from "../runtimes.ts";
import { LIMITS } from "./limits.ts";
import { commit, load, machine } from "./machine.ts";
import { PEERS } from "./peers/mod.ts";
import { ROWS } from "./rows/mod.ts";

const PAGE = "scripts/bench/results/PROFILES.md";
/** Weighed in processes of their own. */
const UNSEEN = ["memory"];
const DEFAULT = Object.keys(LIMITS).filter((row) => !UNSEEN.includes(row));
const INTERVAL_MICROS = 100;
/** More than the rows take, so that none is cut short. */
const SECONDS = 30;
/** Functions that are shown of each thread. */
const SHOWN = 12;
/** What threads are in while they sleep. */
const ASLEEP = ["(idle)", "wait"];

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** Time of one kind of thread, in microseconds, by what it did. */
type Times = Map<string, number>;

const rows = process.argv.length > 2 ? process.argv.slice(2) : DEFAULT;
for (const row of rows) {
  if (!ROWS.some(({ name }) => name === row)) {
    throw new Error(
      `There is no row ${row}: ${ROWS.map(({ name }) => name).join(", ")}`,
    );
  }
}
buildNpm();
const parts: string[] = [];
for (const row of rows) parts.push(...await profiled(row));
const on = machine();
await writePage(
  PAGE,
  [
    "# What the time goes to",
    "",
    `Made by \`node scripts/bench/profile.ts\` on ${
      new Date().toISOString().slice(0, 10)
    }, commit ${commit(ROOT)}, Node ${
      versionText(installed("node"))
    }, ${on.cores} cores (${on.cpu}), load ${load()}; do not edit.`,
    "",
    `A sample every ${INTERVAL_MICROS} µs of whorl alone, with 1 and 2 workers, and of the`,
    "start of the bench; the profiler slows all of it. Percentages are of the time a thread did not sleep.",
    "`node:` is what the runtime itself does, `(program)` native code without a",
    "JavaScript function: system calls, the start of threads, compilation.",
    ...parts,
    "",
  ].join("\n"),
);

async function profiled(row: string): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "whorl-profile-"));
  const others = [...PEERS.map(({ name }) => name), "bare"];
  const skip = Object.fromEntries(
    others.filter((name) => name !== "whorl").map((name) => [name, "rests"]),
  );
  try {
    const run = await command(installed("node"), [
      "--cpu-prof",
      `--cpu-prof-dir=${folder}`,
      `--cpu-prof-interval=${INTERVAL_MICROS}`,
      fileURLToPath(new URL("run.ts", import.meta.url)),
      ...["--row", row, "--seconds", String(SECONDS)],
      ...["--skip", JSON.stringify(skip)],
    ], { cwd: fileURLToPath(ROOT) });
    if (run.code !== 0) {
      throw new Error(`Cannot profile ${row}: ${run.stderr.slice(-500)}`);
    }
    const host: Times = new Map();
    const workers: Times = new Map();
    for (const name of readdirSync(folder)) {
      const text = readFileSync(join(folder, name), "utf8");
      const profile = JSON.parse(text) as Profile;
      const isHost = profile.nodes.some(({ callFrame }) =>
        callFrame.url.endsWith("/run.ts")
      );
      add(isHost ? host : workers, profile);
    }
    return [
      ...["", `## ${row}`, "", "| host | % | worker | % |"],
      ...["| --- | ---: | --- | ---: |", ...sideBySide(host, workers)],
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function add(to: Times, { nodes, samples, timeDeltas }: Profile): void {
  const names = new Map(
    nodes.map(({ id, callFrame }) => [id, named(callFrame)]),
  );
  samples.forEach((id, i) => {
    const name = names.get(id) as string;
    to.set(name, (to.get(name) ?? 0) + (timeDeltas[i] as number));
  });
}

/** Runtime and bench by where they are, the library by its functions. */
function named(
  { functionName, url }: { functionName: string; url: string },
): string {
  // Node strips types in WebAssembly.
  if (/^(node|wasm):/.test(url) || functionName.startsWith("wasm-")) {
    return "node:";
  }
  if (url.includes("/scripts/bench/")) return "the bench";
  return functionName || "(anonymous)";
}

function sideBySide(host: Times, workers: Times): string[] {
  const [left, right] = [top(host), top(workers)];
  const none = ["", ""] as const;
  return Array.from(
    { length: Math.max(left.length, right.length) },
    (_, i) =>
      `| ${[...(left[i] ?? none), ...(right[i] ?? none)].join(" | ")} |`,
  );
}

/** What took longest, and its percentage. */
function top(times: Times): (readonly [string, string])[] {
  for (const name of ASLEEP) times.delete(name);
  const all = [...times.values()].reduce((sum, time) => sum + time, 0);
  return [...times].sort(([, one], [, other]) => other - one).slice(0, SHOWN)
    .map(([name, time]) => [`\`${name}\``, (time / all * 100).toFixed(1)]);
}
