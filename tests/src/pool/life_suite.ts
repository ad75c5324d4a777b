/** The end of a pool: close, terminate, join. */
import { Pool, StateError, tasks } from "../../../mod.ts";
import { equal, is, ok, rejects, throws } from "../../support/assert.ts";
import { collected } from "../../support/collected.ts";
import { suite } from "../../support/suite.ts";
import { open, reached, sharedWords } from "../../support/words.ts";

const test = suite("Pool life");
const math = tasks<typeof import("../../fixtures/arithmetic.ts")>(
  new URL("../../fixtures/arithmetic.ts", import.meta.url),
);
const counting = tasks<typeof import("../../fixtures/counting.ts")>(
  new URL("../../fixtures/counting.ts", import.meta.url),
);
const dying = tasks<typeof import("../../fixtures/dying.ts")>(
  new URL("../../fixtures/dying.ts", import.meta.url),
);
const initialized = tasks<
  typeof import("../../fixtures/modules/initialized.ts")
>(new URL("../../fixtures/modules/initialized.ts", import.meta.url));

async function refused(pool: Pool): Promise<void> {
  const error = await rejects(
    pool.apply(math.increment, [1]),
    StateError,
    "Cannot apply a task: pool is closed",
  );
  is(error.code, "pool_closed");
  throws(() => pool.map(math.increment, [1]), StateError, "pool is closed");
  throws(() => pool.starmap(math.add, [[1, 2]]), StateError, "pool is closed");
}

test("Pool.join() rejects while the pool is open", async () => {
  await using pool = new Pool({ workers: 1 });
  const error = await rejects(pool.join(), StateError, "pool is still open");
  is(error.code, "pool_open");
  is(await pool.apply(math.increment, [1]), 2);
});

test("a closed pool refuses new work and finishes what it has", async () => {
  const pool = new Pool({ workers: 2 });
  const calls = Array.from(
    { length: 300 },
    (_, n) => pool.apply(math.increment, [n]),
  );
  pool.close();
  await refused(pool);
  await pool.join();
  is((await Promise.all(calls))[299], 300);
});

test("a map accepted before close() still finishes its whole input", async () => {
  const pool = new Pool({ workers: 2 });
  function* items(): Generator<number> {
    for (let n = 0; n < 3000; n++) yield n;
  }
  const map = pool.map(math.increment, items(), { window: 10 });
  pool.close();
  const results = await map;
  equal([results.length, results[2999]], [3000, 3000]);
  await pool.join();
});

test("close() of an idle pool, then join()", async () => {
  const pool = new Pool({ workers: 2 });
  is(await pool.apply(math.increment, [1]), 2);
  pool.close();
  await pool.join();
});

test("close() before a worker has booted, then join()", async () => {
  const pool = new Pool({ workers: 2 });
  pool.close();
  await pool.join();
});

test("close(), terminate() and join() may be repeated", async () => {
  const pool = new Pool({ workers: 1 });
  const call = pool.apply(math.increment, [1]);
  pool.close();
  pool.close();
  await Promise.all([pool.join(), pool.join()]);
  is(await call, 2);
  pool.terminate();
  pool.terminate();
  pool.close();
  await pool.join();
  await pool[Symbol.asyncDispose]();
  await refused(pool);
});

test("terminate() rejects 20,000 queued calls, each with an error of its own", async () => {
  const pool = new Pool({ workers: 1 });
  const calls = Array.from(
    { length: 20_000 },
    () => rejects(pool.apply(dying.hangs), StateError, "pool is terminated"),
  );
  pool.terminate();
  const errors = await Promise.all(calls);
  is(new Set(errors).size, 20_000);
  is(errors[0]?.code, "pool_closed");
  await pool.join();
  await refused(pool);
});

test("terminate() rejects what runs and what waits", async () => {
  const pool = new Pool({ workers: 1, concurrency: 1, ringCapacity: 2 });
  const words = sharedWords(2);
  const calls = Array.from(
    { length: 5 },
    () =>
      rejects(pool.apply(counting.countAndBlock, [words, 0, 1]), StateError),
  );
  const map = rejects(pool.map(math.increment, [1, 2, 3]), StateError);
  await reached(words, 0, 1);
  pool.terminate();
  await Promise.all([...calls, map]);
  open(words, 1);
  await pool.join();
  is(words[0], 1);
});

test("terminate() rejects a map with an infinite input, and closes it", async () => {
  const pool = new Pool({ workers: 1 });
  let returned = 0;
  function* endless(): Generator<number> {
    try {
      for (;;) yield 1;
    } finally {
      returned++;
    }
  }
  const iteration = (async () => {
    for await (const n of pool.map(math.increment, endless())) {
      if (n === 2) pool.terminate();
    }
  })();
  await rejects(iteration, StateError, "pool is terminated");
  is(returned, 1);
  await pool.join();
});

test("terminate() after close() ends a pool whose workers do not boot", async () => {
  const pool = new Pool({
    workers: 1,
    initializer: initialized.initializeHangs,
  });
  pool.close();
  pool.terminate();
  await pool.join();
});

test("await using terminates and joins", async () => {
  let call: Promise<unknown>;
  {
    await using pool = new Pool({ workers: 1 });
    call = rejects(pool.apply(dying.hangs), StateError);
  }
  await call;
});

test("Pool.join() rejects with the reason of its signal and may be called again", async () => {
  const pool = new Pool({ workers: 1 });
  const words = sharedWords(2);
  const call = pool.apply(counting.countAndWait, [words, 0, 1]);
  pool.close();
  const control = new AbortController();
  const joined = pool.join({ signal: control.signal });
  const reason = new Error("no longer");
  control.abort(reason);
  is(await rejects(joined), reason);
  is(await rejects(pool.join({ signal: control.signal })), reason);
  open(words, 1);
  await pool.join({ signal: new AbortController().signal });
  is(await call, 0);
});

test("close() in a callback of the last result", async () => {
  const pool = new Pool({ workers: 1 });
  await pool.apply(math.increment, [1]).then(() => pool.close());
  await pool.join();
});

for (const workers of [1, 4]) {
  test(`a pool with ${workers} workers runs as many blocking tasks at once`, async () => {
    await using pool = new Pool({ workers });
    const words = sharedWords(1);
    const threads = await Promise.all(
      Array.from(
        { length: workers },
        () => pool.apply(counting.meet, [words, workers]),
      ),
    );
    is(new Set(threads).size, workers);
  });
}

test("nothing is kept of a pool that ended while it waited for results", async () => {
  const left: WeakRef<Pool>[] = [];
  for (let i = 0; i < 12; i++) await endWaiting(left);
  await collected(left);
});

async function endWaiting(left: WeakRef<Pool>[]): Promise<void> {
  const words = sharedWords(2);
  await using pool = new Pool({ workers: 1, ringCapacity: 1 });
  left.push(new WeakRef(pool));
  const call = rejects(
    pool.apply(counting.countAndWait, [words, 0, 1]),
    StateError,
  );
  await reached(words, 0, 1);
  pool.terminate();
  await call;
  open(words, 1);
}

test("twenty pools come and go", async () => {
  for (let i = 0; i < 20; i++) {
    await using pool = new Pool({ workers: 1 });
    ok(await pool.apply(math.increment, [i]) === i + 1);
  }
});
