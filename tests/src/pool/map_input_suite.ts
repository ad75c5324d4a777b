/** The input of a map: pulled when there is room, and let go of. */
import { Pool, tasks } from "../../../mod.ts";
import { sourceOf } from "../../../src/pool/map_source.ts";
import { equal, instance, is, ok, rejects } from "../../support/assert.ts";
import { ChunkLog } from "../../support/chunk_log.ts";
import { suite } from "../../support/suite.ts";
import { open, reached, sharedWords } from "../../support/words.ts";

const test = suite("Pool.map input");
const math = tasks<typeof import("../../fixtures/arithmetic.ts")>(
  new URL("../../fixtures/arithmetic.ts", import.meta.url),
);
const counting = tasks<typeof import("../../fixtures/counting.ts")>(
  new URL("../../fixtures/counting.ts", import.meta.url),
);

class Naturals {
  pulled = 0;
  returned = 0;
  readonly limit: number;

  constructor(limit: number = Infinity) {
    this.limit = limit;
  }

  *[Symbol.iterator](): Generator<number> {
    try {
      while (this.pulled < this.limit) yield this.pulled++;
    } finally {
      this.returned++;
    }
  }
}

class AsyncNaturals extends Naturals {
  async *[Symbol.asyncIterator](): AsyncGenerator<number> {
    try {
      while (this.pulled < this.limit) {
        await Promise.resolve();
        yield this.pulled++;
      }
    } finally {
      this.returned++;
    }
  }
}

/** Only the asynchronous side. */
function asyncOnly(source: AsyncNaturals): AsyncIterable<number> {
  return { [Symbol.asyncIterator]: () => source[Symbol.asyncIterator]() };
}

test("a generator and an async generator are inputs", async () => {
  await using pool = new Pool({ workers: 2 });
  const expected = Array.from({ length: 500 }, (_, i) => i + 1);
  equal(await pool.map(math.increment, new Naturals(500)), expected);
  equal(
    await pool.map(math.increment, asyncOnly(new AsyncNaturals(500))),
    expected,
  );
});

for (const kind of ["infinite", "infinite async"]) {
  test(`an ${kind} generator works with for await, and is closed`, async () => {
    await using pool = new Pool({ workers: 2 });
    const source = kind === "infinite" ? new Naturals() : new AsyncNaturals();
    const items = source instanceof AsyncNaturals ? asyncOnly(source) : source;
    const seen: number[] = [];
    for await (const n of pool.map(math.increment, items, { window: 50 })) {
      seen.push(n);
      if (seen.length === 300) break;
    }
    equal(seen, Array.from({ length: 300 }, (_, i) => i + 1));
    ok(source.pulled <= 300 + 51, `${source.pulled} were pulled`);
    const { pulled } = source;
    is(await pool.apply(math.increment, [1]), 2);
    is(source.returned, 1);
    is(source.pulled, pulled);
  });
}

for (const window of [1, 7, 100]) {
  test(`never more than the window of ${window} is pulled ahead`, async () => {
    await using pool = new Pool({ workers: 2 });
    const source = new Naturals();
    let taken = 0;
    let most = 0;
    for await (const _ of pool.map(math.increment, source, { window })) {
      taken++;
      most = Math.max(most, source.pulled - taken);
      if (taken === 400) break;
    }
    ok(most <= window, `${most} ahead`);
  });
}

test("nothing beyond the window is pulled while nothing finishes", async () => {
  await using pool = new Pool({ workers: 1, concurrency: 2 });
  const words = sharedWords(2);
  let pulled = 0;
  function* lists(): Generator<[typeof words, number, number]> {
    for (; pulled < 100; pulled++) yield [words, 0, 1];
  }
  const map = pool.starmap(counting.countAndWait, lists(), { window: 5 });
  const all = map.then((results) => results.length);
  await reached(words, 0, 2);
  is(pulled, 4);
  open(words, 1);
  is(await all, 100);
});

test("an early exit cancels what has not started", async () => {
  await using pool = new Pool({ workers: 1, concurrency: 1 });
  const words = sharedWords(3);
  const map = pool.starmap(
    counting.countAndWait,
    Array.from({ length: 100 }, (): [typeof words, number, number] => [
      words,
      0,
      1,
    ]),
    { chunkSize: 1 },
  );
  open(words, 1);
  for await (const _ of map) break;
  const error = await rejects(map, DOMException);
  is(error.name, "AbortError");
  is(await pool.apply(math.increment, [1]), 2);
  const ran = words[0] as number;
  ok(ran < 100, `${ran} ran`);
  is(await pool.apply(math.increment, [1]), 2);
  is(words[0], ran);
});

test("MapResult.cancel() ends the map with its reason", async () => {
  await using pool = new Pool({ workers: 1 });
  const source = new Naturals();
  const map = pool.map(math.increment, source, { window: 10 });
  const reason = new Error("enough");
  const waiting = rejects(map, Error, "enough");
  map.cancel(reason);
  is(await waiting, reason);
  ok(source.returned <= 1);
  is(await pool.apply(math.increment, [1]), 2);
});

test("an iteration that is left before its first step closes the source", async () => {
  await using pool = new Pool({ workers: 1 });
  const source = new Naturals();
  const steps = pool.map(math.increment, source)[Symbol.asyncIterator]();
  await steps.return();
  is((await steps.next()).done, true);
  ok(source.returned <= 1);
  pool.close();
  await pool.join();
});

test("an iteration that is left while a step waits ends that step", async () => {
  await using pool = new Pool({ workers: 1 });
  // Nothing comes of it, ever.
  const silent = { [Symbol.asyncIterator]: () => ({ next: never }) };
  const map = pool.map(math.increment, silent as AsyncIterable<number>);
  const steps = map[Symbol.asyncIterator]();
  const waiting = rejects(steps.next(), DOMException);
  await steps.return();
  is((await waiting).name, "AbortError");
  pool.close();
  await pool.join();
});

test("a map whose signal had fired does not keep the pool from ending", async () => {
  const pool = new Pool({ workers: 1 });
  const reason = new Error("no");
  const signal = AbortSignal.abort(reason);
  const map = pool.map(math.increment, [1, 2, 3], { signal });
  is(await rejects(map, Error), reason);
  is((await map.settled()).length, 3);
  pool.close();
  await pool.join();
});

test("a slow source does not delay what is there", async () => {
  await using pool = new Pool({ workers: 1 });
  const { promise, resolve } = defer();
  async function* slow(): AsyncGenerator<number> {
    yield 1;
    yield 2;
    await promise;
    yield 3;
  }
  const seen: number[] = [];
  for await (const n of pool.map(math.increment, slow())) {
    seen.push(n);
    if (n === 3) resolve();
  }
  equal(seen, [2, 3, 4]);
});

test("what a source gave before it threw has results", async () => {
  await using pool = new Pool({ workers: 1 });
  function* breaks(): Generator<number> {
    yield 1;
    yield 2;
    throw new RangeError("the source broke");
  }
  async function* breaksLater(): AsyncGenerator<number> {
    yield* breaks();
  }
  for (const source of [breaks, breaksLater]) {
    const seen: number[] = [];
    const map = pool.map(math.increment, source());
    await rejects(
      (async () => {
        for await (const n of map) seen.push(n);
      })(),
      RangeError,
      "the source broke",
    );
    equal(seen, [2, 3]);
    await rejects(map, RangeError, "the source broke");
  }
});

test("a source that fails to start fails the call", async () => {
  await using pool = new Pool({ workers: 1 });
  const broken = {
    [Symbol.iterator](): Iterator<number> {
      throw new RangeError("no iterator");
    },
  };
  let found: unknown;
  try {
    await pool.map(math.increment, broken);
  } catch (error) {
    found = error;
  }
  instance(found, RangeError);
});

test("a source may use the pool it feeds", async () => {
  await using pool = new Pool({ workers: 2 });
  async function* nested(): AsyncGenerator<number> {
    for (let i = 0; i < 20; i++) yield await pool.apply(math.increment, [i]);
  }
  equal(
    await pool.map(math.increment, nested()),
    Array.from({ length: 20 }, (_, i) => i + 2),
  );
});

function never(): Promise<never> {
  return new Promise(() => {});
}

function defer(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((settle) => resolve = settle);
  return { promise, resolve };
}

test("items of an asynchronous input that come at once travel together", async () => {
  const scheduler = new ChunkLog();
  await using pool = new Pool({ workers: 2, scheduler });
  async function* quick(): AsyncGenerator<number> {
    for (let i = 0; i < 20; i++) yield await i;
  }
  const results = await pool.map(math.increment, quick(), { chunkSize: 8 });
  equal(results, Array.from({ length: 20 }, (_, i) => i + 1));
  equal(scheduler.items, [8, 8, 4]);
});

test("an item of an asynchronous input that comes alone does not wait for more", async () => {
  const scheduler = new ChunkLog();
  await using pool = new Pool({ workers: 1, scheduler });
  let taken = () => {};
  async function* gated(): AsyncGenerator<number> {
    for (let i = 0; i < 3; i++) {
      const seen = new Promise<void>((resolve) => taken = resolve);
      yield i;
      await seen;
    }
  }
  const found: number[] = [];
  for await (
    const value of pool.map(math.increment, gated(), { chunkSize: 8 })
  ) {
    found.push(value);
    taken();
  }
  equal(found, [1, 2, 3]);
  equal(scheduler.items, [1, 1, 1]);
});

for (const how of ["ends", "fails"]) {
  test(`an asynchronous input that ${how} is over once it is let go of, whatever was not pulled`, async () => {
    let returned = 0;
    const steps = [1, 2];
    const source = sourceOf({
      [Symbol.asyncIterator]: () => ({
        next: () => {
          const value = steps.shift();
          if (value === undefined && how === "fails") {
            return Promise.reject(new Error("no more"));
          }
          return Promise.resolve({ done: value === undefined, value });
        },
        return: () => Promise.resolve({ done: true, value: returned++ }),
      }),
    }, "map a task");
    await source.wait(8);
    is(source.ended, false);
    source.close();
    is(source.ended, true);
    equal(source.pull(8), []);
    is(returned, 0, "it had ended by itself");
  });
}

test("a map that is let go of ends, though its asynchronous input fails after that", async () => {
  const words = sharedWords(2);
  const pool = new Pool({ workers: 1 });
  let fail = (_: Error): void => {};
  async function* breaks(): AsyncGenerator<[typeof words, number, number]> {
    yield [words, 0, 1];
    await new Promise((_, reject) => fail = reject);
  }
  const map = pool.starmap(counting.countAndWait, breaks());
  await reached(words, 0, 1);
  map.cancel();
  fail(new Error("too late"));
  await Promise.resolve();
  open(words, 1);
  const outcomes = await map.settled();
  equal(outcomes.map(({ status }) => status), ["fulfilled", "rejected"]);
  pool.close();
  await pool.join();
});

test("an asynchronous input is pulled no further than the window, whenever it is asked", async () => {
  const source = sourceOf(asyncOnly(new AsyncNaturals()), "map a task");
  const asked = source.wait(8);
  // Some are there, and somebody who was not waiting takes them.
  let pulled = 0;
  while (pulled < 5) {
    await Promise.resolve();
    pulled += source.pull(8).length;
  }
  await asked;
  while (pulled < 8) pulled += source.pull(8).length;
  is(source.pull(8).length, 0);
  is(pulled, 8);
  source.close();
});
