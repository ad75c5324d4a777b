/** The same work on one thread and on a pool: both timed, and the same bits. */
import process from "node:process";
import { parseArgs } from "node:util";
import { SingleBar } from "cli-progress";
import { Pool, type SharedArray } from "whorl";

/** Hears how much of how much is done. */
export type Told = (done: number, total: number) => void;

/** One job in two forms; what they tell is a bar on a terminal, and elsewhere nothing. */
export interface Contest<A extends SharedArray> {
  /** Default: one per core. */
  readonly workers: number;
  readonly alone: (told: Told) => A;
  readonly pooled: (pool: Pool, told: Told) => Promise<A>;
}

/** Runs and times both; answers what they agree on. @throws Error where they differ */
export async function compare<A extends SharedArray>(
  { workers, alone, pooled }: Contest<A>,
): Promise<A> {
  const bar = new SingleBar({
    format: "{place}  {bar}  {percentage} %",
    clearOnComplete: true,
  });
  const telling = (place: string): Told => {
    bar.start(1, 0, { place });
    return (done, total) => bar.update(done / total);
  };
  let began = performance.now();
  const expected = alone(telling("one thread"));
  const aloneMs = performance.now() - began;
  bar.stop();
  // The start of the workers is part of the time.
  began = performance.now();
  await using pool = new Pool(workers > 0 ? { workers } : {});
  const found = await pooled(pool, telling("the pool"));
  const pooledMs = performance.now() - began;
  bar.stop();
  const ratio = (aloneMs / pooledMs).toFixed(2);
  console.log(`one thread  ${seconds(aloneMs)}`);
  console.log(
    `the pool    ${seconds(pooledMs)}, ${pool.workers} workers, ${ratio} x`,
  );
  assertSame(expected, found);
  console.log(`same bits   checksum ${checksum(found)}`);
  return found;
}

/** @throws Error that says where they differ, if only in one bit */
function assertSame(expected: SharedArray, found: SharedArray): void {
  if (expected.length !== found.length) {
    throw new Error(
      `The pool differs: ${expected.length} and ${found.length} numbers`,
    );
  }
  const [one, other] = [bytes(expected), bytes(found)];
  const at = one.findIndex((byte, i) => byte !== other[i]);
  if (at < 0) return;
  const index = Math.floor(at / expected.BYTES_PER_ELEMENT);
  throw new Error(
    `The pool differs at ${index}: ${expected[index]} and ${found[index]}`,
  );
}

/** How a loop on this thread goes. */
export interface Alone {
  readonly length: number;
  readonly grain: number;
  readonly told?: Told;
}

/** The loop of `pool.parallelFor` on this thread, in the same parts. */
export function loopAlone(
  kernel: (from: number, to: number) => void,
  { length, grain, told }: Alone,
): void {
  for (let from = 0; from < length; from += grain) {
    const to = Math.min(length, from + grain);
    kernel(from, to);
    told?.(to, length);
  }
}

/** The reduction of `pool.parallelReduce` on this thread: the same tree over the same grains. */
export function reduceAlone<R>(
  kernel: (from: number, to: number) => R,
  combine: (one: R, other: R) => R,
  parts: Alone,
): R {
  let level: R[] = [];
  loopAlone((from, to) => level.push(kernel(from, to)), parts);
  while (level.length > 1) {
    const next: R[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const one = level[i] as R;
      next.push(
        i + 1 < level.length ? combine(one, level[i + 1] as R) : one,
      );
    }
    level = next;
  }
  return level[0] as R;
}

/** The whole numbers after `--name` on the command line, or these. @throws RangeError */
export function asked<T extends Record<string, number>>(defaults: T): T {
  const options = Object.fromEntries(
    Object.keys(defaults).map((name) => [name, { type: "string" as const }]),
  );
  const { values } = parseArgs({ options, args: process.argv.slice(2) });
  const numbers = Object.entries(defaults).map(([name, value]) => {
    const text = values[name];
    if (text === undefined) return [name, value];
    if (/^\d+$/.test(text)) return [name, Number(text)];
    throw new RangeError(
      `Cannot start: --${name} must be a whole number, found ${text}`,
    );
  });
  return Object.fromEntries(numbers) as T;
}

function bytes({ buffer, byteOffset, byteLength }: SharedArray): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** FNV-1a over the bytes. */
function checksum(array: SharedArray): string {
  let hash = 0x811c9dc5;
  for (const byte of bytes(array)) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
