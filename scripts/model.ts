/**
 * The model checker at length: every scenario as deep as the time allows, then
 * every planted bug, then the Promela models. Writes tests/model/RESULTS.md.
 * `--bound 3 --minutes 10 --seed 7`; `--only "kill"` explores scenarios whose
 * name says so and writes nothing; `--scenario kill --schedule "a3 b"` replays.
 * Minutes are of processor time, so that what is explored does not depend on
 * what else the machine does.
 */
import { execFileSync } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Coverage, GAP } from "../tests/model/coverage.ts";
import { exhaust } from "../tests/model/exhaust.ts";
import { hunt, machines } from "../tests/model/hunt.ts";
import { MUTANTS } from "../tests/model/mutants.ts";
import { INSTANCES, spinVersion, verify } from "../tests/model/promela.ts";
import type { Plant, Report, Row } from "../tests/model/report.ts";
import { reportText } from "../tests/model/report.ts";
import { cpuMs, type Found, replay } from "../tests/model/run.ts";
import { scenarioOf, SCENARIOS } from "../tests/model/scenarios.ts";
import { OPTIONS } from "../tests/model/threads.ts";
import { STRESS, UNIT, UnitLayer } from "../tests/model/unit_layer.ts";
import { wander } from "../tests/model/wander.ts";
import { ROOT } from "./manifest.ts";
import { writePage } from "./page.ts";

const { values: options } = parseArgs({
  options: {
    bound: { type: "string", default: "2" },
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
      const thread = machine.threads[Math.floor(move / OPTIONS)];
      console.log(thread?.name ?? `move ${move}`, thread?.pending?.label ?? "");
    }),
  );
}

async function explore(): Promise<void> {
  const coverage = new Coverage();
  const chosen = SCENARIOS.filter(({ name }) =>
    name.includes(options.only ?? "")
  );
  // What small scenarios leave goes to the others.
  const end = cpuMs() + Number(options.minutes) * 60_000;
  const rows: Row[] = [];
  for (const [at, scenario] of chosen.entries()) {
    const share = (end - cpuMs()) / (chosen.length - at);
    const row = search(scenario.name, share, coverage);
    rows.push(row);
    const { name, levels, states, random, seconds, failure } = row;
    console.log(name, levels.length - 1, states, random, seconds, failure);
    if (row.failure || row.unseen.length > 0) process.exitCode = 1;
  }
  for (const { label, why } of coverage.rows()) {
    if (!why.startsWith(GAP) || options.only !== undefined) continue;
    console.log(label, why);
    process.exitCode = 1;
  }
  if (options.only !== undefined) return;
  const report: Report = {
    ...{ date: new Date().toISOString().slice(0, 16), seed, bound },
    ...{ minutes: Number(options.minutes), node: process.version },
    ...{ commit: commit(), rows, coverage },
    ...{ catches: await plant(), promela: await spin() },
    spin: await spinVersion(),
  };
  const path = "tests/model/RESULTS.md";
  await writePage(path, reportText(report));
  console.log(`wrote ${path}`);
}

/** One scenario: first all schedules up to the bound, then random ones. */
function search(name: string, shareMs: number, coverage: Coverage): Row {
  const scenario = scenarioOf(name);
  const begin = cpuMs();
  const { watch, rare } = coverage;
  const found = exhaust(make, scenario, {
    ...{ bound, states: STATES, untilMs: begin + shareMs * 0.8, watch },
  });
  const { levels, schedules, states, complete } = found;
  const row: Row = {
    ...{ name, levels, schedules, states, random: 0, steps: 0, unseen: [] },
    ...{ whole: complete && levels.length <= bound, seconds: 0 },
    ...{ outcomes: [], failure: "" },
  };
  const outcomes = new Set<string>();
  const add = (more: Found): void => {
    row.steps += more.steps;
    for (const outcome of more.outcomes.keys()) outcomes.add(outcome);
    const { failure } = more;
    if (failure) row.failure = `${failure.message}: \`${failure.schedule}\``;
  };
  add(found);
  for (const depth of [undefined, 3, 5]) {
    if (row.failure !== "") break;
    const limits = { seed, untilMs: cpuMs() + shareMs / 15, watch, rare };
    const more = wander(make, scenario, depth ? { ...limits, depth } : limits);
    add(more);
    row.random += more.schedules;
  }
  row.seconds = (cpuMs() - begin) / 1000;
  row.outcomes = [...outcomes].sort();
  if (complete && row.failure === "") {
    const { expected } = scenario.outcomes;
    row.unseen = expected.filter((each) => !outcomes.has(each));
  }
  return row;
}

async function plant(): Promise<Plant[]> {
  const catches: Plant[] = [];
  const unit = new UnitLayer();
  try {
    for (const mutant of MUTANTS) {
      const model = await hunt(mutant, { each: 3_000, total: 60_000, seed });
      const { edits } = mutant;
      const found = await unit.finds(edits, UNIT);
      const plant = found ? { mutant, model, unit: true } : {
        mutant,
        model,
        unit: false,
        stress: await unit.finds(edits, STRESS),
      };
      catches.push(plant);
      console.log(mutant.name, model?.scenario ?? "NOT FOUND", found);
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
