/**
 * The work of flights.ts: bootstrap confidence intervals of the mean delay of
 * every group, computed on one thread, then on a pool, and compared.
 */
import { Pool, type Tasks, tasks } from "whorl";
import { type Groups, readFlights } from "./flights_data.ts";
import { load, resample } from "./flights_jobs.ts";

type Jobs = Tasks<typeof import("./flights_jobs.ts")>;

/** How it is done, and where its words go. */
export interface FlightsOptions {
  /** How often every group is drawn anew. */
  readonly resamples: number;
  /** Default: one per core. */
  readonly workers?: number | undefined;
  readonly print: (line: string) => void;
  readonly progress?: (place: string, done: number, total: number) => void;
  /** What the pool calls; tests pass tasks that are wrong. */
  readonly jobs?: Jobs;
}

/** For every seed the means of all groups. */
export type Means = readonly Float64Array[];

const JOBS: Jobs = tasks(new URL("./flights_jobs.ts", import.meta.url));

/** Computes and prints; answers the exit code, 0 when both gave the same numbers. */
export async function flights(options: FlightsOptions): Promise<number> {
  const { resamples, print } = options;
  if (!Number.isInteger(resamples) || resamples < 1) {
    throw new RangeError(`Cannot resample ${resamples} times: at least once`);
  }
  const groups = readFlights();
  const total = groups.delays.length;
  print(
    `${count(total)} flights, each group resampled ${count(resamples)} times\n`,
  );
  const seeds = Array.from({ length: resamples }, (_, i) => i);
  const alone = onOneThread(groups, seeds, options);
  const pooled = await onPool(groups, seeds, options);
  for (const line of table(groups, pooled.means)) print(line);
  const ratio = (alone.ms / pooled.ms).toFixed(2);
  print(`\none thread  ${seconds(alone.ms)}`);
  print(
    `the pool    ${seconds(pooled.ms)}, ${pooled.workers} workers, ${ratio} x`,
  );
  const wrong = difference(alone.means, pooled.means);
  print(wrong ?? `same means  bit for bit, checksum ${checksum(pooled.means)}`);
  return wrong === null ? 0 : 1;
}

function onOneThread(
  { delays, starts }: Groups,
  seeds: readonly number[],
  { progress }: FlightsOptions,
): { means: Means; ms: number } {
  const begin = performance.now();
  const means: Float64Array[] = [];
  load(delays, starts);
  for (const seed of seeds) {
    means.push(resample(seed));
    progress?.("one thread", means.length, seeds.length);
  }
  return { means, ms: performance.now() - begin };
}

async function onPool(
  { delays, starts }: Groups,
  seeds: readonly number[],
  { workers, jobs = JOBS, progress }: FlightsOptions,
): Promise<{ means: Means; ms: number; workers: number }> {
  // The start of the workers is part of the time.
  const begin = performance.now();
  const means: Float64Array[] = [];
  await using pool = new Pool({
    ...workers !== undefined && { workers },
    initializer: jobs.load,
    initArgs: [delays, starts],
  });
  for await (const some of pool.map(jobs.resample, seeds)) {
    means.push(some);
    progress?.("the pool", means.length, seeds.length);
  }
  return { means, ms: performance.now() - begin, workers: pool.workers };
}

/** The first number that is not the same in both, in words; null when all are. */
export function difference(alone: Means, pooled: Means): string | null {
  if (alone.length !== pooled.length) {
    return `DIFFERENT   ${alone.length} and ${pooled.length} resamples`;
  }
  for (const [seed, means] of alone.entries()) {
    for (const [group, mean] of means.entries()) {
      const other = pooled[seed]![group];
      if (Object.is(mean, other) && means.length === pooled[seed]!.length) {
        continue;
      }
      return `DIFFERENT   resample ${seed}, group ${group}: ${mean} and ${other}`;
    }
  }
  return null;
}

/** The bounds between which 95 % of the means lie. */
export function interval(
  means: readonly number[],
): [low: number, high: number] {
  const sorted = Float64Array.from(means).sort();
  const cut = Math.floor(sorted.length * 0.025);
  return [sorted[cut]!, sorted[sorted.length - 1 - cut]!];
}

function table({ names, delays, starts }: Groups, means: Means): string[] {
  const width = Math.max(...names.map((name) => name.length));
  const line = (name: string, cells: string[]) =>
    name.padEnd(width) + cells.map((cell) => cell.padStart(11)).join("");
  return [
    line("delay in minutes", ["flights", "mean", "95 % from", "to"]),
    ...names.map((name, group) => {
      const own = delays.subarray(starts[group], starts[group + 1]);
      const mean = own.reduce((sum, delay) => sum + delay, 0) / own.length;
      const bounds = interval(means.map((some) => some[group]!));
      const cells = [mean, ...bounds].map((minutes) => minutes.toFixed(2));
      return line(name, [count(own.length), ...cells]);
    }),
  ];
}

/** FNV-1a over the bytes of all means. */
function checksum(means: Means): string {
  let hash = 0x811c9dc5;
  for (const { buffer, byteOffset, byteLength } of means) {
    for (const byte of new Uint8Array(buffer, byteOffset, byteLength)) {
      hash = Math.imul(hash ^ byte, 0x01000193);
    }
  }
  return (hash >>> 0).toString(16).padStart(8, "0");
}

const count = (n: number): string => n.toLocaleString("en-US");
const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
