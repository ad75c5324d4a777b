/** Workers begin while the caller is still submitting. */
import { Pool, tasks } from "../../../mod.ts";
import { ok } from "../../support/assert.ts";
import { suite } from "../../support/suite.ts";
import { sharedWords } from "../../support/words.ts";

const test = suite("Pool overlap");
const counting = tasks<typeof import("../../fixtures/counting.ts")>(
  new URL("../../fixtures/counting.ts", import.meta.url),
);

test("Pool.apply() publishes calls while the caller's turn goes on", async () => {
  await using pool = new Pool({ workers: 1 });
  const counts = sharedWords(1);
  await pool.apply(counting.count, [counts, 0]);
  const calls: Promise<unknown>[] = [];
  for (let i = 0; i < 100; i++) {
    calls.push(pool.apply(counting.count, [counts, 0]));
  }
  // This thread blocks: nothing but the calls themselves can have woken anybody.
  Atomics.wait(counts, 0, 1, 30_000);
  ok(Atomics.load(counts, 0) > 1, "none ran while this thread was blocked");
  await Promise.all(calls);
});

test("Pool.apply() takes results when no cell is free, so that cells are used again", async () => {
  await using pool = new Pool({ workers: 1, ringCapacity: 32 });
  const counts = sharedWords(1);
  await pool.apply(counting.count, [counts, 0]);
  const calls: Promise<unknown>[] = [];
  // 32 cells and no turn of the event loop: only results taken meanwhile let more run.
  while (Atomics.load(counts, 0) <= 200 && calls.length < 500_000) {
    calls.push(pool.apply(counting.count, [counts, 0]));
  }
  ok(Atomics.load(counts, 0) > 200, `${Atomics.load(counts, 0)} of them ran`);
  await Promise.all(calls);
});
