/** Memory that is moved into tasks and out of them. */
import {
  CodecError,
  move,
  Pool,
  StateError,
  tasks,
  Worker,
  WorkerLostError,
} from "../../../mod.ts";
import { equal, is, ok, rejects, throws } from "../../support/assert.ts";
import { startMethods } from "../../support/start_methods.ts";
import { suite } from "../../support/suite.ts";
import { open, reached, sharedWords } from "../../support/words.ts";

const test = suite("Pool moving");
const moving = tasks<typeof import("../../fixtures/moving.ts")>(
  new URL("../../fixtures/moving.ts", import.meta.url),
);
const math = tasks<typeof import("../../fixtures/arithmetic.ts")>(
  new URL("../../fixtures/arithmetic.ts", import.meta.url),
);

const ones = (size: number) => new Uint8Array(size).fill(1);
const SIZES = [0, 1, 100, 5000, 1 << 20];

for (const startMethod of startMethods) {
  const named = (name: string) => `${name}, ${startMethod}`;
  const options = { workers: 2, startMethod };

  test(
    named("what is moved arrives, and is detached when apply returns"),
    async () => {
      await using pool = new Pool(options);
      for (const size of SIZES) {
        const bytes = ones(size + 8).subarray(8);
        const call = pool.apply(moving.sumOf, [move(bytes)]);
        equal([bytes.length, bytes.buffer.byteLength], [0, 0]);
        equal(await call, [size, size + 8]);
        const whole = ones(size).buffer;
        const other = pool.apply(moving.sizes, [1, whole].slice(1) as never, {
          transfer: [whole],
        });
        is(whole.byteLength, 0);
        equal(await other, [size]);
      }
    },
  );

  test(
    named("a result that is moved arrives, and is detached there"),
    async () => {
      await using pool = new Pool({ ...options, workers: 1 });
      for (const size of SIZES) {
        equal(
          await pool.apply(moving.give, [size]),
          new Uint8Array(size).fill(7),
        );
        is(await pool.apply(moving.leftOfLast), 0);
        const floats = new Float64Array(size).fill(0.5);
        const { inside } = await pool.apply(moving.backLater, [move(floats)]);
        equal(inside, [new Float64Array(size).fill(0.5)]);
        is(floats.length, 0);
      }
    },
  );

  test(
    named("items of a map are moved one by one, results as well"),
    async () => {
      await using pool = new Pool(options);
      const items = Array.from({ length: 60 }, (_, i) => ones(i * 100));
      for (const chunkSize of ["auto", 1, 7] as const) {
        const sent = items.map((item) => item.slice());
        const marked = sent.map((item) => move(item));
        const results = await pool.map(moving.back, marked, { chunkSize });
        equal(results, items);
        is(sent.every((item) => item.length === 0), true);
      }
      // What an error holds is copied.
      const settled = await pool.map(moving.giveOrThrow, [3, -4, 5]).settled();
      equal(settled.map(({ status }) => status), [
        "fulfilled",
        "rejected",
        "fulfilled",
      ]);
      const [, failed] = settled as { reason?: { bytes: Uint8Array } }[];
      is(failed!.reason!.bytes.length, 4);
    },
  );

  test(named("a call that is refused leaves everything as it is"), async () => {
    await using pool = new Pool(options);
    const bytes = ones(10);
    const wrong = [move(bytes), Math.abs] as unknown as [Uint8Array];
    await rejects(pool.apply(moving.sumOf, wrong), CodecError, "args[1]");
    is(bytes.length, 10);
    const listed = ones(10);
    await rejects(
      pool.apply(moving.sumOf, [listed, Math.abs] as never, {
        transfer: [listed],
      }),
      CodecError,
      "args[1]",
    );
    // The mark of a list ends with its call.
    equal(await pool.apply(moving.sumOf, [listed]), [10, 10]);
    is(listed.length, 10);
    pool.close();
    await rejects(pool.apply(moving.sumOf, [move(bytes)]), StateError);
    is(bytes.length, 10);
  });

  test(
    named("calls that wait for a cell keep what they were given"),
    async () => {
      await using pool = new Pool({ ...options, ringCapacity: 2 });
      const calls = Array.from(
        { length: 40 },
        (_, i) => pool.apply(moving.sumOf, [move(ones(i * 300))]),
      );
      const sums = await Promise.all(calls);
      equal(
        sums.map(([sum]) => sum),
        Array.from({ length: 40 }, (_, i) => i * 300),
      );
    },
  );

  test(
    named("workers that retire leave what they have not started to others"),
    async () => {
      await using pool = new Pool({ ...options, maxTasksPerWorker: 3 });
      const results = await pool.map(
        moving.sumOf,
        Array.from({ length: 9 }, (_, i) => move(ones(i))),
        { chunkSize: 1 },
      );
      equal(
        results.map(([sum]) => sum),
        Array.from({ length: 9 }, (_, i) => i),
      );
    },
  );

  test(named("nested calls and their results"), async () => {
    await using pool = new Pool({ ...options, workers: 1, concurrency: 1 });
    for (const size of [10, 100_000]) {
      equal(await pool.apply(moving.nested, [size]), [
        [size, size],
        0,
        [2 * size, size],
        0,
        size,
        0,
      ]);
    }
  });

  test(named("a worker of its own"), async () => {
    const bytes = ones(9000);
    const worker = new Worker({
      target: moving.sumOf,
      args: [move(bytes)],
      startMethod,
    });
    equal(await worker, [9000, 9000]);
    is(bytes.length, 0);
  });

  test(named("what is moved cannot go to every worker"), async () => {
    await using pool = new Pool(options);
    const bytes = ones(4);
    await rejects(
      pool.broadcast(moving.sumOf, [move(bytes)]),
      CodecError,
      "Cannot encode args: what is moved can go to one worker only",
    );
    is(bytes.length, 4);
  });
}

test("two arguments on one buffer arrive on one buffer", async () => {
  await using pool = new Pool({ workers: 1 });
  const bytes = move(ones(16));
  is(await pool.apply(moving.oneBuffer, [bytes, bytes.subarray(4)]), true);
});

test("the item of a map whose memory went with another one fails alone", async () => {
  await using pool = new Pool({ workers: 2 });
  for (const chunkSize of [1, 3] as const) {
    const twice = move(ones(8));
    const items = [move(ones(4)), twice, move(ones(5)), twice, move(ones(6))];
    const settled = await pool.map(moving.sumOf, items, { chunkSize })
      .settled();
    equal(
      settled.map((one) => one.status === "fulfilled" ? one.value[0] : 0),
      [4, 8, 5, 0, 6],
    );
    const failed = settled[3] as { reason: unknown };
    ok(failed.reason instanceof CodecError);
  }
  // And among results.
  const results = await pool.map(moving.giveSame, [1, 2, 3] as never, {
    chunkSize: 3,
  }).settled();
  equal(results.map(({ status }) => status), [
    "fulfilled",
    "rejected",
    "rejected",
  ]);
});

test("beside an object of the platform", async () => {
  await using pool = new Pool({ workers: 2 });
  const bytes = ones(20);
  const call = pool.apply(moving.sizeOfBoth, [new Blob(["abc"]), move(bytes)]);
  is(bytes.length, 0);
  equal(await call, [3, 20]);
});

test("a call that is taken back has taken its memory", async () => {
  await using pool = new Pool({ workers: 1, concurrency: 1 });
  const words = sharedWords(2);
  const first = pool.apply(moving.wait, [words, 0]);
  await reached(words, 0, 1);
  const stop = new AbortController();
  const bytes = ones(8);
  const call = pool.apply(moving.sumOf, [move(bytes)], { signal: stop.signal });
  stop.abort(new Error("enough"));
  await rejects(call, Error, "enough");
  is(bytes.length, 0);
  open(words, 1);
  await first;
});

test("a call abandoned while it waits for its memory harms no worker", async () => {
  await using pool = new Pool({ workers: 1, gracePeriod: 60_000 });
  const id = await pool.apply(moving.workerId);
  for (let i = 0; i < 60; i++) {
    const stop = new AbortController();
    const call = pool.apply(moving.sumOf, [move(ones(100))], {
      signal: stop.signal,
    });
    // Published, and started now or soon.
    await Promise.resolve();
    for (let spin = 0; spin < i * 200; spin++) Math.sqrt(spin);
    stop.abort(new Error("enough"));
    await rejects(call, Error, "enough");
  }
  equal(await pool.apply(moving.sumOf, [move(ones(3))]), [3, 3]);
  is(await pool.apply(moving.workerId), id);
});

test("memory goes to the next worker if the first died before it started", async () => {
  await using pool = new Pool({ workers: 1, concurrency: 1 });
  const words = sharedWords(2);
  const dies = pool.apply(moving.exitWhen, [words, 0]);
  await reached(words, 0, 1);
  const calls = Array.from(
    { length: 5 },
    (_, i) => pool.apply(moving.sumOf, [move(ones(i))]),
  );
  open(words, 1);
  await rejects(dies, WorkerLostError);
  const sums = await Promise.all(calls);
  equal(sums.map(([sum]) => sum), [0, 1, 2, 3, 4]);
});

test("memory that died with a worker is not tried again", async () => {
  await using pool = new Pool({ workers: 1, retries: 3 });
  const words = sharedWords(1);
  const error = await rejects(
    pool.apply(moving.dieWith, [words, move(new Uint8Array([9]))]),
    WorkerLostError,
  );
  is(error.started, true);
  is(words[0], 1);
  // A copy is.
  await rejects(
    pool.apply(moving.dieWith, [words, new Uint8Array([9])], { retries: 1 }),
    WorkerLostError,
  );
  is(words[0], 3);
});

test("a chunk that dies half-way gives no item memory that is gone", async () => {
  await using pool = new Pool({ workers: 1 });
  const words = sharedWords(1);
  const items = Array.from(
    { length: 10 },
    (_, i): [Int32Array, Uint8Array] => [
      words,
      move(new Uint8Array(i + 1).fill(i === 4 ? 9 : 1)),
    ],
  );
  const settled = await pool.starmap(moving.dieWith, items, { chunkSize: 10 })
    .settled();
  for (const [i, one] of settled.entries()) {
    if (one.status === "fulfilled") is(one.value, i + 1);
    else ok(one.reason instanceof WorkerLostError);
  }
  is(settled[4]!.status, "rejected");
  is(await pool.apply(math.echo, [1]), 1);
});

test("transfer must be a list of buffers and views", async () => {
  await using pool = new Pool({ workers: 1 });
  const call = (transfer: unknown) =>
    pool.apply(moving.sumOf, [ones(1)], { transfer } as never);
  await rejects(
    call(new ArrayBuffer(1)),
    TypeError,
    "Cannot apply a task: transfer must be an array, found ArrayBuffer",
  );
  await rejects(
    call([new Blob([])]),
    TypeError,
    "Cannot apply a task: only an ArrayBuffer or a view on one can be moved, found Blob",
  );
  // One that is in no argument stays.
  const kept = ones(5);
  equal(await call([kept]), [1, 1]);
  is(kept.length, 5);
  throws(
    () => pool.map(moving.sumOf, [], { transfer: [] } as object),
    TypeError,
    "Cannot map a task: transfer is an option of apply, let the items be move(item)",
  );
});
