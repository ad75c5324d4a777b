/** Workers that leave after so many tasks, and those that come after them. */
import { Pool, tasks } from "../../../mod.ts";
import { equal, is, ok } from "../../support/assert.ts";
import { suite } from "../../support/suite.ts";
import { open, reached, sharedWords } from "../../support/words.ts";

const test = suite("Pool recycling");
const math = tasks<typeof import("../../fixtures/arithmetic.ts")>(
  new URL("../../fixtures/arithmetic.ts", import.meta.url),
);
const counting = tasks<typeof import("../../fixtures/counting.ts")>(
  new URL("../../fixtures/counting.ts", import.meta.url),
);
const passing = tasks<typeof import("../../fixtures/passing.ts")>(
  new URL("../../fixtures/passing.ts", import.meta.url),
);
const hooks = tasks<typeof import("../../fixtures/hooks.ts")>(
  new URL("../../fixtures/hooks.ts", import.meta.url),
);

/** How many of `threads` there are of each, largest first. */
function shares(threads: readonly number[]): number[] {
  const counts = new Map<number, number>();
  for (const one of threads) counts.set(one, (counts.get(one) ?? 0) + 1);
  return [...counts.values()].sort((one, two) => two - one);
}

for (const concurrency of [1, 16]) {
  test(`a worker of concurrency ${concurrency} runs exactly maxTasksPerWorker calls`, async () => {
    await using pool = new Pool({
      workers: 1,
      maxTasksPerWorker: 3,
      concurrency,
    });
    const calls = Array.from(
      { length: 10 },
      (_, n) =>
        n % 2 === 0
          ? pool.apply(hooks.threadLater)
          : pool.apply(hooks.threadOf, [n]),
    );
    equal(shares(await Promise.all(calls)), [3, 3, 3, 1]);
  });
}

test("each item of a map counts as a task, whatever its chunkSize", async () => {
  await using pool = new Pool({ workers: 1, maxTasksPerWorker: 4 });
  const items = Array.from({ length: 10 }, (_, n) => n);
  for (const chunkSize of [5, "auto"] as const) {
    const threads = await pool.map(hooks.threadOf, items, { chunkSize });
    ok(shares(threads).every((share) => share <= 4), String(threads));
  }
});

test("close() drains what is queued through as many workers as that takes", async () => {
  const pool = new Pool({ workers: 2, maxTasksPerWorker: 1 });
  const calls = Array.from(
    { length: 12 },
    (_, n) => pool.apply(math.increment, [n]),
  );
  const map = pool.map(math.increment, [1, 2, 3]);
  pool.close();
  await pool.join();
  equal(await Promise.all(calls), Array.from({ length: 12 }, (_, n) => n + 1));
  equal(await map, [2, 3, 4]);
});

test("a worker that has admitted all it may takes nothing while it finishes", async () => {
  await using pool = new Pool({ workers: 1, maxTasksPerWorker: 2 });
  const words = sharedWords(3);
  const held = [0, 0].map(() =>
    pool.apply(counting.countAndWait, [words, 0, 1])
  );
  await reached(words, 0, 2);
  const after = pool.apply(hooks.threadOf, [0]);
  open(words, 1);
  await Promise.all(held);
  is(typeof await after, "number");
});

test("what only structured clone carries goes to the next worker", async () => {
  await using pool = new Pool({ workers: 1, maxTasksPerWorker: 1 });
  const calls = Array.from(
    { length: 5 },
    (_, n) => pool.apply(passing.blobSize, [new Blob(["x".repeat(n)])]),
  );
  equal(await Promise.all(calls), [0, 1, 2, 3, 4]);
});

test("initializer and finalizer run once in every worker that comes", async () => {
  const words = sharedWords(4);
  const pool = new Pool({
    workers: 1,
    maxTasksPerWorker: 2,
    initializer: hooks.adopt,
    initArgs: [words],
    finalizer: hooks.finalizes,
  });
  const calls = Array.from(
    { length: 5 },
    (_, n) => pool.apply(hooks.threadOf, [n]),
  );
  equal(shares(await Promise.all(calls)), [2, 2, 1]);
  pool.close();
  await pool.join();
  equal([words[0], words[1]], [3, 3]);
});
