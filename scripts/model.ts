/**
 * The model checker at length: every scenario as deep as the time allows, then
 * every planted bug, then the Promela models. Writes tests/model/RESULTS.md.
 * `--bound 3 --minutes 10 --seed 7`; `--only "kill"` explores scenarios whose
 * name says so and writes nothing; `--scenario kill --schedule "a3 b"` replays.
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Coverage } from "../tests/model/coverage.ts";
import { exhaust, replay, wander } from "../tests/model/explorer.ts";
import { hunt, machines } from "../tests/model/hunt.ts";
import { MUTANTS } from "../tests/model/mutants.ts";
import { INSTANCES, spinVersion, verify } from "../tests/model/promela.ts";
import type { Report, Row } from "../tests/model/report.ts";
import { reportText } from "../tests/model/report.ts";
import { scenarioOf, SCENARIOS } from "../tests/model/scenarios.ts";
import { UnitLayer } from "../tests/model/unit_layer.ts";
import { ROOT } from "./manifest.ts";

const { values: options } = parseArgs({
  options: {
    bound: { type: "string", default: "3" },
    minutes: { type: "string", default: "10" },
    seed: { type: "string", default: "1" },
    only: { type: "string" },
    scenario: { type: "string" },
    schedule: { type: "string" },
  },
});
const seed = Number(options.seed);
const bound = Number(options.bound);
/** States one search may remember: 12 bytes and some room each. */
const STATES = 1 << 24;

const make = await machines();
if (options.schedule !== undefined) again(options.scenario ?? "");
else await explore();

function again(name: string): void {
  const scenario = scenarioOf(name);
  console.log(
    replay(make, scenario, options.schedule ?? "", (machine, move) => {
      const thread = machine.threads[Math.floor(move / 64)];
      console.log(thread?.name ?? `move ${move}`, thread?.pending?.label ?? "");
    }),
  );
}

async function explore(): Promise<void> {
  const coverage = new Coverage();
  const chosen = SCENARIOS.filter(({ name }) =>
    name.includes(options.only ?? "")
  );
  // Four fifths of the time; what small scenarios leave goes to the others.
  const end = performance.now() + Number(options.minutes) * 60_000 * 0.8;
  const rows: Row[] = [];
  for (const [at, scenario] of chosen.entries()) {
    const share = (end - performance.now()) / (chosen.length - at);
    const row = search(scenario.name, share, coverage);
    rows.push(row);
    console.log(Object.values(row).slice(0, 8).join("  "));
    if (row.failure) process.exitCode = 1;
  }
  if (options.only !== undefined) return;
  const report: Report = {
    ...{ date: new Date().toISOString().slice(0, 16), seed, bound },
    ...{ minutes: Number(options.minutes), node: process.version },
    ...{ commit: commit(), rows, coverage },
    ...{ catches: await plant(), promela: await spin() },
    spin: await spinVersion(),
  };
  const path = new URL("tests/model/RESULTS.md", ROOT);
  writeFileSync(path, reportText(report));
  console.log(`wrote ${fileURLToPath(path)}`);
}

/** One scenario: bound after bound while there is time, then random schedules. */
function search(name: string, shareMs: number, coverage: Coverage): Row {
  const scenario = scenarioOf(name);
  const begin = performance.now();
  const { watch } = coverage;
  const row: Row = {
    ...{ name, bound: -1, schedules: 0, states: 0, steps: 0, random: 0 },
    ...{ seconds: 0, outcomes: "", failure: "" },
  };
  const outcomes = new Set<string>();
  const add = (found: ReturnType<typeof exhaust>): void => {
    row.steps += found.steps;
    for (const outcome of found.outcomes.keys()) outcomes.add(outcome);
    const { failure } = found;
    if (failure) row.failure = `${failure.message}: \`${failure.schedule}\``;
  };
  for (let each = 0; each <= bound && row.failure === ""; each++) {
    const untilMs = begin + shareMs * 0.8;
    const found = exhaust(make, scenario, {
      ...{ bound: each, states: STATES, untilMs, watch },
    });
    add(found);
    row.schedules += found.schedules;
    row.states = Math.max(row.states, found.states);
    if (!found.complete) break;
    row.bound = each;
  }
  for (const depth of [undefined, 3, 5]) {
    if (row.failure !== "") break;
    const untilMs = performance.now() + shareMs / 15;
    const limits = { seed, untilMs, watch };
    const found = wander(make, scenario, depth ? { ...limits, depth } : limits);
    add(found);
    row.random += found.schedules;
  }
  row.seconds = Math.round((performance.now() - begin) / 1000);
  row.outcomes = [...outcomes].sort().join(", ");
  return row;
}

async function plant(): Promise<Report["catches"]> {
  const catches: Report["catches"] = [];
  const unit = new UnitLayer();
  try {
    for (const mutant of MUTANTS) {
      const model = await hunt(mutant, { each: 2_000, total: 30_000, seed });
      const found = { mutant, model, unit: await unit.finds(mutant.edits) };
      catches.push(found);
      console.log(mutant.name, model?.scenario ?? "NOT FOUND", found.unit);
      if (!model) process.exitCode = 1;
    }
  } finally {
    unit.remove();
  }
  return catches;
}

async function spin(): Promise<Report["promela"]> {
  const verdicts: Report["promela"] = [];
  if (await spinVersion() === "") {
    console.log("spin or gcc is missing: apt-get install spin gcc");
    return verdicts;
  }
  for (const instance of INSTANCES) {
    const verdict = await verify(instance);
    verdicts.push(verdict);
    console.log(instance.name, verdict.states, verdict.errors, verdict.good);
    if (!verdict.good) process.exitCode = 1;
  }
  return verdicts;
}

function commit(): string {
  try {
    const args = ["rev-parse", "--short", "HEAD"];
    return execFileSync("git", args, { cwd: fileURLToPath(ROOT) })
      .toString().trim();
  } catch {
    return "unknown";
  }
}
