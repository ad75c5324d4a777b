/** Compiled, never run: what TypeScript accepts and what it refuses. */
import {
  type AsyncTask,
  type MapResult,
  move,
  Pool,
  Process,
  shared,
  type SharedArray,
  type Task,
  task,
  tasks,
  Worker,
} from "../../mod.ts";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends
  (<T>() => T extends B ? 1 : 2) ? true : false;
const same = <A, B>(_: Same<A, B>): void => {};

interface Jobs {
  add(a: number, b: number): number;
  fetchSize(url: string): Promise<number>;
  nothing(): void;
  maybe(a?: number): string;
  many(...texts: string[]): boolean;
  readonly version: string;
  readonly Class: new () => Date;
}

const jobs = tasks<Jobs>("file:///jobs.ts");
declare const pool: Pool;

export function handles(): void {
  same<typeof jobs.add, Task<[a: number, b: number], number>>(true);
  same<typeof jobs.fetchSize, AsyncTask<[url: string], number>>(true);
  const plain: Task<[url: string], number> = jobs.fetchSize;
  void plain;
  // @ts-expect-error a constant is no task
  void jobs.version;
  // @ts-expect-error a class is no task
  void jobs.Class;
  // @ts-expect-error nothing of that name
  void jobs.missing;
}

export function calls(): void {
  same<Promise<number>, ReturnType<typeof sum>>(true);
  const size: Promise<number> = pool.apply(jobs.fetchSize, ["u"]);
  const none: Promise<void> = pool.apply(jobs.nothing);
  const text: Promise<string> = pool.apply(jobs.maybe);
  void [size, none, text];
  void pool.apply(jobs.nothing, []);
  void pool.apply(jobs.maybe, [1]);
  void pool.apply(jobs.many);
  void pool.apply(jobs.many, ["a", "b"]);
  void pool.apply(jobs.add, [1, 2] as const);
  // @ts-expect-error too few arguments
  void pool.apply(jobs.add, [1]);
  // @ts-expect-error too many arguments
  void pool.apply(jobs.add, [1, 2, 3]);
  // @ts-expect-error no arguments at all
  void pool.apply(jobs.add);
  // @ts-expect-error an argument of the wrong type
  void pool.apply(jobs.add, [1, "2"]);
  // @ts-expect-error arguments are a list
  void pool.apply(jobs.fetchSize, "u");
  // @ts-expect-error the result is a number
  const wrong: Promise<string> = pool.apply(jobs.fetchSize, ["u"]);
  void wrong;
}

function sum(): Promise<number> {
  return pool.apply(jobs.add, [1, 2]);
}

export async function maps(): Promise<void> {
  const sizes: MapResult<number> = pool.map(jobs.fetchSize, ["a", "b"]);
  const all: number[] = await sizes;
  for await (const size of sizes) same<typeof size, number>(true);
  void all;
  const sums: number[] = await pool.starmap(jobs.add, [[1, 2], [3, 4]]);
  void sums;
  void pool.map(jobs.fetchSize, new Set(["a"]), { chunkSize: 3, window: 9 });
  void pool.map(jobs.fetchSize, texts(), { chunkSize: "auto" });
  // @ts-expect-error items of the wrong type
  void pool.map(jobs.fetchSize, [1, 2]);
  // @ts-expect-error a task of two arguments takes argument lists
  void pool.map(jobs.add, [1, 2]);
  // @ts-expect-error argument lists of the wrong length
  void pool.starmap(jobs.add, [[1]]);
  // @ts-expect-error items are not iterable
  void pool.map(jobs.fetchSize, 5);
  // @ts-expect-error no such option
  void pool.map(jobs.fetchSize, ["a"], { chunksize: 3 });
}

async function* texts(): AsyncGenerator<string> {
  yield "a";
}

export function named(): void {
  const triple = task(import.meta.url, function triple(n: number) {
    return n * 3;
  });
  const local: number = triple(2);
  const far: Promise<number> = pool.apply(triple, [2]);
  void [local, far];
  // @ts-expect-error an argument of the wrong type
  void pool.apply(triple, ["2"]);
  // @ts-expect-error not a function
  task(import.meta.url, 5);
}

export function options(): void {
  new Pool({ workers: 2, initializer: jobs.add, initArgs: [1, 2] });
  // @ts-expect-error no such option
  new Pool({ proceses: 2 });
  // @ts-expect-error a number is wanted
  new Pool({ workers: "2" });
  // @ts-expect-error nothing can be assigned
  pool.workers = 3;
}

export async function processes(): Promise<void> {
  const nothing: void = await new Process({ target: jobs.add, args: [1, 2] });
  const worker = new Worker({ target: jobs.fetchSize, args: ["u"] });
  const size: number = await worker;
  same<typeof worker.result, number>(true);
  same<ReturnType<typeof worker.join>, Promise<number>>(true);
  const text: string = await new Worker({ target: jobs.maybe });
  const either: Process<number> = worker;
  void [nothing, size, text, either];
  // @ts-expect-error arguments are missing
  new Process({ target: jobs.add });
  // @ts-expect-error an argument of the wrong type
  new Worker({ target: jobs.fetchSize, args: [5] });
  // @ts-expect-error no such option
  new Process({ target: jobs.nothing, kwargs: {} });
  // @ts-expect-error the result is a number
  const wrong: string = await worker;
  void wrong;
}

export function sharedArrays(): void {
  const floats = shared(Float64Array, 3);
  same<typeof floats, Float64Array<SharedArrayBuffer>>(true);
  const wide = shared(BigUint64Array, [1n, 2n]);
  same<typeof wide, BigUint64Array<SharedArrayBuffer>>(true);
  same<
    ReturnType<typeof half>,
    Float16Array<SharedArrayBuffer>
  >(true);
  const any: SharedArray = shared(Int8Array, new Set([1]));
  void [any, shared(Uint8Array, new Float32Array(2)), shared(Int16Array, [])];
  // @ts-expect-error text has no elements
  shared(Uint8Array, "12");
  // @ts-expect-error no class of typed arrays
  shared(DataView, 8);
  // @ts-expect-error elements are numbers
  shared(Float32Array, ["1"]);
  // @ts-expect-error elements are numbers
  shared(Float32Array, [1n]);
  // @ts-expect-error elements are bigints
  shared(BigInt64Array, [1]);
  // @ts-expect-error neither a length nor elements
  shared(Float32Array, {});
}

export function moves(): void {
  const floats: Float64Array<ArrayBuffer> = move(new Float64Array(2));
  const buffer: ArrayBuffer = move(floats.buffer);
  const view: DataView = move(new DataView(buffer));
  void pool.apply(jobs.nothing, [], { transfer: [buffer, view] });
  // @ts-expect-error nothing that could be moved
  move(5);
  // @ts-expect-error nothing that could be moved
  move([buffer]);
  // @ts-expect-error one buffer is no list
  void pool.apply(jobs.nothing, [], { transfer: buffer });
  // @ts-expect-error items are moved one by one
  void pool.map(jobs.fetchSize, ["a"], { transfer: [] });
}

function half(): Float16Array<SharedArrayBuffer> {
  return shared(Float16Array, 2);
}
