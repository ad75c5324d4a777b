/** Compiled, never run: what TypeScript accepts of loops and what it refuses. */
import { inline, numeric, type Pool, shared, tasks, wasm } from "../../mod.ts";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends
  (<T>() => T extends B ? 1 : 2) ? true : false;
const same = <A, B>(_: Same<A, B>): void => {};

interface Jobs {
  fill(from: number, to: number, xs: Float64Array): void;
  later(from: number, to: number): Promise<void>;
  sum(from: number, to: number, xs: Float64Array): Promise<number>;
  add(one: number, other: number): number;
  join(one: string, other: string): string;
  double(x: number): number;
  big(x: bigint): bigint;
  lateDouble(x: number): Promise<number>;
  maybeDouble(x: number): number | Promise<number>;
  // deno-lint-ignore no-explicit-any
  anything(x: number): any;
  fails(x: number): never;
}

const jobs = tasks<Jobs>("file:///jobs.ts");
declare const pool: Pool;
const xs = shared(Float64Array, 3);
const bigs = shared(BigInt64Array, 3);

export async function loops(): Promise<void> {
  const none: void = await pool.parallelFor(jobs.fill, 9, [xs]);
  await pool.parallelFor(jobs.later, [3, 9], [], { schedule: "guided" });
  await pool.parallelFor(jobs.later, 9);
  void none;
  // @ts-expect-error arguments are missing
  await pool.parallelFor(jobs.fill, 9);
  // @ts-expect-error an argument of the wrong type
  await pool.parallelFor(jobs.fill, 9, ["xs"]);
  // @ts-expect-error no such schedule
  await pool.parallelFor(jobs.later, 9, [], { schedule: "fast" });
  // @ts-expect-error a kernel takes numbers
  await pool.parallelFor(jobs.join, 9);
  // @ts-expect-error a range has two ends
  await pool.parallelFor(jobs.later, [1]);
}

export async function reductions(): Promise<void> {
  const sum = await pool.parallelReduce(jobs.sum, jobs.add, 9, [xs]);
  same<typeof sum, number>(true);
  await pool.parallelReduce(jobs.sum, jobs.add, 9, [xs], { initial: 1 });
  // @ts-expect-error it joins something else
  await pool.parallelReduce(jobs.sum, jobs.join, 9, [xs]);
  // @ts-expect-error it begins with something else
  await pool.parallelReduce(jobs.sum, jobs.add, 9, [xs], { initial: "1" });
}

export async function maps(): Promise<void> {
  const output = await pool.mapInto(xs, jobs.double, [1, 2, 3]);
  same<typeof output, Float64Array<SharedArrayBuffer>>(true);
  await pool.mapInto(new Uint8Array(3), jobs.double, xs, { grain: 1 });
  await pool.mapInto(xs, jobs.double, 3);
  await pool.mapInto(bigs, jobs.big, [1n]);
  await pool.mapInto(bigs, jobs.big, bigs);
  const made = await pool.map(jobs.double, [1, 2], { into: Float32Array });
  same<typeof made, Float32Array<ArrayBufferLike>>(true);
  const given = await pool.map(jobs.double, xs, { into: xs });
  same<typeof given, typeof xs>(true);
  const all: number[] = await pool.map(jobs.double, [1, 2], { chunkSize: 3 });
  void all;
  const counted = await pool.map(jobs.double, 9, { into: Float64Array });
  same<typeof counted, Float64Array<ArrayBufferLike>>(true);
  const late: number[] = await pool.map(jobs.lateDouble, [1, 2]);
  void late;
  await pool.mapInto(xs, jobs.maybeDouble, 3);
  await pool.mapInto(xs, jobs.anything, 3);
  await pool.mapInto(xs, jobs.fails, 3);
  await pool.mapInto(xs, inline((x: number) => x + 1), 3);
  // @ts-expect-error it waits
  await pool.mapInto(xs, jobs.lateDouble, 3);
  // @ts-expect-error it waits
  await pool.map(jobs.lateDouble, [1, 2], { into: Float64Array });
  // @ts-expect-error it waits
  await pool.mapInto(xs, inline((x: number) => Promise.resolve(x)), 3);
  // @ts-expect-error a length is no input of a map of messages
  await pool.map(jobs.double, 9);
  // @ts-expect-error loops move nothing
  await pool.map(jobs.double, xs, { into: xs, transfer: [] });
  // @ts-expect-error bigints do not go into numbers
  await pool.mapInto(xs, jobs.big, bigs);
  // @ts-expect-error numbers do not go into bigints
  await pool.mapInto(bigs, jobs.double, xs);
  // @ts-expect-error the task takes bigints
  await pool.mapInto(bigs, jobs.big, xs);
  // @ts-expect-error text is no input
  await pool.mapInto(xs, jobs.double, "123");
  // @ts-expect-error a list is no output
  await pool.mapInto([1, 2, 3], jobs.double, 3);
}

export async function ready(): Promise<void> {
  same<ReturnType<typeof ofBigints>, Promise<bigint>>(true);
  const sum: number = await numeric.sum(pool, [1, 2], { compensated: true });
  const { counts } = await numeric.histogram(pool, xs, { bins: 3 });
  same<typeof counts, Float64Array<ArrayBufferLike>>(true);
  void sum;
  // @ts-expect-error numbers only
  await numeric.mean(pool, bigs);
  // @ts-expect-error no such option
  await numeric.max(pool, xs, { bins: 3 });
}

function ofBigints(): Promise<bigint> {
  return numeric.sum(pool, bigs);
}

export async function modules(module: WebAssembly.Module): Promise<void> {
  const kernel = wasm(module, "kernel");
  await pool.parallelFor(kernel, 9, [1, 2]);
  const sum = await pool.parallelReduce(kernel, jobs.add, 9, [1]);
  same<typeof sum, number>(true);
  await pool.mapInto(xs, wasm<[x: number, i: number]>(module, "mix"), 3);
  // @ts-expect-error memory is a WebAssembly.Memory
  wasm(module, "kernel", { memory: new SharedArrayBuffer(8) });
}
