/** Tasks that are shipped as text. */
import {
  CodecError,
  inline,
  Pool,
  RoundRobin,
  TaskLookupError,
  tasks,
} from "../../mod.ts";
import { equal, is, match, rejects, throws } from "../support/assert.ts";
import { suite } from "../support/suite.ts";
import { sharedWords } from "../support/words.ts";

const test = suite("inline");
const ONE = { workers: 1 };
const inlining = tasks<typeof import("../fixtures/inlining.ts")>(
  new URL("../fixtures/inlining.ts", import.meta.url),
);
const arithmetic = new URL("../fixtures/arithmetic.ts", import.meta.url);

/** Text to a function, as a program that was not type-checked would have it. */
function made(text: string): () => unknown {
  return new Function(`return (${text});`)() as () => unknown;
}

test("functions of every form are shipped, with types and without", async () => {
  await using pool = new Pool(ONE);
  interface Point {
    readonly x: number;
  }
  const forms = [
    inline((point: Point): number => point.x satisfies number as number),
    inline(async ({ x }: Point): Promise<number> => await Promise.resolve(x)),
    inline(function (point: Point): number {
      return point.x!;
    }),
    inline(async function named<T extends Point>(point: T): Promise<number> {
      await Promise.resolve();
      return point.x;
    }),
    inline(
      {
        method({ x }: Point): number {
          return x;
        },
      }.method,
    ),
    inline(
      {
        async "a method"({ x }: Point): Promise<number> {
          return await Promise.resolve(x);
        },
      }["a method"],
    ),
  ];
  for (const form of forms) {
    is(await pool.apply(form, [{ x: 3 }]), 3, form.name);
  }
  const fact = inline(function fact(n: number): number {
    return n < 2 ? 1 : n * fact(n - 1);
  });
  equal([...await pool.map(fact, [3, 4, 5])], [6, 24, 120]);
});

test("what a function declares itself is not free", async () => {
  await using pool = new Pool(ONE);
  const busy = inline(
    (first: number, { second, deep: [third = first] }: {
      second: number;
      deep: number[];
    }, ...rest: number[]): number => {
      outer: for (const each of rest) {
        for (let i = 0; i < 3; i++) {
          if (i === each) continue outer;
        }
      }
      // deno-lint-ignore no-var
      var hoisted = later();
      function later(): number {
        return arguments.length;
      }
      class Counter {
        static count = 4;
        #own = Counter.count;
        get own(): number {
          return this.#own;
        }
      }
      class More extends Counter {
        override get own(): number {
          return super.own + 1;
        }
      }
      const record = { first, [`key${second}`]: third, typed: () => hoisted };
      try {
        throw new RangeError("caught");
      } catch (error) {
        const { message } = error as Error;
        hoisted += message.length;
      }
      const { typed, ...others } = record;
      const none = typeof notThereAtAll === "undefined" ? 1 : 0;
      switch (none) {
        // deno-lint-ignore no-case-declarations
        case 1:
          const inside = Math.max(...rest);
          return inside + typed() + Object.keys(others).length +
            new More().own;
      }
      return -1;
    },
  );
  is(await pool.apply(busy, [1, { second: 2, deep: [] }, 1, 9]), 9 + 6 + 2 + 5);
});
declare const notThereAtAll: unknown;

test("free variables are named when the task is made", () => {
  // Not constants, which Bun would write into the function.
  const [rate, offset] = [2, 3].map(Number) as [number, number];
  const error = throws(
    () => inline((n: number) => n * rate + offset),
    TypeError,
  );
  match(error.message, "it uses rate, offset of the surrounding code");
  match(error.message, "captures");
  throws(
    () => inline((n: number) => n * rate + offset, { captures: { rate } }),
    TypeError,
    "it uses offset of",
  );
  const uses = (text: string, names: string) =>
    throws(() => inline(made(text)), TypeError, `it uses ${names} of`);
  uses("(a = b) => { var b; return a; }", "b");
  uses("() => { { let c; } return c; }", "c");
  uses("() => { for (const d of e) f(d); return d; }", "e, f, d");
  uses("() => ({ g, h: i, [j]: k.l })", "g, i, j, k");
  uses("() => { try {} catch (m) {} return m; }", "m");
  uses("() => `${n}${class extends o { [p] = q; }}`", "n, o, p, q");
  uses("() => arguments[0]", "arguments");
  uses("({ r, s: [t] }) => { u = r + s + t; }", "u, s");
  uses("() => (function v() { return v; })(w ?? v)", "w, v");
});

test("captures travel as arguments do, as they were when the task was made", async () => {
  await using pool = new Pool({ workers: 2 });
  const table = new Map([["a", 1n]]);
  const list = [1, 2, 3];
  const sum = inline(
    (key: string): string =>
      `${table.get(key)} ${list.reduce((a, b) => a + b)} ${text}`,
    { captures: { table, list, text: "snapshot" } },
  );
  list.push(100);
  table.clear();
  is(await pool.apply(sum, ["a"]), "1 6 snapshot");
  const words = sharedWords(1);
  const count = inline((n: number) => void Atomics.add(words, 0, n), {
    captures: { words },
  });
  await pool.map(count, [1, 2, 3, 4], { chunkSize: 1 });
  is(words[0], 10);
  const blob = inline(() => blob_.text(), {
    captures: { blob_: new Blob(["platform"]) },
  });
  is(await pool.apply(blob), "platform");
  const error = throws(
    () => inline(() => calls, { captures: { calls: { fn: () => 1 } } }),
    CodecError,
  );
  is(error.path, "captures.calls.fn");
});
declare const text: string;
declare const blob_: Blob;
declare const calls: unknown;

test("imports are bound by name, on every worker", async () => {
  await using pool = new Pool({ workers: 2 });
  const task = inline(
    (n: number): string => math.increment(n) + path.basename("/a/b.txt"),
    { imports: { math: arithmetic, path: "node:path" } },
  );
  equal(await pool.map(task, [1, 2], { chunkSize: 1 }), ["2b.txt", "3b.txt"]);
  const missing = inline(() => gone, {
    imports: { gone: new URL("./not_there_at_all.ts", import.meta.url) },
  });
  const error = await rejects(pool.apply(missing), TaskLookupError);
  is(error.code, "module_missing");
  match(error.message, "not_there_at_all");
});
declare const math: typeof import("../fixtures/arithmetic.ts");
declare const path: typeof import("node:path");
declare const gone: unknown;

test("what no text can take along is refused, with what to write", () => {
  const refused = (fn: unknown, message: string) =>
    throws(() => inline(fn as () => unknown), TypeError, message);
  refused(class Job {}, "it is a class");
  refused(Math.max, "native or bound");
  refused((() => 1).bind(null), "native or bound");
  refused(function* () {}, "it is a generator");
  refused(async function* () {}, "it is a generator");
  refused(3, "expected a function, found number");
  refused(null, "expected a function, found null");
  refused(made("() => this"), "this of the surrounding code");
  refused(made("{}, ({ f() { return super.f(); } }).f"), "super");
  refused(made("() => import('./there.ts')"), 'import("./there.ts")');
  refused(made("() => import('there')"), 'import("there")');
  refused(
    made("{}, ({ [Symbol.iterator]() {} })[Symbol.iterator]"),
    "computed",
  );
  const getter = Object.getOwnPropertyDescriptor(
    {
      get got() {
        return 1;
      },
    },
    "got",
  );
  refused(getter?.get, "getter");
  class Hidden {
    static #secret = 1;
    static reveal(): number {
      return Hidden.#secret;
    }
  }
  refused(Hidden.reveal, "cannot stand alone");
  refused(made("function () { with (Math) return PI; }"), "cannot stand alone");
});

test("options are checked", () => {
  const wrong = (options: unknown, message: string) =>
    throws(() => inline(() => 1, options as object), TypeError, message);
  wrong(null, "options must be an object, found null");
  wrong({ captures: 3 }, "captures must be an object, found number");
  wrong({ capture: {} }, "there is no option capture");
  wrong({ captures: { "a b": 1 } }, '"a b" is no name');
  wrong({ captures: { class: 1 } }, '"class" is no name');
  wrong({ captures: { eval: 1 } }, '"eval" is no name');
  wrong(
    { captures: { a: 1 }, imports: { a: "node:fs" } },
    "a is in captures and in imports",
  );
  wrong({ imports: { a: "./a.ts" } }, "expected a URL");
});

test("an inline task is a task: initializer, starmap, errors, new workers", async () => {
  const words = sharedWords(2);
  await using pool = new Pool({
    workers: 1,
    maxTasksPerWorker: 2,
    scheduler: new RoundRobin(),
    initializer: inline((by: number) => void Atomics.add(words, 0, by), {
      captures: { words },
    }),
    initArgs: [5],
  });
  const join = inline((a: string, b: number): string => `${a}${b}`);
  const lists: [string, number][] = [["a", 1], ["b", 2], ["c", 3]];
  equal(await pool.starmap(join, lists), ["a1", "b2", "c3"]);
  // Two workers served them, and each was told of the task.
  is((words[0] as number) >= 10, true);
  const fails = inline((n: number): never => {
    throw new RangeError(`inline ${n}`);
  });
  const error = await rejects(pool.apply(fails, [4]), RangeError, "inline 4");
  match(error.stack ?? "", "inline_suite");
});

test("a function keeps its captures from call to call, in its worker", async () => {
  await using pool = new Pool(ONE);
  const next = inline(() => ++state.count, {
    captures: { state: { count: 0 } },
  });
  equal([await pool.apply(next), await pool.apply(next)], [1, 2]);
});
declare const state: { count: number };

test("tasks make inline tasks for their own pool", async () => {
  await using pool = new Pool({ workers: 2, concurrency: 1 });
  equal(await pool.apply(inlining.inlines, [10]), [11, 12, 13]);
  is(await pool.apply(inlining.capturesShared), 10);
});

test("where code from text is not allowed a call says so", async () => {
  await using pool = new Pool(ONE);
  const forbid = inline(() => {
    Object.defineProperty(globalThis, "Function", {
      value: () => {
        throw new EvalError("Code generation from strings disallowed");
      },
    });
  });
  await pool.apply(forbid);
  const error = await rejects(pool.apply(inline(() => 1)), TaskLookupError);
  match(error.message, "Cannot load inline task");
  match(error.message, "write it into a module");
  match((error.cause as Error).message, "disallowed");
});
