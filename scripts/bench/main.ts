/**
 * How fast is whorl, next to its peers, on Node, Bun and Deno? Starts run.ts
 * per runtime and row, and writes results/. Arguments: `--quick` (two minutes
 * in total), `--runtime bun` and `--row seq` (repeatable), `--seed 7`. A run of
 * some rows is only printed.
 */
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { launchArgs } from "../../tests/support/runtime.ts";
import { ROOT } from "../manifest.ts";
import { installed, versionText } from "../runtimes.ts";
import type { CaseResult } from "./figures.ts";
import { commit, load, machine, packageVersion } from "./machine.ts";
import { PEERS } from "./peers/mod.ts";
import { type Results, RUNTIMES, table, writeReport } from "./report.ts";
import { ROWS } from "./rows/mod.ts";
import { MARK, type RunEvent } from "./run.ts";

/** A run that says nothing for so long is killed. */
const SILENCE_MS = { quick: 15_000, full: 60_000 };

type RuntimeName = (typeof RUNTIMES)[number];

/** A quick run aims at this many seconds in total; rows get shorter to keep it. */
const QUICK_SECONDS = 85;

/** How a child process ended, and what it told. */
interface Told {
  readonly events: RunEvent[];
  readonly done: boolean;
  /** Why not. */
  readonly reason: string;
}

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    runtime: { type: "string", multiple: true },
    row: { type: "string", multiple: true },
    seed: { type: "string" },
  },
});
const seed = options.seed ?? String(Math.floor(Math.random() * 1e9));
let rowsLeft = 0;

try {
  rowsLeft = chosen("runtime", RUNTIMES).length *
    chosen("row", ROWS.map((row) => row.name)).length;
  for (const name of chosen("runtime", RUNTIMES)) await bench(name);
  if (options.row === undefined) writeReport();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

/** Seconds for the next row, of those left. */
function share(): number {
  return Math.max(0.1, (QUICK_SECONDS - performance.now() / 1e3) / rowsLeft);
}

function chosen<T extends string>(
  option: "runtime" | "row",
  all: readonly T[],
): readonly T[] {
  const wanted = options[option];
  const unknown = wanted?.find((name) => !all.includes(name as T));
  if (unknown !== undefined) {
    throw new Error(`No ${option} ${unknown}: there are ${all.join(", ")}`);
  }
  return wanted ? all.filter((name) => wanted.includes(name)) : all;
}

async function bench(name: RuntimeName): Promise<void> {
  const before = load();
  const began = performance.now();
  const skip = await tryPeers(name);
  const results: CaseResult[] = [];
  for (const row of chosen("row", ROWS.map((one) => one.name))) {
    const from = performance.now();
    results.push(...await runRow(name, row, skip));
    const seconds = ((performance.now() - from) / 1e3).toFixed(1);
    process.stderr.write(`${name}: ${row}: ${seconds} s\n`);
    rowsLeft--;
  }
  const peers = Object.fromEntries(
    PEERS.map((peer) => [peer.name, packageVersion(ROOT, peer.name)]),
  );
  const file: Results = {
    runtime: { name, version: versionText(installed(name)) },
    machine: machine(),
    load: { before, after: load() },
    peers,
    commit: commit(ROOT),
    date: new Date().toISOString(),
    seed: Number(seed),
    quick: options.quick,
    seconds: Math.round((performance.now() - began) / 1e3),
    results,
  };
  console.log(table(file));
  if (options.row !== undefined) return;
  const url = new URL(`results/${name}.json`, import.meta.url);
  writeFileSync(url, JSON.stringify(file, rounded, 2) + "\n");
}

function rounded(_key: string, value: unknown): unknown {
  if (typeof value !== "number" || Number.isInteger(value)) return value;
  return Number(value.toPrecision(5));
}

/** Peers that do not answer on a runtime, each found out in a process of its own. */
async function tryPeers(name: RuntimeName): Promise<Record<string, string>> {
  const skip: Record<string, string> = {};
  await Promise.all(PEERS.map(async (peer) => {
    const { events, reason } = await child(name, ["--try", peer.name]);
    const tried = events.find((event) => event.event === "tried");
    const why = tried === undefined ? reason : tried.reason;
    if (why !== "") skip[peer.name] = why;
  }));
  return skip;
}

/** Runs a row; if the process dies, runs it again without the one it died with. */
async function runRow(
  name: RuntimeName,
  row: string,
  skip: Readonly<Record<string, string>>,
): Promise<CaseResult[]> {
  const out = { ...skip };
  for (let tries = 0; tries <= PEERS.length; tries++) {
    const args = ["--row", row, "--seed", seed, "--skip", JSON.stringify(out)];
    if (options.quick) args.push("--quick", "--seconds", String(share()));
    const { events, done, reason } = await child(name, args);
    const last = events.findLast((event) => event.event === "begin");
    if (done || last === undefined) {
      if (!done) process.stderr.write(`${name}: ${row}: ${reason}\n`);
      return events.flatMap((event) =>
        event.event === "result" ? [event.result] : []
      );
    }
    process.stderr.write(`${name}: ${last.at}: ${last.name}: ${reason}\n`);
    out[last.name] = reason;
  }
  return [];
}

function child(name: RuntimeName, args: readonly string[]): Promise<Told> {
  const run = fileURLToPath(new URL("run.ts", import.meta.url));
  const started = spawn(
    installed(name),
    [...launchArgs(name), run, ...args],
    {
      cwd: fileURLToPath(ROOT),
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
    },
  );
  const events: RunEvent[] = [];
  let said = "";
  let silent = false;
  const silence = options.quick ? SILENCE_MS.quick : SILENCE_MS.full;
  const hush = () => {
    silent = true;
    started.kill("SIGKILL");
  };
  let watch = setTimeout(hush, silence);
  started.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-2_000);
  });
  createInterface({ input: started.stdout }).on("line", (line) => {
    if (!line.startsWith(MARK)) return;
    events.push(JSON.parse(line.slice(MARK.length)));
    clearTimeout(watch);
    watch = setTimeout(hush, silence);
  });
  return new Promise((settle, fail) => {
    started.once("error", fail);
    started.once("close", (code, signal) => {
      clearTimeout(watch);
      const done = events.some(({ event }) => event === "done");
      const reason = silent ? "hung" : `ended with ${signal ?? code}`;
      const tried = events.some(({ event }) => event === "tried");
      if (!done && !tried && !silent) process.stderr.write(said);
      settle({ events, done, reason });
    });
  });
}
