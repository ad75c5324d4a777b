/** How many items travel together and are pulled ahead, by time and by size. */
import { Pool, tasks } from "../../../mod.ts";
import { type ItemCost, MapPace } from "../../../src/pool/map_pace.ts";
import { is, ok } from "../../support/assert.ts";
import { ChunkLog } from "../../support/chunk_log.ts";
import { suite } from "../../support/suite.ts";

const test = suite("Pool.map pace");
const math = tasks<typeof import("../../fixtures/arithmetic.ts")>(
  new URL("../../fixtures/arithmetic.ts", import.meta.url),
);
const passing = tasks<typeof import("../../fixtures/passing.ts")>(
  new URL("../../fixtures/passing.ts", import.meta.url),
);
const HANDS = { workers: 2, concurrency: 16 };
const AUTO = { chunkSize: "auto", window: undefined } as const;
const MB = 2 ** 20;

/** A pace that knows what an item takes. */
function known(bytesIn: number, bytesOut: number, micros: number): MapPace {
  const pace = new MapPace(HANDS, AUTO);
  for (let round = 0; round < 20; round++) {
    const items = pace.nextSize(undefined);
    pace.sent(items, items * bytesIn);
    pace.done(items, items * bytesOut, items * micros);
  }
  return pace;
}

test("small quick items travel by time, large ones by size", () => {
  is(known(8, 8, 1).nextSize(undefined), 1000);
  is(known(8, 8, 0.001).nextSize(undefined), 65_536);
  is(known(0, 0, 50).nextSize(undefined), 20);
  is(known(MB / 4, 0, 1).nextSize(undefined), 4);
  is(known(0, MB / 4, 1).nextSize(undefined), 4);
  is(known(8 * MB, 8 * MB, 1).nextSize(undefined), 1);
});

test("what is pulled ahead is what workers hold twice, or 16 MB each if that is less, but never less than they hold", () => {
  is(new MapPace(HANDS, AUTO).window, 64);
  is(known(8, 8, 1).window, 64 * 1000);
  is(known(MB / 8, MB / 8, 1).window, 2 * 16 * 4);
  is(known(8 * MB, 0, 1000).window, 32);
});

test("the first message tells the size, before anything comes back", () => {
  const pace = new MapPace(HANDS, AUTO);
  pace.sent(1, 8 * MB);
  is(pace.window, 32);
});

test("numbers that were asked for are obeyed", () => {
  const pace = new MapPace(HANDS, { chunkSize: 7, window: 3 });
  pace.sent(7, 7 * MB);
  pace.done(7, 0, 1);
  is(pace.nextSize(2), 7);
  is(pace.window, 3);
});

test("toward the end of an array chunks get smaller", () => {
  const pace = known(8, 8, 1);
  is(pace.nextSize(1600), 400);
  is(pace.nextSize(1), 1);
});

/** A pace whose task had such items in its last map. */
function after(micros: number, bytes = 8): [MapPace, ItemCost] {
  const cost = { micros, bytes };
  return [new MapPace(HANDS, AUTO, cost), cost];
}

test("a map begins with what the last one of its task took, carefully", () => {
  const [pace, cost] = after(1);
  is(pace.window, 64 * 8);
  is(pace.nextSize(10_000), 8, "the first message tells the bytes");
  pace.sent(8, 64);
  is(pace.nextSize(10_000), 125, "an eighth of a millisecond");
  pace.done(8, 64, 8000);
  is(pace.nextSize(10_000), 1, "it has become slow");
  is(pace.window, 64);
  is(cost.micros, 1000);
  const [quick] = after(0.001);
  quick.sent(8, 64);
  is(quick.nextSize(10_000), 256);
  quick.sent(256, 256 * MB);
  is(quick.nextSize(10_000), 3);
  is(after(0.001, MB)[0].nextSize(10_000), 1, "items were large");
});

test("of an input of unknown length single workers get little before there are results", () => {
  const [pace] = after(0.001);
  for (let i = 0; i < 3; i++) {
    is(pace.nextSize(undefined), 8);
    pace.sent(8, 64);
  }
  pace.done(8, 64, 1);
  is(pace.nextSize(undefined), 2048);
});

test("the whole of a map is remembered, not its end, and maps of a fixed size too", () => {
  const [pace, cost] = after(0);
  for (const micros of [1000, 1, 1, 1]) pace.done(1, 8, micros);
  is(cost.micros, 1003 / 4);
  const fixed = new MapPace(HANDS, { chunkSize: 1, window: undefined }, cost);
  is(fixed.itemMicros, 1003 / 4);
  fixed.done(1, 8, 50);
  is(cost.micros, 50);
  is(fixed.itemMicros, 50);
});

test("messages are worth a wake, but leave something for every worker", () => {
  const [few] = after(0.001);
  is(few.nextSize(4), 2);
  is(few.nextSize(2), 2);
  const many = known(8, 8, 1);
  is(many.nextSize(1600), 400);
  is(many.nextSize(120), 50);
  is(many.nextSize(40), 40);
});

test("the second map of a task does not begin with single items", async () => {
  const scheduler = new ChunkLog();
  await using pool = new Pool({ ...HANDS, scheduler });
  const items = Array.from({ length: 5000 }, (_, i) => i);
  await pool.map(math.increment, items);
  is(scheduler.items[0], 1);
  let first = 1;
  // A worker that was held up may have found the task slow.
  for (let turn = 0; turn < 20 && first === 1; turn++) {
    const { length } = scheduler.items;
    await pool.map(math.increment, items);
    first = scheduler.items[length] as number;
  }
  ok(first > 1 && first <= 8, `${first}`);
});

const SIZE = MB / 4;
const loads: Record<string, (pool: Pool, each: () => void) => Bytes> = {
  arguments: (pool, each) =>
    pool.map(passing.sizeOf, forEver(each, () => new Uint8Array(SIZE))),
  results: (pool, each) =>
    pool.map(passing.makeBytes, forEver(each, () => SIZE)),
};
type Bytes = AsyncIterable<number | Uint8Array>;

for (const [big, map] of Object.entries(loads)) {
  test(`quick items with large ${big} are not pulled by the thousand`, async () => {
    await using pool = new Pool(HANDS);
    let pulled = 0;
    let taken = 0;
    let most = 0;
    for await (const _ of map(pool, () => pulled++)) {
      taken++;
      most = Math.max(most, pulled - taken);
      if (taken === 600) break;
    }
    // A window by size is 128 items; by time alone they would be thousands.
    ok(most <= 200, `${most} were pulled ahead`);
  });
}

function* forEver<T>(each: () => void, make: () => T): Generator<T> {
  for (;;) {
    each();
    yield make();
  }
}
