/**
 * Runs the soak of tests/soak/ on every runtime and writes tests/RESULTS.md.
 * Arguments: minutes of storm per runtime (default 10), `--runtime bun`
 * (repeatable), `--seed 7`, `--together 2` for so many runtimes at a time. Ten
 * minutes or more also mean a million values and a million broken messages,
 * less means fewer; the codec soaks in a process beside the storm.
 */
import process from "node:process";
import { parseArgs } from "node:util";
import type { CodecFigures } from "../tests/soak/codec.ts";
import { FEWEST, type Sample } from "../tests/soak/gauges.ts";
import type { StormFigures } from "../tests/soak/main.ts";
import type { RuntimeName } from "../tests/support/runtime.ts";
import { commit, load, type Machine, machine } from "./bench/machine.ts";
import {
  atATime,
  campaign,
  CAMPAIGN_OPTIONS,
  type Report,
  report,
} from "./campaign.ts";
import { ROOT } from "./manifest.ts";
import { writePage } from "./page.ts";

const VALUES_PER_MINUTE = 100_000;
const MOST_VALUES = 1_000_000;
/** What the last round may take beyond its time, and the codec in all. */
const SLACK_MS = 60 * 60_000;
const COLLECTOR: Record<RuntimeName, readonly string[]> = {
  node20: ["--expose-gc"],
  node: ["--expose-gc"],
  bun: [],
  deno: ["--v8-flags=--expose-gc"],
};

/**
 * The allocator of glibc makes an arena for each thread, up to eight per core,
 * and keeps in it what was freed there: hundreds of threads later memory has
 * grown by what nobody holds, and hides what somebody does.
 */
const FEW_ARENAS = { MALLOC_ARENA_MAX: "2" };

/** What a runtime did; null where it did not come back. */
interface Run {
  readonly runtime: string;
  readonly storm: StormFigures | null;
  readonly codec: CodecFigures | null;
  /** Why something is missing. */
  readonly died: string;
}

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    ...CAMPAIGN_OPTIONS,
    seed: { type: "string" },
  },
});
const minutes = Number(positionals[0] ?? 10);
const seed = options.seed ?? String(Math.floor(Math.random() * 1e9));
if (!(minutes > 0)) {
  throw new RangeError(`Cannot soak for ${positionals[0]} minutes`);
}
const began = new Date();
const runs = await campaign(options, soak);
await writePage("tests/RESULTS.md", page(runs, machine()));
if (runs.some((run) => wrongIn(run) !== "")) {
  process.exitCode = 1;
}

async function soak(name: RuntimeName, runtime: string): Promise<Run> {
  const values = Math.min(MOST_VALUES, VALUES_PER_MINUTE * minutes);
  const [storm, codec] = await Promise.all([
    part<StormFigures>(name, { minutes }),
    part<CodecFigures>(name, { values }),
  ]);
  const run: Run = {
    runtime,
    storm: storm.figures,
    codec: codec.figures,
    died: [storm.died, codec.died].filter(Boolean).join("\n"),
  };
  console.log(runtime, wrongIn(run) || "nothing wrong");
  return run;
}

async function part<F>(
  name: RuntimeName,
  what: { minutes: number } | { values: number },
): Promise<Report<F>> {
  const { figures, died } = await report<F>(name, {
    program: "soak/main",
    args: { ...what, seed },
    runtimeArgs: COLLECTOR[name],
    env: FEW_ARENAS,
    deadlineMs: minutes * 60_000 + SLACK_MS,
  });
  return { figures, died: died && `${Object.keys(what)}: ${died}` };
}

/** What is wrong in a run, in words. */
function wrongIn({ storm, codec, died }: Run): string {
  return [
    died,
    storm?.grown ? `${storm.grown} grew` : "",
    ...storm?.failures ?? [],
    ...codec?.failures ?? [],
  ].filter(Boolean).join("\n").slice(0, 5000);
}

function page(runs: readonly Run[], on: Machine): string {
  const date = began.toISOString().slice(0, 10);
  const good = runs.filter((run) => wrongIn(run) === "").length;
  const length = `${minutes} minute${minutes === 1 ? "" : "s"}`;
  const short = minutes < 10
    ? "That is a short run: a release is soaked for ten. "
    : "";
  const lines = [
    "# The last soak",
    "",
    `Written by \`npm run soak ${minutes}\` on ${date}, commit ${
      commit(ROOT)
    }, ` +
    `seed ${seed}, on ${on.cores} cores (${on.cpu}, ${on.system})${
      atATime(options)
    }. The load average was ${load()} at its end.`,
    "",
    `It was asked for ${length} of storm on each runtime. ${short}${good} of ` +
    `${runs.length} runtimes ended with nothing wrong.`,
    "",
    "Every call settled once and ran once at most, as tasks counted themselves;",
    "anything else is listed below. Four numbers are the least of each quarter of",
    "the time, looked at while no pool existed: what is kept for ever raises them.",
    "In the fourth there may not be more handles than in each quarter before it;",
    "from the second to the fourth objects may grow by 5 % and 1 MB, memory in",
    "all, buffers with it, by 10 % and 32 MB; fewer than",
    `${FEWEST} looks tell nothing of that. A storm on a busy machine takes longer`,
    "until it has so many. The allocator has two arenas (MALLOC_ARENA_MAX=2), not",
    "one per thread that ever was.",
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
  const storm: [string, (found: StormFigures) => unknown][] = [
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
    ["looks at what may grow", ({ trend }) => trend.samples],
    ["what grew", grown],
    ["MB of memory", (found) => floors(found, "rssMb")],
    ["MB of objects", (found) => floors(found, "heapMb")],
    ["open files", (found) => floors(found, "files")],
    ["modules left open by the runtime", (found) => floors(found, "modules")],
    ["threads", (found) => floors(found, "threads")],
    ["child processes", (found) => floors(found, "children")],
    ["failures of the storm", ({ failures }) => failures.length],
  ];
  const codec: [string, (found: CodecFigures) => unknown][] = [
    ["values through the codec", (found) => found.roundTrips],
    [
      "broken messages, refused",
      ({ broken, refused }) => `${broken}, ${refused}`,
    ],
    ["longest broken message (ms)", (found) => found.longestMs],
    ["MB grown by broken messages", (found) => found.grownMb],
    ["failures of the codec", ({ failures }) => failures.length],
  ];
  const line = (cells: readonly unknown[]) => `| ${cells.join(" | ")} |`;
  return [
    line(["", ...runs.map((run) => run.runtime)]),
    line(["---", ...runs.map(() => "---")]),
    ...storm.map(([name, cell]) =>
      line([name, ...runs.map((run) => run.storm ? cell(run.storm) : "")])
    ),
    ...codec.map(([name, cell]) =>
      line([name, ...runs.map((run) => run.codec ? cell(run.codec) : "")])
    ),
  ];
}

function pair(counts: Record<string, number>): string {
  return `${counts["thread"] ?? 0}, ${counts["process"] ?? 0}`;
}

function grown({ grown, trend }: StormFigures): string {
  return trend.samples < FEWEST ? "not judged" : grown || "nothing";
}

function floors({ trend }: StormFigures, key: keyof Sample): string {
  return trend.floors.map((floor) => floor[key]).join(", ");
}
