/** Everything that can be full, while it is: nothing hangs, is lost or stays held. */
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Pool, tasks } from "../../../mod.ts";
import { equal, is, ok } from "../../support/assert.ts";
import { Held } from "../../support/garbage.ts";
import { Meeting } from "../../support/meeting.ts";
import { startMethods } from "../../support/start_methods.ts";
import { suite } from "../../support/suite.ts";
import { sharedWords } from "../../support/words.ts";

const test = suite("Pool under pressure");
const meeting = tasks<typeof import("../../fixtures/meeting.ts")>(
  new URL("../../fixtures/meeting.ts", import.meta.url),
);
const passing = tasks<typeof import("../../fixtures/passing.ts")>(
  new URL("../../fixtures/passing.ts", import.meta.url),
);
const counting = tasks<typeof import("../../fixtures/counting.ts")>(
  new URL("../../fixtures/counting.ts", import.meta.url),
);
const marking = tasks<typeof import("../../fixtures/marking.ts")>(
  new URL("../../fixtures/marking.ts", import.meta.url),
);
/** Fewer cells than tasks by far. */
const SMALL = { workers: 2, concurrency: 2, ringCapacity: 8 };
/**
 * A host that blocks gives up when nothing happened for this long: the clock of
 * the suites stands still meanwhile.
 */
const STUCK_MS = 60_000;

/** A pool whose cells are all taken by tasks that wait for the place to be opened. */
async function full(
  pool: Pool,
  place: Meeting,
): Promise<Promise<number>[]> {
  const calls = Array.from(
    { length: SMALL.ringCapacity },
    () => pool.apply(meeting.pass, [place.path, "holds"]),
  );
  await place.arrived("holds", SMALL.workers * SMALL.concurrency);
  return calls;
}

for (const startMethod of startMethods) {
  test(`no free cell, a full ring: 20,000 calls wait and are answered: ${startMethod}`, async () => {
    await using place = await Meeting.open();
    await using pool = new Pool({ ...SMALL, startMethod });
    const held = await full(pool, place);
    let settled = 0;
    const calls = Array.from(
      { length: 20_000 },
      (_, i) =>
        pool.apply(passing.echoAll, [i]).then((value) => {
          settled++;
          return value;
        }),
    );
    await Promise.resolve();
    is(settled, 0);
    place.release("holds");
    equal(await Promise.all(calls), calls.map((_, i) => [i]));
    await Promise.all(held);
  });

  test(`a full arena: 64 MB of arguments wait as they were sent: ${startMethod}`, async () => {
    await using place = await Meeting.open();
    await using pool = new Pool({ ...SMALL, startMethod });
    const held = await full(pool, place);
    const bytes = new Uint8Array(320_000);
    const calls = Array.from({ length: 200 }, (_, i) => {
      bytes.fill(i);
      // Small ones lie in pages, large ones in segments of their own.
      const part = bytes.subarray(0, i % 2 === 0 ? bytes.length : 30_000);
      return pool.apply(passing.echoAll, [i, part]);
    });
    bytes.fill(255);
    place.release("holds");
    for (const [i, call] of calls.entries()) {
      const [number, part] = await call as [number, Uint8Array];
      is(number, i);
      is(part.length, i % 2 === 0 ? bytes.length : 30_000);
      ok(part.every((byte) => byte === i), `arguments of call ${i} changed`);
    }
    await Promise.all(held);
  });

  test(`what waited is let go of when it is answered: ${startMethod}`, async () => {
    await using place = await Meeting.open();
    await using pool = new Pool({ ...SMALL, startMethod });
    const blocked = await full(pool, place);
    const held = new Held();
    const calls = Array.from({ length: 3000 }, (_, i) => {
      const given = { i };
      held.show(given);
      return pool.apply(passing.echoAll, [given]).then((value) => {
        held.show(value);
      });
    });
    place.release("holds");
    await Promise.all(calls);
    await Promise.all(blocked);
    await held.atMost(100);
  });

  test(`a map over an endless source goes on while everything is full: ${startMethod}`, async () => {
    await using place = await Meeting.open();
    await using pool = new Pool({ ...SMALL, startMethod });
    const held = await full(pool, place);
    let pulled = 0;
    function* naturals(): Generator<number> {
      for (;; pulled++) yield pulled;
    }
    const steps = pool.map(passing.echoAll, naturals(), { window: 100 })
      [Symbol.asyncIterator]();
    const first = steps.next();
    await Promise.resolve();
    ok(pulled <= 100, `${pulled} were pulled`);
    place.release("holds");
    equal((await first).value, [0]);
    for (let i = 1; i < 1000; i++) equal((await steps.next()).value, [i]);
    await steps.return();
    await Promise.all(held);
  });
}

test("a host that does not look: full result rings, then everything arrives", async () => {
  await using pool = new Pool({ workers: 2, concurrency: 4, ringCapacity: 64 });
  const words = sharedWords(1);
  await pool.broadcast(counting.countAndMake, [words, 1]);
  Atomics.store(words, 0, 0);
  const sizes = Array.from({ length: 64 }, (_, i) => 150_000 + i);
  const calls = sizes.map((size) =>
    pool.apply(counting.countAndMake, [words, size])
  );
  // They are published in a microtask, and read only when this thread looks.
  await Promise.resolve();
  await Promise.resolve();
  blockUntil(words, sizes.length);
  for (const [i, bytes] of (await Promise.all(calls)).entries()) {
    is(bytes.length, sizes[i]);
    ok(bytes.every((byte) => byte === (sizes[i] as number) % 251));
  }
  is(words[0], sizes.length);
});

test("values for one worker: its own ring full, 200 of them wait and are answered", async () => {
  await using place = await Meeting.open();
  await using pool = new Pool(SMALL);
  const held = await full(pool, place);
  const calls = Array.from(
    { length: 200 },
    (_, i) => pool.apply(passing.blobSize, [new Blob(["x".repeat(i)])]),
  );
  place.release("holds");
  equal(await Promise.all(calls), calls.map((_, i) => i));
  await Promise.all(held);
});

test("a host that does not read: processes stop writing, then everything arrives", async () => {
  const folder = mkdtempSync(join(tmpdir(), "whorl-pressure-"));
  const path = join(folder, "marks");
  writeFileSync(path, "");
  await using pool = new Pool({ ...SMALL, startMethod: "process" });
  await pool.broadcast(passing.argumentCount);
  const calls = Array.from(
    { length: 40 },
    (_, i) => pool.apply(marking.marksAndMakes, [path, 2 ** 20 + i]),
  );
  while (statSync(path).size === 0) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const before = statSync(path).size;
  // Long enough to fill the streams; how long decides nothing.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  // A megabyte does not fit into a stream that nobody reads.
  ok(statSync(path).size - before <= 4 * SMALL.workers);
  for (const [i, bytes] of (await Promise.all(calls)).entries()) {
    is(bytes.length, 2 ** 20 + i);
    ok(bytes.every((byte) => byte === bytes.length % 251));
  }
  is(statSync(path).size, calls.length);
  rmSync(folder, { recursive: true });
});

/** Holds this thread, and with it everything the host does, until so many tasks counted themselves. */
function blockUntil(words: Int32Array, count: number): void {
  for (;;) {
    const found = Atomics.load(words, 0);
    if (found >= count) return;
    const how = Atomics.wait(words, 0, found, STUCK_MS);
    ok(how !== "timed-out", `the workers stopped after ${found} tasks`);
  }
}
