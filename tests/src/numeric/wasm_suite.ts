/** Kernels in WebAssembly: compiled once, one shared memory, the same loops. */
import {
  CodecError,
  Pool,
  shared,
  type Task,
  TaskLookupError,
  tasks,
  wasm,
} from "../../../mod.ts";
import { equal, is, match, rejects, throws } from "../../support/assert.ts";
import { suite } from "../../support/suite.ts";
import { moduleBytes } from "../../fixtures/wasm_module.ts";

const test = suite("wasm");
const module = new WebAssembly.Module(moduleBytes(false));
const hosted = new WebAssembly.Module(moduleBytes());
const host = new URL("../../fixtures/wasm_host.ts", import.meta.url);
const reducing = tasks<typeof import("../../fixtures/reducing.ts")>(
  new URL("../../fixtures/reducing.ts", import.meta.url),
);

const newMemory = (shared = true) =>
  new WebAssembly.Memory({ initial: 1, maximum: 100, shared });

type Ranged = Error & { range?: [number, number] };

test("a kernel runs over ranges of one shared memory, in every schedule", async () => {
  const memory = newMemory();
  const numbers = new Float64Array(memory.buffer, 0, 2000);
  const square = wasm(module, "square", { memory });
  await using pool = new Pool({ workers: 3 });
  for (const schedule of ["static", "dynamic", "guided"] as const) {
    for (let i = 0; i < 1000; i++) numbers[i] = i;
    numbers.fill(0, 1000);
    await pool.parallelFor(square, 1000, [0, 8000], { schedule, grain: 7 });
    is(numbers.subarray(1000).every((x, i) => x === i * i + 1), true, schedule);
  }
});

test("a reduction may have a kernel in WebAssembly", async () => {
  const memory = newMemory();
  const numbers = new Float64Array(memory.buffer, 0, 1000);
  for (let i = 0; i < 1000; i++) numbers[i] = i / 7;
  await using pool = new Pool({ workers: 2 });
  const sum = wasm(module, "sum", { memory });
  const found = await pool.parallelReduce(sum, reducing.add, 1000, [0], {
    grain: 10,
  });
  is(
    found,
    await pool.parallelReduce(reducing.sum, reducing.add, 1000, [numbers], {
      grain: 10,
    }),
  );
});

test("a function maps into memory, and is called as any task", async () => {
  const memory = newMemory();
  const mix = wasm<[x: number, i: number]>(module, "mix", { memory });
  await using pool = new Pool({ workers: 2 });
  const output = await pool.mapInto(shared(Float64Array, 5), mix, [
    1,
    2,
    3,
    4,
    5,
  ]);
  equal([...output], [1, 5, 11, 19, 29]);
  is(await pool.apply(mix, [3, 0.5]), 9.5);
  equal(await pool.starmap(mix, [[1, 1], [2, 2]]), [2, 6]);
});

test("what a module imports besides memory comes from modules", async () => {
  const memory = newMemory();
  const half = wasm<[x: number, i: number]>(hosted, "half", {
    memory,
    imports: { host },
  });
  await using pool = new Pool({ workers: 1 });
  is(await pool.apply(half, [9, 0]), 4.5);
});

test("memory that grows is grown for all", async () => {
  const memory = newMemory();
  await using pool = new Pool({ workers: 2 });
  const square = wasm(module, "square", { memory });
  await pool.parallelFor(square, 1, [0, 8]);
  memory.grow(2);
  const numbers = new Float64Array(memory.buffer, 65536, 200);
  for (let i = 0; i < 100; i++) numbers[i] = i;
  await pool.parallelFor(square, 100, [65536, 65536 + 800]);
  is(numbers[199], 99 * 99 + 1);
});

test("a trap arrives as it was, with its range", async () => {
  const memory = newMemory();
  await using pool = new Pool({ workers: 1 });
  const trap = wasm(module, "trap", { memory });
  const error: Ranged = await rejects(
    pool.parallelFor(trap, 10, [], { grain: 5 }),
    WebAssembly.RuntimeError,
    /unreachable/i,
  );
  is(error.name, "RuntimeError");
  equal(error.range, [0, 5]);
  const far = pool.parallelFor(wasm(module, "square", { memory }), 10, [
    0,
    2 ** 30,
  ]);
  await rejects(far, WebAssembly.RuntimeError, /bounds/i);
});

test("a module that cannot be instantiated is a TaskLookupError", async () => {
  const memory = new WebAssembly.Memory({
    initial: 1,
    maximum: 200,
    shared: true,
  });
  await using pool = new Pool({ workers: 1 });
  const square = wasm(module, "square", { memory });
  const error = await rejects(
    pool.parallelFor(square, 1, [0, 8]),
    TaskLookupError,
    "Cannot load WebAssembly task square",
  );
  is(error.code, "module_failed");
});

test("what makes no task is refused exactly", async () => {
  const memory = newMemory();
  const rows: [args: unknown[], message: string][] = [
    [
      [moduleBytes(), "sum"],
      "expected a compiled module, found Uint8Array, write await WebAssembly.compile(bytes)",
    ],
    [
      [module, "nothing"],
      "the module exports no function nothing, its functions are square, sum, mix, half, trap",
    ],
    [[module, "sum"], "the module imports the memory env.memory, give memory"],
    [
      [hosted, "sum", { memory }],
      "the module imports the function host.half, give imports: { host: url }",
    ],
    [
      [module, "sum", { memory: newMemory(false) }],
      "memory must be shared, make it with shared: true",
    ],
    [
      [module, "sum", { memory: {} }],
      "memory must be a WebAssembly.Memory, found Object",
    ],
    [[module, "sum", { memory, stack: 1 }], "there is no option stack"],
    [[module, "sum", null], "options must be an object, found null"],
    [
      [module, "sum", { memory, imports: 1 }],
      "imports must be an object, found number",
    ],
    [[
      new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)),
      "sum",
    ], "its functions are none"],
  ];
  for (const [args, message] of rows) {
    throws(
      () => (wasm as (...args: unknown[]) => unknown)(...args),
      TypeError,
      message,
    );
  }
  await using pool = new Pool({ workers: 1, startMethod: "process" });
  const mix: Task<[number, number], number> = wasm(module, "mix", { memory });
  const error = await rejects(pool.apply(mix, [1, 2]), CodecError);
  match(error.message, "do not travel to another process");
});
