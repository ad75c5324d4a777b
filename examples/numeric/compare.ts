/** The same work on one thread and on a pool: both timed, and the same bits. */
import process from "node:process";
import { parseArgs } from "node:util";
import { Pool, type SharedArray } from "whorl";

/** One job in two forms. */
export interface Contest<A extends SharedArray> {
  /** Default: one per core. */
  readonly workers: number;
  readonly alone: () => A;
  readonly pooled: (pool: Pool) => Promise<A>;
}

/** Runs and times both; answers what they agree on. @throws Error where they differ */
export async function compare<A extends SharedArray>(
  { workers, alone, pooled }: Contest<A>,
): Promise<A> {
  let began = performance.now();
  const expected = alone();
  const aloneMs = performance.now() - began;
  // The start of the workers is part of the time.
  began = performance.now();
  await using pool = new Pool(workers > 0 ? { workers } : {});
  const found = await pooled(pool);
  const pooledMs = performance.now() - began;
  const ratio = (aloneMs / pooledMs).toFixed(2);
  console.log(`one thread  ${seconds(aloneMs)}`);
  console.log(
    `the pool    ${seconds(pooledMs)}, ${pool.workers} workers, ${ratio} x`,
  );
  const at = bytes(expected).findIndex((byte, i) => byte !== bytes(found)[i]);
  if (at >= 0 || expected.length !== found.length) {
    const index = Math.floor(at / expected.BYTES_PER_ELEMENT);
    throw new Error(
      `The pool differs at ${index}: ${expected[index]} and ${found[index]}`,
    );
  }
  console.log(`same bits   checksum ${checksum(found)}`);
  return found;
}

/** The reduction of `pool.parallelReduce` on this thread: the same tree over the same grains. */
export function reduceAlone<R>(
  kernel: (from: number, to: number) => R,
  combine: (one: R, other: R) => R,
  length: number,
  grain: number,
): R {
  let level: R[] = [];
  for (let from = 0; from < length; from += grain) {
    level.push(kernel(from, Math.min(length, from + grain)));
  }
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

/** The numbers after `--name` on the command line, or these. */
export function asked<T extends Record<string, number>>(defaults: T): T {
  const options = Object.fromEntries(
    Object.keys(defaults).map((name) => [name, { type: "string" as const }]),
  );
  const { values } = parseArgs({ options, args: process.argv.slice(2) });
  return Object.fromEntries(
    Object.entries(defaults).map(([name, value]) => [
      name,
      values[name] === undefined ? value : Number(values[name]),
    ]),
  ) as T;
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
