/** What a map holds: what somebody can still ask for, and nothing else. */
import { type MapResult, Pool, tasks } from "../../../mod.ts";
import { equal, is, ok } from "../../support/assert.ts";
import { Held } from "../../support/garbage.ts";
import { suite } from "../../support/suite.ts";

const test = suite("Pool.map memory");
const passing = tasks<typeof import("../../fixtures/passing.ts")>(
  new URL("../../fixtures/passing.ts", import.meta.url),
);
const failing = tasks<typeof import("../../fixtures/failing.ts")>(
  new URL("../../fixtures/failing.ts", import.meta.url),
);
const WINDOW = 64;
const TAKEN = 4000;
/** A window of results, and what engines forget late. */
const FEW = 2 * WINDOW + 32;

function* endless(): Generator<number> {
  for (let i = 0;; i++) yield i;
}

type Numbers = MapResult<unknown[]>;
const views: Record<string, (map: Numbers) => AsyncIterable<unknown>> = {
  "in order": (map) => map,
  "as they come": (map) => map.unordered(),
  "settled": (map) => map.settled(),
};

for (const [name, view] of Object.entries(views)) {
  test(`an endless map that is iterated ${name} holds a window of results`, async () => {
    await using pool = new Pool({ workers: 2 });
    const held = new Held();
    let taken = 0;
    const options = { window: WINDOW };
    for await (
      const each of view(pool.map(passing.echoAll, endless(), options))
    ) {
      held.show(valueOf(each));
      if (++taken % 1000 === 0) await held.atMost(FEW);
      if (taken === TAKEN) break;
    }
  });
}

test("an endless map that fails holds a window of failures", async () => {
  await using pool = new Pool({ workers: 2 });
  const held = new Held();
  let taken = 0;
  const map = (): Numbers =>
    pool.map(failing.throwsRange as never, endless(), { window: WINDOW });
  for await (const each of map().settled()) {
    is(each.status, "rejected");
    held.show((each as PromiseRejectedResult).reason);
    if (++taken % 1000 === 0) await held.atMost(FEW);
    if (taken === TAKEN) break;
  }
});

test("a map whose result is kept gives the same values again", async () => {
  await using pool = new Pool({ workers: 2 });
  const items = Array.from({ length: 1000 }, (_, i) => i);
  const kept = pool.map(passing.echoAll, items);
  const seen: unknown[] = [];
  const held = new Held();
  for await (const value of kept) {
    held.show(value);
    seen.push(value);
  }
  const awaited = await kept;
  ok(seen.every((value, index) => value === awaited[index]));
  // An array of its own: what one reader does to it is nothing to others.
  awaited.length = 0;
  let index = 0;
  for await (const value of kept) is(value, seen[index++]);
  is(index, items.length);
  equal((await kept.settled()).map(({ status }) => status).length, 1000);
});

test("awaiting a map that nobody keeps leaves its values to the caller", async () => {
  await using pool = new Pool({ workers: 2 });
  const held = new Held();
  await (async () => {
    const items = Array.from({ length: 1000 }, (_, i) => i);
    for (const value of await pool.map(passing.echoAll, items)) {
      held.show(value);
    }
  })();
  await held.atMost(FEW);
});

function valueOf(each: unknown): object {
  const { value } = each as { value?: object };
  return value ??
    (Array.isArray(each) && Array.isArray(each[1]) ? each[1] : each as object);
}
