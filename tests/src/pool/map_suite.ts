/** Results of a map: order, awaiting, iterating, chunks, limits. */
import { Pool, tasks } from "../../../mod.ts";
import { equal, is, ok, rejects } from "../../support/assert.ts";
import { rng } from "../../support/rng.ts";
import { suite } from "../../support/suite.ts";
import { sharedWords } from "../../support/words.ts";

const test = suite("Pool.map");
const math = tasks<typeof import("../../fixtures/arithmetic.ts")>(
  new URL("../../fixtures/arithmetic.ts", import.meta.url),
);
const passing = tasks<typeof import("../../fixtures/passing.ts")>(
  new URL("../../fixtures/passing.ts", import.meta.url),
);
const counting = tasks<typeof import("../../fixtures/counting.ts")>(
  new URL("../../fixtures/counting.ts", import.meta.url),
);
const failing = tasks<typeof import("../../fixtures/failing.ts")>(
  new URL("../../fixtures/failing.ts", import.meta.url),
);
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i);

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const one of source) found.push(one);
  return found;
}

test("await gives the results in input order", async () => {
  await using pool = new Pool({ workers: 2 });
  equal(await pool.map(math.square, upTo(2000)), upTo(2000).map((n) => n * n));
  equal(await pool.map(math.double, upTo(500)), upTo(500).map((n) => n * 2));
});

test("for await gives the results in input order", async () => {
  await using pool = new Pool({ workers: 2 });
  equal(
    await collect(pool.map(math.square, upTo(2000))),
    upTo(2000).map((n) => n * n),
  );
});

test("a map can be awaited and iterated many times, and both at once", async () => {
  await using pool = new Pool({ workers: 2 });
  const map = pool.map(math.increment, upTo(300));
  const expected = upTo(300).map((n) => n + 1);
  const all = await Promise.all([
    map,
    collect(map),
    map,
    collect(map),
    map.then((results) => results),
  ]);
  for (const results of all) equal(results, expected);
  equal(await map, expected);
  equal(await collect(map), expected);
});

test("an empty input gives no results", async () => {
  await using pool = new Pool({ workers: 1 });
  equal(await pool.map(math.increment, []), []);
  equal(await collect(pool.map(math.increment, new Set<number>())), []);
  equal(await pool.starmap(math.add, []), []);
});

test("starmap passes each item as an argument list", async () => {
  await using pool = new Pool({ workers: 2 });
  const lists = upTo(400).map((n): [number, number] => [n, n * 10]);
  equal(await pool.starmap(math.add, lists), upTo(400).map((n) => n * 11));
  equal(
    await collect(pool.starmap(math.add, lists)),
    upTo(400).map((n) => n * 11),
  );
  equal(await pool.starmap(passing.argumentCount, [[], [1], [1, "b", null]]), [
    0,
    1,
    3,
  ]);
});

test("items and results of any kind arrive in order", async () => {
  await using pool = new Pool({ workers: 2 });
  const items = upTo(300).map((i) =>
    [i, `text ${i}`, { i }, null, undefined, [i], 1n, i % 2 === 0][i % 8]
  );
  equal(await pool.map(math.echo, items), items);
  equal(await pool.map(passing.later, items), items);
});

test("typed arrays, sets and maps are inputs", async () => {
  await using pool = new Pool({ workers: 1 });
  equal(await pool.map(math.increment, new Float64Array([1.5, 2])), [2.5, 3]);
  equal(await pool.map(math.echo, new BigInt64Array([1n, 2n])), [1n, 2n]);
  equal(await pool.map(math.increment, new Set([1, 2])), [2, 3]);
  equal(await pool.starmap(passing.echoAll, new Map([["a", 1]])), [["a", 1]]);
});

for (const chunkSize of [1, 3, 64, 100_000, "auto"] as const) {
  test(`chunkSize ${chunkSize} changes no result and no error`, async () => {
    await using pool = new Pool({ workers: 2 });
    const items = upTo(500);
    const expected = items.map((n) => n * n);
    equal(await pool.map(math.square, items, { chunkSize }), expected);
    equal(
      await pool.map(passing.later, items, { chunkSize }),
      items,
    );
    const error = await rejects(
      pool.map(failing.throwsOn, upTo(8), { chunkSize }),
      RangeError,
      "item 3",
    );
    is(error.constructor, RangeError);
  });

  test(`chunkSize ${chunkSize}: only the failing item fails`, async () => {
    await using pool = new Pool({ workers: 2 });
    const map = pool.map(failing.throwsOn, upTo(20), { chunkSize });
    const seen: number[] = [];
    await rejects(
      (async () => {
        for await (const one of map) seen.push(one);
      })(),
      RangeError,
      "item 3",
    );
    equal(seen, [0, 10, 20]);
  });

  test(`chunkSize ${chunkSize} keeps the concurrency limit`, async () => {
    const [workers, concurrency] = [2, 3];
    await using pool = new Pool({ workers, concurrency });
    const words = sharedWords(2);
    const lists = upTo(120).map((i): [Int32Array, number] => [words, i]);
    equal(
      await pool.starmap(counting.overlap, lists, { chunkSize }),
      upTo(120),
    );
    is(words[0], 0);
    const most = words[1] as number;
    ok(most <= workers * concurrency, `${most} at one time`);
    // With one item per message both workers fill up to their limit.
    ok(most >= concurrency, `only ${most} at one time`);
  });
}

test("the concurrency limit is kept by calls of apply as well", async () => {
  await using pool = new Pool({ workers: 2, concurrency: 2 });
  const words = sharedWords(2);
  await Promise.all(
    upTo(60).map((i) => pool.apply(counting.overlap, [words, i])),
  );
  ok((words[1] as number) <= 4, `${words[1]} at one time`);
});

test("maps and calls run beside each other", async () => {
  await using pool = new Pool({ workers: 2, ringCapacity: 8 });
  const random = rng("maps beside each other");
  const jobs = upTo(30).map(async (j) => {
    const items = upTo(random.below(200));
    const options = { chunkSize: random.between(1, 20) };
    const kind = j % 3;
    if (kind === 0) {
      equal(
        await pool.map(math.square, items, options),
        items.map((n) => n * n),
      );
    } else if (kind === 1) {
      equal(await collect(pool.map(passing.later, items, options)), items);
    } else is(await pool.apply(math.double, [j]), 2 * j);
  });
  await Promise.all(jobs);
});

test("one hundred thousand numbers arrive in order", async () => {
  await using pool = new Pool({ workers: 2 });
  const results = await pool.map(math.increment, upTo(100_000));
  is(results.length, 100_000);
  is(results.every((value, i) => value === i + 1), true);
});
