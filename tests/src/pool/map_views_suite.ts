/** The other views of a map: as results come, and with failures as values. */
import { type MapResult, Pool, tasks } from "../../../mod.ts";
import { equal, is, ok, rejects } from "../../support/assert.ts";
import { suite } from "../../support/suite.ts";

const test = suite("Pool.map views");
const math = tasks<typeof import("../../fixtures/arithmetic.ts")>(
  new URL("../../fixtures/arithmetic.ts", import.meta.url),
);
const failing = tasks<typeof import("../../fixtures/failing.ts")>(
  new URL("../../fixtures/failing.ts", import.meta.url),
);
const gates = tasks<typeof import("../../fixtures/sleeping.ts")>(
  new URL("../../fixtures/sleeping.ts", import.meta.url),
);

test("unordered() gives a result before an earlier item that is not done", async () => {
  await using pool = new Pool({ workers: 2 });
  const gate = new Int32Array(new SharedArrayBuffer(8));
  const open = new Int32Array(new SharedArrayBuffer(8));
  Atomics.store(open, 0, 1);
  const result = pool.map(gates.blockOn, [gate, open], { chunkSize: 1 });
  const order: number[] = [];
  for await (const [index] of result.unordered()) {
    order.push(index);
    // Item 0 waits until item 1 was seen here: in order, this would never end.
    Atomics.store(gate, 0, 1);
    Atomics.notify(gate, 0);
  }
  equal(order, [1, 0]);
});

test("unordered() gives every item once, as often as it is asked", async () => {
  await using pool = new Pool({ workers: 2 });
  const items = Array.from({ length: 3000 }, (_, i) => i);
  const result = pool.map(math.square, items);
  for (let round = 0; round < 2; round++) {
    const seen = new Map<number, number>();
    for await (const [index, value] of result.unordered()) {
      ok(!seen.has(index), `item ${index} came twice`);
      seen.set(index, value);
    }
    equal(items.map((i) => seen.get(i)), items.map((i) => i * i));
  }
  equal(await result, items.map((i) => i * i));
});

test("unordered() throws at a failed item", async () => {
  await using pool = new Pool({ workers: 1 });
  const result = pool.map(failing.throwsOn, [3]);
  await rejects(
    (async () => {
      for await (const each of result.unordered()) is(each, null);
    })(),
    RangeError,
    /^item 3$/,
  );
});

test("unordered() left early closes the source and lets the pool end", async () => {
  await using pool = new Pool({ workers: 2 });
  let closed = false;
  function* endless(): Generator<number> {
    try {
      for (let i = 0;; i++) yield i;
    } finally {
      closed = true;
    }
  }
  for await (const [index] of pool.map(math.square, endless()).unordered()) {
    if (index >= 100) break;
  }
  ok(closed);
  pool.close();
  await pool.join();
});

test("settled() gives failures as values, awaited and iterated", async () => {
  await using pool = new Pool({ workers: 2 });
  const settled = pool.map(failing.throwsOn, [1, 3, 5, 8]).settled();
  const told = (each: PromiseSettledResult<number>) =>
    each.status === "fulfilled" ? each.value : (each.reason as Error).message;
  equal((await settled).map(told), [10, "item 3", 50, "item 8"]);
  const iterated: unknown[] = [];
  for await (const each of settled) iterated.push(told(each));
  equal(iterated, [10, "item 3", 50, "item 8"]);
});

test("settled() of a map that the pool's end cut short settles", async () => {
  const pool = new Pool({ workers: 1 });
  const gate = new Int32Array(new SharedArrayBuffer(8));
  const settled = pool.map(gates.blockOn, [gate, gate], { chunkSize: 1 })
    .settled();
  const outcomes = settled.then((all) => all.map(({ status }) => status));
  pool.terminate();
  Atomics.store(gate, 0, 1);
  Atomics.notify(gate, 0);
  ok((await outcomes).includes("rejected"));
  await pool.join();
});

for (
  const [kind, items] of Object.entries({
    "an array": Array.from({ length: 500 }, (_, i) => i),
    "a typed array": new Float64Array(500),
  })
) {
  test(`settled() of ${kind} has an outcome per item after cancel()`, async () => {
    await using pool = new Pool({ workers: 1 });
    const map = pool.map(math.square, items as number[], { window: 10 });
    const settled = map.settled();
    const reason = new Error("enough");
    map.cancel(reason);
    const outcomes = await settled;
    is(outcomes.length, items.length);
    const failed = outcomes.filter((each) => each.status === "rejected");
    ok(failed.length > 0);
    ok(failed.every((each) => each.reason === reason));
    const iterated: unknown[] = [];
    for await (const each of settled) iterated.push(each);
    equal(iterated, outcomes);
  });
}

test("settled() has an outcome per item when pulling them cancels the map", async () => {
  await using pool = new Pool({ workers: 1 });
  const items = Array.from({ length: 100 }, (_, i) => i);
  const reason = new Error("enough");
  // While the key of an item is asked for, and while an item is encoded.
  const byKey: MapResult<number> = pool.map(math.square, items, {
    chunkSize: 10,
    key: (n) => {
      if (n === 34) byKey.cancel(reason);
      return 0;
    },
  });
  const odd = items.map((n) => ({
    get value(): number {
      if (n === 34) byValue.cancel(reason);
      return n;
    },
  }));
  const byValue: MapResult<unknown> = pool.map(math.echo, odd, {
    chunkSize: 10,
  });
  for (const map of [byKey, byValue]) {
    const outcomes = await map.settled();
    is(outcomes.length, items.length);
    const last = outcomes.at(-1) as PromiseRejectedResult;
    is(last.reason, reason);
  }
  pool.close();
  await pool.join();
});
