/** Bad input: the exact error, before any work. */
import {
  CodecError,
  Pool,
  type PoolOptions,
  task,
  tasks,
  UnsupportedError,
} from "../../../mod.ts";
import {
  type ErrorClass,
  is,
  match,
  ok,
  rejects,
  throws,
} from "../../support/assert.ts";
import { suite } from "../../support/suite.ts";

const test = suite("Pool options and arguments");
const math = tasks<typeof import("../../fixtures/arithmetic.ts")>(
  new URL("../../fixtures/arithmetic.ts", import.meta.url),
);
const counting = tasks<typeof import("../../fixtures/counting.ts")>(
  new URL("../../fixtures/counting.ts", import.meta.url),
);

const wrong: [Record<string, unknown>, ErrorClass<Error>, string][] = [
  [
    { workers: 0 },
    RangeError,
    "workers must be an integer from 1 to 120, found 0",
  ],
  [{ workers: -1 }, RangeError, "found -1"],
  [{ workers: 1.5 }, RangeError, "found 1.5"],
  [{ workers: NaN }, RangeError, "found NaN"],
  [{ workers: Infinity }, RangeError, "found Infinity"],
  [
    { workers: "2" },
    TypeError,
    'workers must be an integer from 1 to 120, found "2"',
  ],
  [{ workers: 2n }, TypeError, "found bigint"],
  [{ concurrency: 0 }, RangeError, "concurrency must be an integer from 1 to"],
  [{ concurrency: 0.5 }, RangeError, "found 0.5"],
  [{ queueCount: 0 }, RangeError, "queueCount must be an integer from 1"],
  [
    { workers: 2, queueCount: 3 },
    RangeError,
    "queueCount must be <= workers, found 3 queues for 2 workers",
  ],
  [
    { ringCapacity: 3 },
    RangeError,
    "ringCapacity must be a power of two, found 3",
  ],
  [{ ringCapacity: 0 }, RangeError, "ringCapacity must be an integer from 1"],
  [{ importTimeout: 0 }, RangeError, "importTimeout must be an integer from 1"],
  [
    { proceses: 2 },
    TypeError,
    "there is no option proceses, the options are workers, concurrency",
  ],
  [{ startMethod: "fork" }, UnsupportedError, 'there is no "fork"'],
  [{ startMethod: "foo" }, RangeError, 'startMethod must be "thread"'],
  [{ startMethod: 5 }, TypeError, 'startMethod must be "thread"'],
  [{ initializer: () => 1 }, TypeError, "Cannot initialize workers with"],
  [{ initArgs: 5 }, TypeError, "initArgs must be an array, found number"],
  [{ preload: ["./jobs.ts"] }, TypeError, 'expected a URL, found "./jobs.ts"'],
];

for (const [options, Class, text] of wrong) {
  const shown = Object.entries(options).map(([k, v]) =>
    `${k}: ${typeof v === "string" ? JSON.stringify(v) : String(v)}`
  ).join();
  test(`new Pool({ ${shown} }) throws ${Class.name}`, () => {
    const error = throws(() => new Pool(options as PoolOptions), Class, text);
    is(error.constructor, Class);
    match(error.message, /^Cannot /);
    ok(!error.message.endsWith("."));
  });
}

for (const options of [null, 5, "two"]) {
  test(`new Pool(${JSON.stringify(options)}) throws TypeError`, () => {
    throws(
      () => new Pool(options as unknown as PoolOptions),
      TypeError,
      `options must be an object, found ${
        options === null ? "null" : typeof options
      }`,
    );
  });
}

test("a pool tells its shape", async () => {
  await using pool = new Pool({ workers: 3, concurrency: 5, queueCount: 2 });
  is(pool.workers, 3);
  is(pool.concurrency, 5);
  is(pool.queueCount, 2);
  is(pool.scheduler.constructor.name, "RoundRobin");
  await using plain = new Pool();
  ok(plain.workers >= 1);
  is(plain.concurrency, 16);
  is(plain.queueCount, 1);
});

test("a bare function is refused, and the error shows the two lines", async () => {
  await using pool = new Pool({ workers: 1 });
  const size = (n: number): number => n;
  for (
    const run of [
      () => pool.apply(size, [1]),
      async () => await pool.map(size, [1]),
      async () => await pool.starmap(size, [[1]]),
    ]
  ) {
    const error = await rejects(run(), TypeError, "a bare function");
    // In pieces: the build rewrites quoted names of modules, messages stay.
    const module = ['"./jobs', 'ts"'].join(".");
    match(
      error.message,
      `const jobs = tasks<typeof import(${module})>(new URL(${module}, import.meta.url));`,
    );
    match(error.message, "await pool.apply(jobs.size, args);");
  }
  for (
    const [value, found] of [[5, "number"], [null, "null"], [
      undefined,
      "undefined",
    ], [{}, "Object"]]
  ) {
    await rejects(
      pool.apply(value as never, [] as never),
      TypeError,
      `found ${found}`,
    );
  }
});

test("a task without a name is refused", () => {
  throws(
    () => task(import.meta.url, () => 1),
    TypeError,
    "the function has no name",
  );
  throws(
    () => task(import.meta.url, 5 as never),
    TypeError,
    "expected a function, found number",
  );
});

for (const path of ["./jobs.ts", "jobs.ts", "", "../a/b.js"]) {
  test(`the relative module path ${JSON.stringify(path)} is refused`, () => {
    throws(
      () => tasks(path),
      TypeError,
      `expected a URL, found ${JSON.stringify(path)}`,
    );
  });
}

for (
  const [args, found] of [["abc", "string"], [5, "number"], [null, "null"], [
    {},
    "object",
  ]] as const
) {
  test(`apply refuses arguments that are no array: ${JSON.stringify(args)}`, async () => {
    await using pool = new Pool({ workers: 1 });
    await rejects(
      pool.apply(math.increment, args as never),
      TypeError,
      `Cannot apply a task: args must be an array, found ${found}`,
    );
    is(await pool.apply(math.increment, [1]), 2);
  });
}

for (
  const [items, found] of [["abc", "string"], [5, "number"], [null, "null"], [
    undefined,
    "undefined",
  ], [{}, "object"]] as const
) {
  test(`map and starmap refuse items that are ${JSON.stringify(items)}`, async () => {
    await using pool = new Pool({ workers: 1 });
    const text =
      `items must be an array, an iterable or an async iterable, found ${found}`;
    throws(
      () => pool.map(math.increment, items as never),
      TypeError,
      `Cannot map a task: ${text}`,
    );
    throws(
      () => pool.starmap(math.add, items as never),
      TypeError,
      `Cannot starmap a task: ${text}`,
    );
  });
}

for (
  const options of [
    { chunkSize: 0 },
    { chunkSize: -1 },
    { chunkSize: 1.5 },
    { chunkSize: "two" },
    { window: 0 },
    { window: NaN },
  ]
) {
  test(`map refuses ${JSON.stringify(options)}`, async () => {
    await using pool = new Pool({ workers: 1 });
    const name = Object.keys(options)[0];
    throws(
      () => pool.map(math.increment, [1], options as never),
      typeof Object.values(options)[0] === "number" ? RangeError : TypeError,
      `Cannot map a task: ${name} must be an integer from 1`,
    );
    throws(
      () => pool.map(math.increment, [1], null as never),
      TypeError,
      "options must be an object, found null",
    );
  });
}

test("starmap names the item that is no argument list, and runs the others", async () => {
  await using pool = new Pool({ workers: 1 });
  const map = pool.starmap(math.add, [[1, 2], 5 as never, [3, 4]]);
  await rejects(
    map,
    TypeError,
    "Cannot starmap a task: item 1 must be an array, found number",
  );
  is(await pool.apply(math.increment, [1]), 2);
});

const untravelled: [string, () => unknown, string, string][] = [
  [
    "a function",
    () => () => 1,
    "args[1]",
    "functions do not travel, pass a task",
  ],
  [
    "a function inside",
    () => ({ rows: [1, Math.abs] }),
    "args[1].rows[1]",
    "functions do not travel",
  ],
  [
    "a symbol",
    () => ({ s: Symbol("x") }),
    "args[1].s",
    "symbols do not travel",
  ],
  [
    "a WeakMap",
    () => [new WeakMap()],
    "args[1][0]",
    "weak collections do not travel",
  ],
  [
    "a promise",
    () => Promise.resolve(1),
    "args[1]",
    "promises do not travel, await it first",
  ],
];

for (const [name, make, path, reason] of untravelled) {
  test(`${name} as an argument is a CodecError at the call, and nothing is queued`, async () => {
    await using pool = new Pool({ workers: 1, ringCapacity: 1 });
    const words = new Int32Array(new SharedArrayBuffer(4));
    for (let i = 0; i < 5; i++) {
      const error = await rejects(
        pool.apply(counting.count, [words, make() as number]),
        CodecError,
      );
      is(error.path, path);
      is(error.code, "encode");
      match(error.message, `Cannot encode ${path}: ${reason}`);
    }
    is(await pool.apply(counting.count, [words, 0]), 0);
    is(words[0], 1);
    pool.close();
    await pool.join();
  });
}

test("an item that does not travel fails alone", async () => {
  await using pool = new Pool({ workers: 2 });
  const items = [1, 2, () => 3, 4, 5];
  const map = pool.map(math.echo, items, { chunkSize: 5 });
  const seen: unknown[] = [];
  await rejects(
    (async () => {
      for await (const one of map) seen.push(one);
    })(),
    CodecError,
    "Cannot encode args[0]: functions do not travel",
  );
  is(seen.join(), "1,2");
});

test("a getter that throws in an argument is a CodecError with its cause", async () => {
  await using pool = new Pool({ workers: 1 });
  const value = {
    get a(): number {
      throw new RangeError("no");
    },
  };
  const error = await rejects(pool.apply(math.echo, [value]), CodecError);
  is(error.path, "args[0].a");
  is((error.cause as Error).message, "no");
  is(await pool.apply(math.increment, [1]), 2);
});
