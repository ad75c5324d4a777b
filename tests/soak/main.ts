/**
 * The soak inside one runtime, started by scripts/soak.ts: either the codec, or
 * pools of threads and of processes in turns until the time is up. Writes what
 * it found as JSON; nothing here asserts, the script says what is wrong.
 */
import { writeFileSync } from "node:fs";
import process from "node:process";
import { parseArgs } from "node:util";
import type { StartMethod } from "../../mod.ts";
import { rng, setSeed } from "../support/rng.ts";
import { soakCodec } from "./codec.ts";
import {
  FEWEST,
  growth,
  type Sample,
  sample,
  type Trend,
  trendOf,
} from "./gauges.ts";
import { round } from "./storm.ts";

/** What pools did. */
export interface StormFigures {
  readonly seconds: number;
  /** By start method. */
  readonly rounds: Record<string, number>;
  readonly calls: Record<string, number>;
  /** Calls by how they ended. */
  readonly ends: Record<string, number>;
  readonly trend: Trend;
  readonly grown: string;
  readonly failures: string[];
}

const { values: options } = parseArgs({
  options: {
    /** Minutes of pools; none: the codec. */
    minutes: { type: "string", default: "0" },
    values: { type: "string", default: "0" },
    seed: { type: "string", default: "1" },
    /** The first round: each has a stream of its own, so that one can be repeated. */
    from: { type: "string", default: "0" },
    out: { type: "string", default: "" },
  },
});
/** More says nothing new. */
const MOST_FAILURES = 20;
/** On a busy machine the storm goes on so many times as long, until it has samples enough. */
const LONGER = 3;

setSeed(Number(options.seed));
const figures = options.minutes === "0"
  ? soakCodec(rng("soak codec"), Number(options.values))
  : await storms(Number(options.minutes) * 60_000);
const text = JSON.stringify(figures);
if (options.out === "") console.log(text);
else writeFileSync(options.out, text);

async function storms(ms: number): Promise<StormFigures> {
  const began = performance.now();
  const failures: string[] = [];
  // A crash of a task is for the pool to report; here everything is caught.
  process.on("unhandledRejection", (error) => failures.push(`stray: ${error}`));
  const samples: Sample[] = [];
  const tally = { rounds: {}, calls: {}, ends: {} } as Pick<
    StormFigures,
    "rounds" | "calls" | "ends"
  >;
  const add = (to: Record<string, number>, key: string, count: number) => {
    to[key] = (to[key] ?? 0) + count;
  };
  const methods: StartMethod[] = ["thread", "process"];
  const goesOn = (): boolean => {
    const took = performance.now() - began;
    return took < ms || (samples.length < FEWEST && took < ms * LONGER);
  };
  for (let i = Number(options.from); goesOn(); i++) {
    const method = methods[i % 2] as StartMethod;
    const done = await round(rng(`soak round ${i}`), method);
    add(tally.rounds, method, 1);
    add(tally.calls, method, done.calls);
    for (const [how, count] of Object.entries(done.ends)) {
      add(tally.ends, how, count);
    }
    for (const failure of done.failures) {
      failures.push(`round ${i}, ${done.shape}: ${failure}`);
    }
    // A look after each pair of rounds: both kinds have gone by then.
    if (i % 2 === 1) samples.push(await sample());
    if (failures.length > MOST_FAILURES) break;
  }
  const trend = trendOf(samples);
  return {
    seconds: Math.round((performance.now() - began) / 1000),
    ...tally,
    trend,
    grown: growth(trend),
    failures: failures.slice(0, MOST_FAILURES),
  };
}
