/** What tasks and maps say of their progress. */
import { CodecError, Pool, tasks } from "../../../mod.ts";
import { equal, is, match, ok, rejects, throws } from "../../support/assert.ts";
import { startMethods } from "../../support/start_methods.ts";
import { suite } from "../../support/suite.ts";
import { warned } from "../../support/warnings.ts";
import { open, sharedWords } from "../../support/words.ts";

const test = suite("progress");
const reporting = tasks<typeof import("../../fixtures/reporting.ts")>(
  new URL("../../fixtures/reporting.ts", import.meta.url),
);
const math = tasks<typeof import("../../fixtures/arithmetic.ts")>(
  new URL("../../fixtures/arithmetic.ts", import.meta.url),
);

for (const startMethod of startMethods) {
  test(`${startMethod}: onProgress hears the first and the last value before the result, in order, and not all of many`, async () => {
    await using pool = new Pool({ workers: 1, startMethod });
    const heard: number[] = [];
    let settled = false;
    const call = pool.apply(reporting.counts, [20_000], {
      onProgress: (value) => {
        ok(!settled);
        heard.push(value as number);
      },
    });
    is(await call, 20_000);
    settled = true;
    is(heard[0], 1);
    is(heard.at(-1), 20_000);
    equal(heard, [...heard].sort((one, other) => one - other));
    ok(heard.length < 2_000, `${heard.length} of 20,000`);
  });

  test(`${startMethod}: onProgress hears a value while its task waits`, async () => {
    await using pool = new Pool({ workers: 1, startMethod });
    const value = { rows: [1, 2, 3], name: "half", when: new Date(0) };
    const words = sharedWords(1);
    const heard = await new Promise((resolve, reject) => {
      const shared = startMethod === "thread" ? words : new Int32Array(1);
      pool.apply(reporting.saysAndWaits, [value, shared as typeof words], {
        onProgress: resolve,
      }).catch(reject);
    });
    open(words, 0);
    equal(heard, value);
  });
}

test("progress() of a call without a listener, or after its end, says nothing to nobody", async () => {
  await using pool = new Pool({ workers: 1 });
  is(await pool.apply(reporting.counts, [1000]), 1000);
  const heard: unknown[] = [];
  const listen = { onProgress: (value: unknown) => heard.push(value) };
  is(await pool.apply(reporting.saysLater, [7], listen), "done");
  // Its timer has fired when a later one of the same length has.
  await pool.apply(reporting.saysLater, [8]);
  await pool.apply(math.increment, [1]);
  equal(heard, []);
});

test("progress() with a value that does not travel is a CodecError in the task", async () => {
  await using pool = new Pool({ workers: 1 });
  await rejects(
    pool.apply(reporting.saysFunction, [], { onProgress: () => {} }),
    CodecError,
    /progress/,
  );
  is(await pool.apply(math.increment, [1]), 2);
});

test("onProgress that throws is a warning and harms no call", async () => {
  await using pool = new Pool({ workers: 1 });
  const fail = (): never => {
    throw new Error("not now");
  };
  const ofCall = warned("Cannot tell onProgress of a call: it failed with");
  is(await pool.apply(reporting.counts, [3], { onProgress: fail }), 3);
  match((await ofCall).message, "with Error: not now");
  const ofMap = warned("Cannot tell onProgress of a map: it failed with");
  equal(await pool.map(math.increment, [1], { onProgress: fail }), [2]);
  match((await ofMap).message, "with Error: not now");
});

test("onProgress of a map hears how many of how many items have an outcome", async () => {
  await using pool = new Pool({ workers: 2 });
  const heard: [number, number | undefined][] = [];
  const items = Array.from({ length: 1000 }, (_, i) => i);
  const onProgress = (done: number, total: number | undefined) => {
    heard.push([done, total]);
  };
  await pool.map(math.increment, items, { onProgress });
  equal(heard.at(-1), [1000, 1000]);
  ok(
    heard.every(([done, total], at) =>
      total === 1000 && (at === 0 || done > heard[at - 1]![0])
    ),
  );
  heard.length = 0;
  await pool.map(math.increment, new Set(items), {
    onProgress,
    chunkSize: 100,
    window: 200,
  });
  equal(heard[0], [100, undefined]);
  equal(heard.at(-1), [1000, 1000]);
});

test("onProgress must be a function, and does not travel into a nested call", async () => {
  await using pool = new Pool({ workers: 1 });
  const wrong = { onProgress: 1 as never };
  await rejects(
    pool.apply(math.increment, [1], wrong),
    TypeError,
    /^Cannot apply a task: onProgress must be a function, found number$/,
  );
  throws(
    () => pool.map(math.increment, [1], wrong),
    TypeError,
    /^Cannot map a task: onProgress must be a function, found number$/,
  );
  await rejects(
    pool.apply(reporting.nests),
    TypeError,
    /onProgress is a function and does not travel/,
  );
});
