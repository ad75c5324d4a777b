/** RESULTS.md: what the last long run found. */
import { type Coverage, GAP } from "./coverage.ts";
import type { Catch } from "./hunt.ts";
import type { Mutant } from "./mutant.ts";
import type { Verdict } from "./promela.ts";

/** One scenario. */
export interface Row {
  name: string;
  /** Per number of preemptions: complete with so many states and schedules. */
  levels: { states: number; schedules: number }[];
  /** Every interleaving there is was seen. */
  whole: boolean;
  schedules: number;
  states: number;
  steps: number;
  random: number;
  seconds: number;
  outcomes: string[];
  /** Expected, and never seen although the search was complete. */
  unseen: string[];
  failure: string;
}

/** One planted bug and which layers of tests find it. */
export interface Plant {
  readonly mutant: Mutant;
  readonly model: Catch | null;
  readonly unit: boolean;
  /** Only asked where the unit suites find nothing. */
  readonly stress?: boolean;
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
  readonly catches: Plant[];
  readonly promela: Verdict[];
}

/** The file. */
export function reportText(report: Report): string {
  const head = `# Results of the model

Written by \`npm run model\`, not by hand. ${report.date} UTC, commit
${report.commit} and what was not committed then, Node ${report.node}, seed
${report.seed}, bound ${report.bound}, ${report.minutes} minutes of one core for the scenarios.`;
  const parts = [head, scenarios(report), bugs(report), operations(report)];
  return [...parts, promela(report)].join("\n\n") + "\n";
}

function scenarios({ rows, bound }: Report): string {
  const sum = (key: "schedules" | "states" | "steps" | "random"): string =>
    grouped(rows.reduce((total, row) => total + row[key], 0));
  const head = ["scenario", "bound", "states", "schedules"];
  const complete = rows.filter(({ levels }) => levels.length > bound).length;
  const cut = rows.filter(({ whole, levels }) =>
    !whole && levels.length <= bound
  );
  const body = rows.map((row) => {
    const at = row.levels.at(-1) ?? { states: 0, schedules: 0 };
    return [
      row.name,
      row.whole
        ? "all"
        : row.levels.length === 0
        ? "–"
        : String(row.levels.length - 1),
      ...[at.states, at.schedules].map(grouped),
      ...[row.states, row.random, row.seconds].map(grouped),
      row.failure || short(row.outcomes.join(", ")) +
        (row.unseen.length > 0 ? ` NEVER SEEN: ${row.unseen.join(", ")}` : ""),
    ];
  });
  return `## Scenarios

${rows.length} scenarios: ${complete} complete up to ${bound} preemptions, ${
    rows.length - complete - cut.length
  } of the others with every
interleaving there is, ${cut.length} cut by time. ${
    sum("schedules")
  } schedules and ${sum("states")} states in
the bounded searches, ${sum("random")} random schedules, ${
    sum("steps")
  } operations. "Bound" is the
number of preemptions up to which every schedule was explored, with so many
states and schedules; "all": more preemptions give nothing new. Beyond it went
the states of the fifth column and the random schedules. Deaths, fences and what
else the host may or may not do cost no preemption.

${table([...head, "all states", "random", "s", "outcomes"], body)}`;
}

function bugs({ catches }: Report): string {
  const count = (has: (one: Plant) => unknown): number =>
    catches.filter(has).length;
  const model = count((one) => one.model);
  const unit = count((one) => one.unit);
  const stress = count((one) => one.stress);
  const head = ["design", "bug", "found by", "scenario", "search", "schedules"];
  const body = catches.map((one) => [
    ...[one.mutant.design ?? "", one.mutant.name],
    layersOf(one),
    ...[one.model?.scenario ?? "", one.model?.how ?? ""],
    one.model ? grouped(one.model.schedules) : "",
    short(one.model?.message.split(":").slice(0, 2).join(":") ?? ""),
  ]);
  return `## Planted bugs

${catches.length} bugs: the model finds ${model}, the unit suites of ring/ find ${unit}, and of
the ${
    catches.length - unit
  } those miss, the stress suite finds ${stress}. Those with a number are in the
Promela model as well.

${table([...head, "as"], body)}`;
}

function layersOf({ model, unit, stress, mutant }: Plant): string {
  const layers = [
    ...[model && "model", unit && "unit", stress && "stress"],
    mutant.design && "Promela",
  ].filter(Boolean);
  return layers.join(", ") || "NOBODY";
}

function operations({ coverage }: Report): string {
  const rows = coverage.rows();
  const gaps = rows.filter(({ why }) => why.startsWith(GAP)).length;
  const body = rows.map(({ label, counts, why }) => {
    const { host, worker, preempted, killed, fenced } = counts;
    const by = host === 0 ? "worker" : worker === 0 ? "host" : "both";
    const faults = worker === 0 ? ["–", "–"] : [killed, fenced].map(grouped);
    return [
      label,
      by,
      grouped(host + worker),
      grouped(preempted),
      ...faults,
      why,
    ];
  });
  const head = ["label", "by", "executed", "preempted", "killed", "fenced", ""];
  return `## Operations

Every label of ring/README.md: how often it was executed, and how often a thread
was preempted, killed, or declared dead while alive right before it. The host is
never killed. Operations that concern nobody else are no points of decision in
the bounded searches, only in the random ones. Not covered: ${gaps}.

${table(head, body)}`;
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
  return value.toLocaleString("en", { maximumFractionDigits: 1 });
}

function short(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [head, head.map(() => "---"), ...rows].map(line).join("\n");
}
