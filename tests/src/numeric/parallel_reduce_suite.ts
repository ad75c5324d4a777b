/** Reductions: the same digits whoever does what. */
import { Pool, tasks, WorkerLostError } from "../../../mod.ts";
import { equal, is, match, rejects } from "../../support/assert.ts";
import { suite } from "../../support/suite.ts";
import { open, reached, sharedWords } from "../../support/words.ts";

const test = suite("parallelReduce");
const reducing = tasks<typeof import("../../fixtures/reducing.ts")>(
  new URL("../../fixtures/reducing.ts", import.meta.url),
);
const loops = tasks<typeof import("../../fixtures/loops.ts")>(
  new URL("../../fixtures/loops.ts", import.meta.url),
);
const counting = tasks<typeof import("../../fixtures/counting.ts")>(
  new URL("../../fixtures/counting.ts", import.meta.url),
);
const SCHEDULES = ["static", "dynamic", "guided"] as const;

/** The tree, level by level, as the documentation says it. */
function tree<T>(leaves: readonly T[], join: (one: T, other: T) => T): T {
  let level = [...leaves];
  while (level.length > 1) {
    const above: T[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const [one, other] = [level[i] as T, level[i + 1]];
      above.push(i + 1 < level.length ? join(one, other as T) : one);
    }
    level = above;
  }
  return level[0] as T;
}

function leaves(from: number, to: number, grain: number): [number, number][] {
  const all: [number, number][] = [];
  for (let at = from; at < to; at += grain) {
    all.push([at, Math.min(to, at + grain)]);
  }
  return all;
}

/** Numbers of very different size, of exact operations only. */
function numbers(length: number): Float64Array {
  const xs = new Float64Array(new SharedArrayBuffer(length * 8));
  let state = 1;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    xs[i] = (state / 2 ** 32 - 0.5) * 2 ** (state % 40) / (1 + i % 1000);
  }
  return xs;
}

function hex(value: number): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return view.getBigUint64(0).toString(16).padStart(16, "0");
}

test("parts are joined level by level, two neighbours at a time, the odd one passing up", async () => {
  for (const workers of [1, 2, 3]) {
    await using pool = new Pool({ workers });
    for (const schedule of SCHEDULES) {
      for (const grains of [1, 2, 3, 5, 8, 11, 64, 100, 333]) {
        const [from, to] = [-7, -7 + 3 * grains - 1];
        const options = { schedule, grain: 3 };
        const found = await pool.parallelReduce(
          reducing.name,
          reducing.join,
          [from, to],
          [],
          options,
        );
        const names = leaves(from, to, 3).map((ends) => ends.join("-"));
        is(found, tree(names, (one, other) => `(${one} ${other})`));
      }
    }
  }
});

/** What the tree over these numbers gives, in bits. */
const GOLDEN = "41e782b899963be0";

test(
  "a sum has the same digits with 1, 2, 3 and 16 workers, whatever the schedule, on every runtime",
  { deadlineMs: 120_000 },
  async () => {
    const xs = numbers(100_003);
    const grain = Math.ceil(xs.length / 1024);
    const parts = leaves(0, xs.length, grain).map(([from, to]) =>
      xs.subarray(from, to).reduce((total, x) => total + x, 0)
    );
    is(hex(tree(parts, (one, other) => one + other)), GOLDEN);
    const another = xs.reduce((total, x) => total + x, 0);
    is(hex(another) === GOLDEN, false, "the order matters");
    for (const workers of [1, 2, 3, 16]) {
      await using pool = new Pool({ workers });
      for (const schedule of [undefined, ...SCHEDULES]) {
        const options = schedule === undefined ? {} : { schedule };
        const sum = await pool.parallelReduce(
          reducing.sum,
          reducing.add,
          xs.length,
          [xs],
          options,
        );
        is(hex(sum), GOLDEN, `${workers} workers, ${schedule}`);
      }
    }
  },
);

test("kernels and combinations may be asynchronous", async () => {
  await using pool = new Pool({ workers: 2 });
  const xs = numbers(1000);
  const options = { grain: 10 };
  const sum = await pool.parallelReduce(
    reducing.sum,
    reducing.add,
    1000,
    [xs],
    options,
  );
  for (const kernel of [reducing.sum, reducing.sumLater]) {
    for (const combine of [reducing.add, reducing.addLater]) {
      const later = await pool.parallelReduce(
        kernel,
        combine,
        1000,
        [xs],
        options,
      );
      is(hex(later), hex(sum));
    }
  }
});

test("parts may be any value that travels", async () => {
  await using pool = new Pool({ workers: 2 });
  const counts = await pool.parallelReduce(
    reducing.tally,
    reducing.addAll,
    7000,
  );
  equal([...counts], new Array(7).fill(1000));
});

test("`initial` comes first, and is what an empty range gives", async () => {
  await using pool = new Pool({ workers: 2 });
  for (const to of [1, 4]) {
    const text = await pool.parallelReduce(
      reducing.name,
      reducing.join,
      to,
      [],
      { grain: 1, initial: "start" },
    );
    const names = leaves(0, to, 1).map((ends) => ends.join("-"));
    is(text, `(start ${tree(names, (one, other) => `(${one} ${other})`)})`);
  }
  const none = pool.parallelReduce(reducing.name, reducing.join, [5, 5], [], {
    initial: "start",
  });
  is(await none, "start");
  await rejects(
    pool.parallelReduce(reducing.name, reducing.join, 0),
    RangeError,
    "Cannot parallelReduce a task: the range is empty, give initial",
  );
});

test("one grain is one call, and nothing is joined", async () => {
  await using pool = new Pool({ workers: 2 });
  const found = pool.parallelReduce(
    reducing.name,
    reducing.joinOrThrow,
    [500, 600],
    [],
    { grain: 100 },
  );
  is(await found, "500-600");
});

type Ranged = Error & { range?: [number, number] };

test("an error of the kernel names its range, one of a combination has none", async () => {
  await using pool = new Pool({ workers: 2 });
  const kernel: Ranged = await rejects(
    pool.parallelReduce(loops.throwsAt, reducing.nothing, 1000, [77, false], {
      grain: 10,
    }),
    RangeError,
    "no item 77",
  );
  equal(kernel.range, [70, 80]);
  match(kernel.stack ?? "", "items 70 to 79 of pool.parallelReduce");
  const combine: Ranged = await rejects(
    pool.parallelReduce(reducing.name, reducing.joinOrThrow, 1000, [], {
      grain: 10,
    }),
    RangeError,
    "not after 500",
  );
  is(combine.range, undefined);
  match(combine.stack ?? "", "joinOrThrow");
  match(combine.stack ?? "", "parallel_reduce_suite");
  const top = pool.parallelReduce(
    reducing.name,
    reducing.joinLeaves,
    1000,
    [],
    { grain: 1 },
  );
  await rejects(top, RangeError, "too large");
});

test("a worker that dies while it joins fails the reduction", async () => {
  await using pool = new Pool({ workers: 2 });
  const lost = pool.parallelReduce(
    reducing.name,
    reducing.joinOrExit,
    1000,
    [],
    { grain: 10 },
  );
  await rejects(lost, WorkerLostError);
  const again = pool.parallelReduce(reducing.name, reducing.join, 2, [], {
    grain: 1,
  });
  is(await again, "(0-1 1-2)");
});

test("a worker that is busy does not delay it", async () => {
  await using pool = new Pool({ workers: 2, concurrency: 1 });
  const words = sharedWords(2);
  const busy = pool.apply(counting.countAndBlock, [words, 0, 1]);
  await reached(words, 0, 1);
  for (const schedule of SCHEDULES) {
    const text = pool.parallelReduce(reducing.name, reducing.join, 4, [], {
      grain: 1,
      schedule,
    });
    is(await text, "((0-1 1-2) (2-3 3-4))");
  }
  open(words, 1);
  await busy;
});

test("close() lets a reduction join its parts", async () => {
  for (let i = 0; i < 5; i++) {
    const pool = new Pool({ workers: 2 });
    const text = pool.parallelReduce(reducing.name, reducing.join, 4, [], {
      grain: 1,
      schedule: "dynamic",
    });
    pool.close();
    await pool.join();
    is(await text, "((0-1 1-2) (2-3 3-4))");
  }
});

test("a signal stops it", async () => {
  await using pool = new Pool({ workers: 2, gracePeriod: 60_000 });
  const words = sharedWords(2);
  const controller = new AbortController();
  const { signal } = controller;
  const loop = pool.parallelReduce(
    loops.hold,
    reducing.nothing,
    1000,
    [words],
    { signal, grain: 1 },
  );
  await reached(words, 0, 2);
  controller.abort(new Error("enough"));
  await rejects(loop, Error, "enough");
  open(words, 1);
  await pool.broadcast(reducing.nothing);
  is(words[0], 2);
});
