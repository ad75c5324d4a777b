import { Worker } from "node:worker_threads";
import { MAX_GRAINS, RangeCounter, type Shares } from "../../ring/mod.ts";
import { equal, is, ok } from "../support/assert.ts";
import { rng } from "../support/rng.ts";
import { suite } from "../support/suite.ts";
import { everyStep } from "./play.ts";
import type { TakerOrders } from "./range_thread.ts";

const test = suite("RangeCounter");
const ENTRY = new URL("./range_thread.ts", import.meta.url);

type Run = [first: number, count: number];

/** A host's end and the ends of so many takers. */
function begun(shares: Shares, takers = 2): [RangeCounter, ...RangeCounter[]] {
  const host = new RangeCounter(RangeCounter.allot(takers));
  host.begin(shares);
  const ends = Array.from(
    { length: takers },
    (_, taker) => new RangeCounter(host.buffer, taker),
  );
  return [host, ...ends];
}

/** All that is left, as one taker gets it. */
function rest(taker: RangeCounter): Run[] {
  const runs: Run[] = [];
  for (let first = taker.takeRun(); first >= 0; first = taker.takeRun()) {
    runs.push([first, taker.count]);
  }
  return runs;
}

/** Whether the runs, in any order, are every grain once. */
function checkOnce(runs: readonly Run[], total: number): void {
  let next = 0;
  for (const [first, count] of [...runs].sort(([a], [b]) => a - b)) {
    is(first, next);
    ok(count > 0);
    next += count;
  }
  is(next, total);
}

test("takeRun() gives each grain once, in runs of `step`, the last one shorter", () => {
  const [, one] = begun({ total: 10, step: 4, guide: 0 });
  equal(rest(one as RangeCounter), [[0, 4], [4, 4], [8, 2]]);
  is(one?.takeRun(), -1);
  const [, none] = begun({ total: 0, step: 1, guide: 0 });
  is(none?.takeRun(), -1);
});

test("guided runs are powers of two, whole subtrees, and no larger than the one before", () => {
  for (const total of [1, 2, 3, 7, 64, 100, 1000, 1024, 12_345]) {
    for (const guide of [2, 4, 6, 32]) {
      for (const step of [1, 4, 16]) {
        const [, one] = begun({ total, step, guide });
        const runs = rest(one as RangeCounter);
        checkOnce(runs, total);
        let before = Infinity;
        for (const [first, count] of runs) {
          ok(count <= before);
          if (first + count === total) continue;
          is(count & (count - 1), 0);
          is(first % count, 0);
          ok(count >= step);
          before = count;
        }
        is(runs[0]?.[1], Math.min(total, Math.max(step, ofTwo(total / guide))));
      }
    }
  }
});

function ofTwo(wish: number): number {
  return wish < 1 ? 0 : 2 ** Math.floor(Math.log2(wish));
}

test("the largest loop is counted to its end", () => {
  const [, one] = begun({ total: MAX_GRAINS, step: 2 ** 28 - 1, guide: 0 });
  const runs = rest(one as RangeCounter);
  checkOnce(runs, MAX_GRAINS);
  is(runs.length, 5);
});

test("takers at turns share every grain", () => {
  const random = rng("takers");
  for (const guide of [0, 6]) {
    const [, ...takers] = begun({ total: 500, step: 2, guide }, 3);
    const runs: Run[] = [];
    for (;;) {
      const taker = random.pick(takers);
      const first = taker.takeRun();
      if (first < 0) break;
      runs.push([first, taker.count]);
    }
    checkOnce(runs, 500);
  }
});

test("whenever another takes in between, each grain has one owner", async () => {
  const steps = await everyStep(() => {
    const [host, one, other] = begun({ total: 3, step: 1, guide: 0 });
    const runs: Run[] = [];
    const take = (taker: RangeCounter | undefined): void => {
      const first = (taker as RangeCounter).takeRun();
      if (first < 0) return;
      runs.push([first, (taker as RangeCounter).count]);
      taker?.finish(1, 1);
    };
    return {
      actor: () => take(one),
      meanwhile: () => take(other),
      check: () => {
        equal(runs.map(([first]) => first).sort(), [0, 1]);
        is(host.complete(), false);
        take(one);
        checkOnce(runs, 3);
        is(host.complete(), true);
      },
    };
  });
  is(steps, 3, "G1, G2, G5");
});

test("whenever it is closed, a taker has its run or nothing, and nobody takes after that", async () => {
  const steps = await everyStep(() => {
    const [host, one, other] = begun({ total: 8, step: 4, guide: 0 });
    let first = -1;
    return {
      actor: () => void (first = (one as RangeCounter).takeRun()),
      meanwhile: () => host.close(),
      check: () => {
        ok(first === -1 || first === 0);
        is(one?.isClosed(), true);
        is(other?.takeRun(), -1);
        is(one?.takeRun(), -1);
        is(host.complete(), false);
      },
    };
  });
  is(steps, 2, "G1 and G2");
});

test("a loop that ran out is not closed, and begin() forgets the last loop", () => {
  const [host, one, other] = begun({ total: 2, step: 2, guide: 0 });
  rest(one as RangeCounter);
  is(one?.isClosed(), false);
  one?.finish(1, 1);
  other?.finish(2, 0.25);
  one?.finish(1, 2);
  is(host.took(), 3.25);
  one?.place(3, 9);
  host.close();
  host.begin({ total: 5, step: 5, guide: 0 });
  is(one?.isClosed(), false);
  is(host.placeOf(0), null);
  is(host.took(), 0);
  is(host.complete(), false);
  equal(rest(one as RangeCounter), [[0, 5]]);
});

test("placeOf() answers where a taker said it is, beyond int32 too", () => {
  const [host, one, other] = begun({ total: 1, step: 1, guide: 0 });
  is(host.placeOf(0), null);
  one?.place(2 ** 40, 2 ** 52);
  other?.place(-7, 1);
  equal(host.placeOf(0), [2 ** 40, 2 ** 52]);
  equal(host.placeOf(1), [-7, 1]);
  one?.place(0, 0);
  is(host.placeOf(0), null);
});

/** Runs real takers; answers how often each grain was run. */
async function threads(
  shares: Shares,
  closeAfter: number,
): Promise<[Uint8Array, RangeCounter]> {
  const [host] = begun(shares, 3);
  const books = new SharedArrayBuffer(shares.total);
  const gate = new Int32Array(new SharedArrayBuffer(4)).fill(3);
  const ends = [0, 1, 2].map((taker) => {
    const orders: TakerOrders = {
      buffer: host.buffer,
      taker,
      books,
      gate: gate.buffer as SharedArrayBuffer,
      closeAfter: taker === 0 ? closeAfter : 0,
    };
    const worker = new Worker(ENTRY, { workerData: orders });
    return new Promise<void>((resolve, reject) => {
      worker.once("error", reject);
      worker.once("exit", () => resolve());
    });
  });
  await Promise.all(ends);
  return [new Uint8Array(books), host];
}

for (
  const [name, step, guide] of [["one", 1, 0], ["five", 5, 0], [
    "guided",
    1,
    6,
  ]] as const
) {
  test(`threads run each of 300,000 grains once: ${name} at a time`, async () => {
    const [books, host] = await threads({ total: 300_000, step, guide }, 0);
    is(books.every((runs) => runs === 1), true);
    is(host.complete(), true);
  });
}

test("threads stop within a grain when one of them closes the counter", async () => {
  const [books, host] = await threads({
    total: 50_000_000,
    step: 50_000,
    guide: 0,
  }, 1000);
  is(books.every((runs) => runs <= 1), true);
  is(host.complete(), false);
  ok(books.indexOf(0) >= 0);
});
