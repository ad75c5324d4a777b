/**
 * What waiting work takes on every runtime: runs tests/pressure/, writes
 * tests/PRESSURE.md, and into README.md the sentence between its marks.
 */
import { readFileSync } from "node:fs";
import type { Findings, Load, Memory } from "../tests/pressure/main.ts";
import type { RuntimeName } from "../tests/support/runtime.ts";
import { commit, machine } from "./bench/machine.ts";
import { campaign, report } from "./campaign.ts";
import { ROOT } from "./manifest.ts";
import { writePage } from "./page.ts";

const DEADLINE_MS = 5 * 60_000;
const MARKED = /(<!-- pressure -->\n)[\s\S]*?(\n<!-- \/pressure -->)/;

interface Run {
  readonly name: RuntimeName;
  /** With its version. */
  readonly runtime: string;
  readonly found: Findings;
}

const runs = await campaign({ together: "1" }, run);
await writePage("tests/PRESSURE.md", page());
const readme = readFileSync(new URL("README.md", ROOT), "utf8");
if (!MARKED.test(readme)) throw new Error("README.md has lost its marks");
await writePage("README.md", readme.replace(MARKED, `$1${sentence()}$2`));

async function run(name: RuntimeName, runtime: string): Promise<Run> {
  const { figures: found, died } = await report<Findings>(name, {
    program: "pressure/main",
    args: {},
    deadlineMs: DEADLINE_MS,
  });
  if (found === null || died !== "") throw new Error(`${name}: ${died}`);
  console.log(name, "done");
  return { name, runtime, found };
}

function page(): string {
  const on = machine();
  return [
    "# What waiting work takes",
    "",
    `Written by \`npm run pressure\` on ${
      new Date().toISOString().slice(0, 10)
    }, commit ${commit(ROOT)}, on ${on.cores} cores (${on.system}).`,
    "",
    "Both workers of a pool are held while calls are queued. Bytes are per call,",
    "with its promise and arguments: of the heap after a collection, and of",
    "resident memory, where arguments lie that do not fit into a cell. Bun counts",
    "views of shared memory as heap, whatever they share.",
    "",
    ...table([
      ...loads((load) => load.grown, "", perCall),
      ...loads((load) => load.left, "when answered, MB of heap: ", inHeap),
    ]),
    "",
    "A map over an endless input of numbers, read with `for await`: its heap does",
    "not grow with what was read.",
    "",
    ...table(readings()),
  ].join("\n") + "\n";
}

function loads(
  of: (load: Load) => Memory,
  prefix: string,
  cell: (memory: Memory, count: number) => string,
): string[][] {
  const first = runs[0] as Run;
  return first.found.loads.map(({ what, count }, at) => [
    `${prefix}${count.toLocaleString("en")} × ${what}`,
    ...runs.map(({ found }) => cell(of(found.loads[at] as Load), count)),
  ]);
}

function readings(): string[][] {
  const first = runs[0] as Run;
  return first.found.readings.flatMap(({ taken }, at) => {
    const read = (name: string, cell: (run: Run) => string) => [
      `after ${taken.toLocaleString("en")} results: ${name}`,
      ...runs.map(cell),
    ];
    return [
      read(
        "MB of heap more",
        ({ found }) => megabytes(found.readings[at]?.grown.heap ?? 0),
      ),
      read(
        "items pulled ahead at most",
        ({ found }) => (found.readings[at]?.ahead ?? 0).toLocaleString("en"),
      ),
    ];
  });
}

function perCall({ heap, resident }: Memory, count: number): string {
  // One call is less than what collections leave by chance.
  if (count < 1000) return "too few to measure";
  const bytes = (all: number) => Math.round(all / count);
  return `${bytes(heap)}, ${bytes(resident)} resident`;
}

function inHeap({ heap }: Memory): string {
  return megabytes(heap);
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

function table(rows: string[][]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    line(["", ...runs.map(({ runtime }) => runtime)]),
    line(["---", ...runs.map(() => "---")]),
    ...rows.map(line),
  ];
}

function sentence(): string {
  const parts = runs.map(({ name, found }) => {
    const million = found.loads.find(({ count }) => count === 1e6) as Load;
    return `${Math.round(million.grown.heap / million.count)} on ${name}`;
  });
  return `Work that waits costs memory and nothing else: a queued call of a number takes ${
    parts.join(", ")
  } (bytes, of a million at once), a map over an endless input no more after a million results than after a thousand ([tests/PRESSURE.md](tests/PRESSURE.md), written by \`npm run pressure\`).`;
}
