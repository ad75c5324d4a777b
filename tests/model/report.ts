/** RESULTS.md: what the last long run found. */
import type { Coverage } from "./coverage.ts";
import type { Catch } from "./hunt.ts";
import type { Mutant } from "./mutant.ts";
import type { Verdict } from "./promela.ts";

/** One scenario. */
export interface Row {
  name: string;
  /** The highest bound that was complete; -1: none. */
  bound: number;
  schedules: number;
  states: number;
  steps: number;
  random: number;
  seconds: number;
  outcomes: string;
  failure: string;
}

/** Everything. */
export interface Report {
  readonly date: string;
  readonly commit: string;
  readonly node: string;
  readonly spin: string;
  readonly seed: number;
  readonly bound: number;
  readonly minutes: number;
  readonly rows: Row[];
  readonly coverage: Coverage;
  readonly catches: { mutant: Mutant; model: Catch | null; unit: boolean }[];
  readonly promela: Verdict[];
}

/** The file. */
export function reportText(report: Report): string {
  const head = `# Results of the model

Written by \`npm run model\`, not by hand. ${report.date} UTC, commit
${report.commit} and what was not committed then, Node ${report.node}, one
core, seed ${report.seed}, bound ${report.bound}, ${report.minutes} minutes.`;
  const parts = [head, scenarios(report), bugs(report), operations(report)];
  return [...parts, promela(report)].join("\n\n") + "\n";
}

function scenarios({ rows }: Report): string {
  const sum = (key: "schedules" | "states" | "steps" | "random"): string =>
    grouped(rows.reduce((total, row) => total + row[key], 0));
  const head = ["scenario", "bound", "schedules", "states", "random", "s"];
  const body = rows.map((row) => [
    row.name,
    row.bound < 0 ? "–" : String(row.bound),
    ...[row.schedules, row.states, row.random, row.seconds].map(grouped),
    row.failure || short(row.outcomes),
  ]);
  return `## Scenarios

${sum("schedules")} schedules and ${sum("states")} states in the bounded
searches, ${sum("random")} random schedules, ${
    sum("steps")
  } operations. "Bound" is
the number of preemptions up to which every schedule was explored; states and
random schedules go beyond it.

${table([...head, "outcomes"], body)}`;
}

function bugs({ catches }: Report): string {
  const both = catches.filter(({ model, unit }) => model && unit).length;
  const found = catches.filter(({ model }) => model).length;
  const unit = catches.filter((one) => one.unit).length;
  const head = ["design", "bug", "found by", "scenario", "search", "schedules"];
  const body = catches.map(({ mutant, model, unit }) => [
    ...[mutant.design ?? "", mutant.name],
    model ? unit ? "both" : "model" : unit ? "unit" : "nobody",
    ...[model?.scenario ?? "", model?.how ?? ""],
    model ? grouped(model.schedules) : "",
    short(model?.message.split(":").slice(0, 2).join(":") ?? ""),
  ]);
  return `## Planted bugs

${catches.length} bugs: the model finds ${found}, the unit suites of ring/ (without
the stress suite) ${unit}, both ${both}.

${table([...head, "as"], body)}`;
}

function operations({ coverage }: Report): string {
  const labels = [...coverage.labels].sort(([one], [two]) =>
    one < two ? -1 : 1
  );
  const body = labels.map(([label, counts]) => [
    ...[label, grouped(counts.executed), grouped(counts.preempted)],
    ...[grouped(counts.killed), grouped(counts.fenced)],
  ]);
  return `## Operations

How often a thread was about to execute an operation when it was preempted,
killed, or declared dead while alive. The host is never killed.

${table(["label", "executed", "preempted", "killed", "fenced"], body)}`;
}

function promela({ promela, spin }: Report): string {
  if (spin === "") {
    return "## Promela\n\nSpin is not installed here: `apt-get install spin gcc`.";
  }
  const head = ["instance", "switches", "states", "expected", "errors"];
  const body = promela.map(({ instance, states, errors, good }) => [
    ...[instance.name, instance.flags, grouped(states)],
    instance.states === undefined ? "an error" : grouped(instance.states),
    ...[String(errors), good ? "ok" : "WRONG"],
  ]);
  return `## Promela

${spin}. A mutant must have an error, the others exactly these states.

${table([...head, "verdict"], body)}`;
}

function grouped(value: number): string {
  return value.toLocaleString("en");
}

function short(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [head, head.map(() => "---"), ...rows].map(line).join("\n");
}
