/**
 * What waiting work takes: memory per queued call, and of a map over an endless
 * input that is read. `--out` names the file for the findings; see
 * scripts/pressure.ts.
 */
import { writeFileSync } from "node:fs";
import process from "node:process";
import { parseArgs } from "node:util";
import { Pool, tasks } from "../../mod.ts";
import { collectGarbage } from "../support/garbage.ts";
import { open, sharedWords } from "../support/words.ts";

/** Memory of this process, in bytes. */
export interface Memory {
  readonly heap: number;
  readonly resident: number;
}

/** What one load took. */
export interface Load {
  readonly what: string;
  readonly count: number;
  /** While it waited, more than before it. */
  readonly grown: Memory;
  /** When it was answered, more than before it. */
  readonly left: Memory;
}

/** One look at a map that is being read. */
export interface Reading {
  readonly taken: number;
  /** Items pulled from the input and not yet taken, at most so far. */
  readonly ahead: number;
  readonly grown: Memory;
}

/** All that is found on one runtime. */
export interface Findings {
  readonly loads: readonly Load[];
  readonly readings: readonly Reading[];
}

const math = tasks<typeof import("../fixtures/arithmetic.ts")>(
  new URL("../fixtures/arithmetic.ts", import.meta.url),
);
const counting = tasks<typeof import("../fixtures/counting.ts")>(
  new URL("../fixtures/counting.ts", import.meta.url),
);
const OPTIONS = { workers: 2, concurrency: 1 };
const KILOBYTE = "x".repeat(1024);
const LOADS: [what: string, count: number, argument: (i: number) => unknown][] =
  [
    ...[1, 1e3, 1e5, 1e6].map((
      count,
    ): [string, number, (i: number) => unknown] => [
      "a number",
      count,
      (i) => i,
    ]),
    ["an object of 5 values", 1e5, (i) => ({ i, b: "hello", c: [1, 2, 3] })],
    ["1 KB of text", 1e5, () => KILOBYTE],
  ];
const READ = [1e3, 1e5, 1e6];

async function look(): Promise<Memory> {
  // Twice: what registries let go of is garbage only then.
  await collectGarbage();
  await collectGarbage();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed + external, resident: rss };
}

function minus(one: Memory, two: Memory): Memory {
  return { heap: one.heap - two.heap, resident: one.resident - two.resident };
}

/** Queues calls while both workers are held, and answers what that takes. */
async function wait([what, count, argument]: typeof LOADS[number]): Promise<
  Load
> {
  await using pool = new Pool(OPTIONS);
  await pool.broadcast(math.nothing);
  const words = sharedWords(2);
  const held = [0, 1].map(() =>
    pool.apply(counting.countAndBlock, [words, 0, 1])
  );
  const calls: Promise<unknown>[] = new Array(count).fill(null);
  const before = await look();
  for (let i = 0; i < count; i++) {
    calls[i] = pool.apply(math.echo, [argument(i)]);
  }
  const grown = minus(await look(), before);
  open(words, 1);
  await Promise.all([...held, ...calls]);
  calls.fill(held[0] as Promise<unknown>);
  return { what, count, grown, left: minus(await look(), before) };
}

/** Reads a map over an endless input. */
async function read(): Promise<Reading[]> {
  await using pool = new Pool(OPTIONS);
  await pool.broadcast(math.nothing);
  let pulled = 0;
  let taken = 0;
  let ahead = 0;
  function* naturals(): Generator<number> {
    for (;; pulled++) yield pulled;
  }
  const readings: Reading[] = [];
  const before = await look();
  for await (const _ of pool.map(math.increment, naturals())) {
    taken++;
    ahead = Math.max(ahead, pulled - taken);
    if (!READ.includes(taken)) continue;
    readings.push({ taken, ahead, grown: minus(await look(), before) });
    if (taken === READ.at(-1)) break;
  }
  return readings;
}

const { values } = parseArgs({ options: { out: { type: "string" } } });
const loads: Load[] = [];
for (const load of LOADS) loads.push(await wait(load));
const findings: Findings = { loads, readings: await read() };
writeFileSync(values.out as string, JSON.stringify(findings));
