/** Many tasks, some of which kill their workers, in an order drawn by the seed. */
import { Pool, tasks, WorkerLostError } from "../../../mod.ts";
import { equal, instance, is, ok, rejects } from "../../support/assert.ts";
import { rng } from "../../support/rng.ts";
import { suite } from "../../support/suite.ts";
import { sharedWords } from "../../support/words.ts";

const test = suite("Pool stress");
const dying = tasks<typeof import("../../fixtures/dying.ts")>(
  new URL("../../fixtures/dying.ts", import.meta.url),
);
const math = tasks<typeof import("../../fixtures/arithmetic.ts")>(
  new URL("../../fixtures/arithmetic.ts", import.meta.url),
);
const TASKS = 300;

/** Exit, throw, wait and exit, wait and answer, answer. */
const FATES = [0, 1, 2, 3, 4] as const;

for (
  const shape of [
    { workers: 2, concurrency: 16, ringCapacity: 1024 },
    { workers: 3, concurrency: 1, ringCapacity: 8 },
    { workers: 2, concurrency: 4, ringCapacity: 64, queueCount: 2 },
  ]
) {
  test(
    `300 tasks with random exits settle once and run once at most: ${
      JSON.stringify(shape)
    }`,
    {
      deadlineMs: 60_000,
    },
    async () => {
      const random = rng(`exits ${JSON.stringify(shape)}`);
      await using pool = new Pool(shape);
      const words = sharedWords(TASKS);
      const fates = Array.from(
        { length: TASKS },
        () =>
          random.below(12) === 0 ? random.pick(FATES) : random.pick([1, 3, 4]),
      );
      const settled: number[] = Array(TASKS).fill(0);
      const calls = fates.map((fate, i) =>
        pool.apply(dying.meetsFate, [words, i, fate]).finally(() => {
          (settled[i] as number)++;
        })
      );
      const results = await Promise.allSettled(calls);
      equal(settled, Array(TASKS).fill(1));
      results.forEach((result, i) =>
        judge(result, i, fates[i] as number, words)
      );
      is(await pool.apply(math.increment, [1]), 2);
    },
  );
}

test("maps with random exits: every item runs once at most, and the map ends", {
  deadlineMs: 60_000,
}, async () => {
  const random = rng("maps with exits");
  await using pool = new Pool({ workers: 2, concurrency: 4 });
  for (let round = 0; round < 6; round++) {
    const words = sharedWords(100);
    const lists = Array.from({ length: 100 }, (_, i): [
      Int32Array,
      number,
      number,
    ] => [words, i, random.below(40) === 0 ? random.pick([0, 2]) : 4]);
    const chunkSize = random.between(1, 30);
    const [result] = await Promise.allSettled([
      pool.starmap(dying.meetsFate, lists, { chunkSize }),
    ]);
    ok(words.every((count) => count <= 1), "an item ran twice");
    if (result.status === "rejected") {
      instance(result.reason, WorkerLostError, String(result.reason));
    } else {ok(
        lists.every(([, , fate]) => fate === 4),
        "an exit was not noticed",
      );}
  }
  // An item of a map that failed may still wait for its exit on the worker
  // that takes this; increment may run again.
  is(await pool.apply(math.increment, [1], { retries: 4 }), 2);
});

// Regression: the event loop of a thread of Deno turns once more after an exit,
// and a task that exited there kept it from ending.
test("tasks that exit in one turn of the event loop are all lost", async () => {
  await using pool = new Pool({ workers: 1, concurrency: 8 });
  for (let round = 0; round < 50; round++) {
    const words = sharedWords(8);
    // Exit after timers of 0 to 2 ms, and one at once.
    const calls = Array.from(
      { length: 8 },
      (_, i) => pool.apply(dying.meetsFate, [words, i, i < 7 ? 2 : 0]),
    );
    for (const { status, ...rest } of await Promise.allSettled(calls)) {
      is(status, "rejected");
      instance(Reflect.get(rest, "reason"), WorkerLostError);
    }
  }
  is(await pool.apply(math.increment, [1]), 2);
});

test("a task that exits while it exits is lost", async () => {
  await using pool = new Pool({ workers: 1 });
  await rejects(pool.apply(dying.exitsTwice), WorkerLostError);
  is(await pool.apply(math.increment, [1]), 2);
});

function judge(
  result: PromiseSettledResult<unknown>,
  i: number,
  fate: number,
  words: Int32Array,
): void {
  const ran = words[i] as number;
  ok(ran <= 1, `task ${i} ran ${ran} times`);
  if (result.status === "fulfilled") {
    is(result.value, i);
    ok(fate >= 3, `task ${i} of fate ${fate} succeeded`);
    is(ran, 1);
  } else if (result.reason instanceof WorkerLostError) {
    // Certainly not run is certain.
    if (!result.reason.started) is(ran, 0);
  } else {
    is(fate, 1, `task ${i} of fate ${fate} failed with ${result.reason}`);
    equal(
      [result.reason.constructor, result.reason.message],
      [RangeError, `fate of ${i}`],
    );
    is(ran, 1);
  }
}
