/**
 * What does the time of the rows that fall short go to? Runs them under the
 * sampling profiler of each runtime and writes results/PROFILES.md: what each
 * thread did, by function. Arguments: names of rows; default those that fall
 * short there.
 */
import process from "node:process";
import { fileURLToPath } from "node:url";
import { buildNpm } from "../build_npm.ts";
import { command } from "../../tests/support/command.ts";
import { launchArgs } from "../../tests/support/runtime.ts";
import { ROOT } from "../manifest.ts";
import { writePage } from "../page.ts";
import { installed } from "../runtimes.ts";
import { type Heap, WEIGHED } from "./heaps.ts";
import { commit, load, machine } from "./machine.ts";
import { PEERS } from "./peers/mod.ts";
import { INTERVAL_MICROS, profile, type Times } from "./profiler.ts";
import { readResults, type RuntimeName } from "./results.ts";
import { ROWS } from "./rows/mod.ts";
import { fallsShort, title } from "./tables.ts";

const PAGE = "scripts/bench/results/PROFILES.md";
/** What a sampling profiler does not see: a table of heaps stands for it. */
const WEIGHT = "memory";
/** More than the rows take, so that none is cut short. */
const SECONDS = 30;
/** Functions that are shown of each thread. */
const SHOWN = 10;
/** What threads are in while they sleep. */
const ASLEEP = ["(idle)", "wait"];

const asked = process.argv.slice(2);
for (const row of asked) {
  if (!ROWS.some(({ name }) => name === row)) {
    throw new Error(
      `There is no row ${row}: ${ROWS.map(({ name }) => name).join(", ")}`,
    );
  }
}
buildNpm();
const on = machine();
const before = load();
const parts: string[] = [];
for (const file of readResults(false)) {
  const { runtime, results } = file;
  const short = new Set(results.filter(fallsShort).map(({ row }) => row));
  parts.push("", `## ${title(file)}`);
  for (const { name } of ROWS) {
    if (asked.length > 0 ? !asked.includes(name) : !short.has(name)) continue;
    parts.push("", `### ${name}`, "");
    const table = name === WEIGHT ? weighed : profiled;
    parts.push(...await table(runtime.name, name));
  }
}
await writePage(
  PAGE,
  [
    "# What the time goes to",
    "",
    `Made by \`node scripts/bench/profile.ts\` on ${
      new Date().toISOString().slice(0, 10)
    }, commit ${
      commit(ROOT)
    }, ${on.cores} cores (${on.cpu}), load ${before}; do not edit.`,
    "",
    `A sample every ${INTERVAL_MICROS} µs of whorl alone, with 1 and 2 workers, and of the`,
    "start of the bench; the profiler slows all of it. Percentages are of the time a thread did not sleep;",
    "on Deno system calls are in it, and some of them sleep. Bun samples the host alone.",
    "`node:` is what the runtime itself does, `(program)` native code without a",
    "JavaScript function: system calls, the start of threads, compilation. Of",
    "memory stand here the heaps of one thread.",
    ...parts,
    "",
  ].join("\n"),
);

async function profiled(runtime: RuntimeName, row: string): Promise<string[]> {
  const others = [...PEERS.map(({ name }) => name), "bare"];
  const skip = Object.fromEntries(
    others.filter((name) => name !== "whorl").map((name) => [name, "rests"]),
  );
  const program = fileURLToPath(new URL("run.ts", import.meta.url));
  const { host, workers } = await profile(runtime, program, [
    ...["--row", row, "--seconds", String(SECONDS)],
    ...["--skip", JSON.stringify(skip)],
  ]);
  const both = workers.size > 0;
  return [
    both ? "| host | % | worker | % |" : "| host | % |",
    both ? "| --- | ---: | --- | ---: |" : "| --- | ---: |",
    ...sideBySide(both ? [top(host), top(workers)] : [top(host)]),
  ];
}

/** The heaps of an idle worker and of a bare one. */
async function weighed(runtime: RuntimeName): Promise<string[]> {
  const program = fileURLToPath(new URL("heaps.ts", import.meta.url));
  const { code, stdout, stderr } = await command(installed(runtime), [
    ...launchArgs(runtime),
    program,
  ]);
  if (code !== 0) {
    throw new Error(`Cannot weigh heaps on ${runtime}: ${stderr.slice(-500)}`);
  }
  const [ours, bare] = JSON.parse(stdout) as [Heap, Heap];
  return [
    `| KB of one thread | ${WEIGHED.join(" | ")} | more |`,
    "| --- | ---: | ---: | ---: |",
    ...Object.entries(ours).flatMap(([part, one]) => {
      const other = bare[part] ?? 0;
      if (one === other) return [];
      const sizes = [one, other, one - other].map(inKB);
      return [`| ${[part, ...sizes].join(" | ")} |`];
    }),
  ];
}

function inKB(bytes: number): string {
  return (bytes / 1024).toFixed(0);
}

function sideBySide(
  columns: readonly (readonly (readonly [string, string])[])[],
): string[] {
  const rows = Math.max(...columns.map(({ length }) => length));
  return Array.from(
    { length: rows },
    (_, i) => `| ${columns.flatMap((one) => one[i] ?? ["", ""]).join(" | ")} |`,
  );
}

/** What took longest, and its percentage. */
function top(times: Times): (readonly [string, string])[] {
  for (const name of ASLEEP) times.delete(name);
  const all = [...times.values()].reduce((sum, time) => sum + time, 0);
  return [...times].sort(([, one], [, other]) => other - one).slice(0, SHOWN)
    .map(([name, time]) => [`\`${name}\``, (time / all * 100).toFixed(1)]);
}
