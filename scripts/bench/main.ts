/**
 * How fast is whorl, next to its peers, on Node, Bun and Deno? Starts run.ts
 * per runtime, row and curve, and writes results/ and the figures of README.md.
 * Arguments: `--quick` (two minutes in total; writes results/quick/ and leaves
 * README.md alone), `--runtime bun`, `--row seq` and `--curve rings`
 * (repeatable; a run of some is only printed, with `--again` it takes the place
 * of what results/ has of them), `--minutes 60`, `--seed 7`,
 * `--source` (measures the TypeScript source instead of the built package).
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { buildNpm } from "../build_npm.ts";
import { ROOT } from "../manifest.ts";
import { installed, versionText } from "../runtimes.ts";
import { child } from "./child.ts";
import { type CurveResult, CURVES } from "./curves/mod.ts";
import type { CaseResult } from "./figures.ts";
import { SOURCE_VARIABLE } from "./library.ts";
import { commit, load, machine, packageVersion } from "./machine.ts";
import { PEERS } from "./peers/mod.ts";
import { writeReport } from "./report.ts";
import {
  readResults,
  renewed,
  type Results,
  type RuntimeName,
  RUNTIMES,
  writeResults,
} from "./results.ts";
import { ROWS } from "./rows/mod.ts";
import { tables } from "./tables.ts";

/** A run that says nothing for so long is killed (milliseconds). */
const SILENCE_MS = { quick: 15_000, full: 60_000 };
/** A quick run aims at this in total; rows get shorter to keep it. */
const QUICK_MINUTES = 1.5;
const FULL_MINUTES = 30;
const CURVE_WEIGHT = 1;

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    source: { type: "boolean", default: false },
    again: { type: "boolean", default: false },
    runtime: { type: "string", multiple: true },
    row: { type: "string", multiple: true },
    curve: { type: "string", multiple: true },
    minutes: { type: "string" },
    seed: { type: "string" },
  },
});
const seed = options.seed ?? String(Math.floor(Math.random() * 1e9));
const minutes = Number(
  options.minutes ?? (options.quick ? QUICK_MINUTES : FULL_MINUTES),
);
const partial = options.row !== undefined || options.curve !== undefined;
/** What is still to be run, in shares. */
let shares = 0;

try {
  if (!(minutes > 0)) {
    throw new Error(`Cannot run for ${options.minutes} minutes`);
  }
  if (options.again && !partial) {
    throw new Error("--again needs --row or --curve: without, all is measured");
  }
  const names = chosen("runtime", RUNTIMES);
  const each = rows().reduce((sum, { weight = 1 }) => sum + weight, 0) +
    curves().length * CURVE_WEIGHT;
  shares = names.length * each;
  if (!options.source) buildNpm();
  for (const name of names) await bench(name);
  if (!partial || options.again) writeReport(options.quick);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

function rows(): typeof ROWS {
  if (options.row === undefined && options.curve !== undefined) return [];
  const names = chosen("row", ROWS.map(({ name }) => name));
  return ROWS.filter(({ name }) => names.includes(name));
}

function curves(): typeof CURVES {
  if (options.curve === undefined && options.row !== undefined) return [];
  const names = chosen("curve", CURVES.map(({ name }) => name));
  return CURVES.filter(({ name }) => names.includes(name));
}

function chosen<T extends string>(
  option: "runtime" | "row" | "curve",
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
  for (const { name: row, weight = 1 } of rows()) {
    const seconds = takeShare(weight);
    results.push(...await runRow(name, { row, seconds, skip }));
  }
  const drawn: CurveResult[] = [];
  for (const { name: curve } of curves()) {
    const seconds = takeShare(CURVE_WEIGHT);
    // A quick run on a busy machine keeps its two minutes.
    if (options.quick && isOver()) {
      process.stderr.write(`${name}: ${curve}: no time left\n`);
      continue;
    }
    const args = ["--curve", curve];
    const { events, done, reason } = await timed(name, args, seconds);
    if (!done) process.stderr.write(`${name}: ${curve}: ${reason}\n`);
    for (const one of events) if (one.event === "curve") drawn.push(one.curve);
  }
  const file: Results = {
    runtime: { name, version: versionText(installed(name)) },
    machine: machine(),
    load: { before, after: load() },
    peers: Object.fromEntries(
      PEERS.map((peer) => [peer.name, packageVersion(ROOT, peer.name)]),
    ),
    measured: options.source ? "source" : "package",
    commit: commit(ROOT),
    date: new Date().toISOString(),
    seed: Number(seed),
    quick: options.quick,
    seconds: Math.round((performance.now() - began) / 1e3),
    results,
    curves: drawn,
  };
  console.log(tables(file));
  if (!partial) return writeResults(file);
  const old = readResults(options.quick)
    .find(({ runtime }) => runtime.name === name);
  if (options.again && old !== undefined) writeResults(renewed(old, file));
}

function isOver(): boolean {
  return performance.now() / 6e4 > minutes;
}

/** Seconds for what is run next, of those left. */
function takeShare(weight: number): number {
  const left = minutes * 60 - performance.now() / 1e3;
  const seconds = Math.max(0.1, left * weight / shares);
  shares -= weight;
  return seconds;
}

/** Peers that do not answer on a runtime, each found out in a process of its own. */
async function tryPeers(name: RuntimeName): Promise<Record<string, string>> {
  const skip: Record<string, string> = {};
  if (rows().length === 0) return skip;
  await Promise.all(PEERS.map(async (peer) => {
    const { events, reason } = await started(name, ["--try", peer.name]);
    const tried = events.find((event) => event.event === "tried");
    const why = tried === undefined ? reason : tried.reason;
    if (why !== "") skip[peer.name] = why;
  }));
  return skip;
}

/** Runs a row; if the process dies, runs it again without the one it died with. */
async function runRow(
  name: RuntimeName,
  given: { row: string; seconds: number; skip: Record<string, string> },
): Promise<CaseResult[]> {
  const { row, seconds } = given;
  const out = { ...given.skip };
  for (let tries = 0; tries <= PEERS.length; tries++) {
    const args = ["--row", row, "--seed", seed, "--skip", JSON.stringify(out)];
    const { events, done, reason } = await timed(name, args, seconds);
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

async function timed(
  name: RuntimeName,
  args: readonly string[],
  seconds: number,
): ReturnType<typeof child> {
  const from = performance.now();
  const told = await started(name, [...args, "--seconds", String(seconds)]);
  const took = ((performance.now() - from) / 1e3).toFixed(1);
  process.stderr.write(
    `${name}: ${args[1]}: ${took} s of ${seconds.toFixed(1)}\n`,
  );
  return told;
}

function started(
  name: RuntimeName,
  args: readonly string[],
): ReturnType<typeof child> {
  const silenceMs = SILENCE_MS[options.quick ? "quick" : "full"];
  const env = options.source ? { [SOURCE_VARIABLE]: "1" } : {};
  const pace = options.quick ? ["--quick"] : [];
  return child(name, [...args, ...pace], { silenceMs, env });
}
