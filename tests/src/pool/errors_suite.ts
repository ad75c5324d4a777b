/** Errors of tasks as the caller gets them. */
import { CodecError, Pool, ProxyError, tasks } from "../../../mod.ts";
import {
  equal,
  instance,
  is,
  match,
  ok,
  rejects,
} from "../../support/assert.ts";
import { suite } from "../../support/suite.ts";

const test = suite("Pool errors");
const failing = tasks<typeof import("../../fixtures/failing.ts")>(
  new URL("../../fixtures/failing.ts", import.meta.url),
);
const counting = tasks<typeof import("../../fixtures/counting.ts")>(
  new URL("../../fixtures/counting.ts", import.meta.url),
);

test("a built-in error keeps its class, message and cause", async () => {
  await using pool = new Pool({ workers: 1 });
  const error = await rejects(pool.apply(failing.throwsRange, [3]), RangeError);
  is(error.constructor, RangeError);
  is(error.message, "out of range: 3");
  instance(error.cause, TypeError);
  is((error.cause as Error).message, "the cause");
});

test("a rejection is an error like one thrown", async () => {
  await using pool = new Pool({ workers: 1 });
  const error = await rejects(pool.apply(failing.rejects, [3]), RangeError);
  is(error.message, "rejected: 3");
  await rejects(pool.apply(failing.rejectsLater, [4]), RangeError, "later: 4");
});

test("a custom error keeps its name and its own properties", async () => {
  await using pool = new Pool({ workers: 1 });
  const error = await rejects(pool.apply(failing.throwsCustom, [7]));
  equal([error.name, error.message, (error as Error & { code: number }).code], [
    "Custom",
    "bad",
    7,
  ]);
  const rows = await rejects(pool.apply(failing.throwsWithList, [[1, 2]]));
  equal({ ...rows }, { rows: [1, 2], when: new Date(0) });
});

test("a chain of causes arrives whole", async () => {
  await using pool = new Pool({ workers: 1 });
  const error = await rejects(
    pool.apply(failing.throwsChain),
    TypeError,
    "top",
  );
  const middle = error.cause as Error & { code: number };
  equal([middle.name, middle.message, middle.code], ["Custom", "middle", 5]);
  instance(middle.cause, SyntaxError);
});

test("an AggregateError keeps its errors", async () => {
  await using pool = new Pool({ workers: 1 });
  const error = await rejects(
    pool.apply(failing.throwsAggregate),
    AggregateError,
    "many",
  );
  equal(error.errors.map((one) => one.message), ["one", "two"]);
  instance(error.errors[1], RangeError);
});

test("the stack shows the task and under it the call", async () => {
  await using pool = new Pool({ workers: 1 });
  const single = await rejects(pool.apply(failing.throwsRange, [1]));
  match(
    single.stack ?? "",
    /throwsRange[\s\S]*--- pool\.apply[\s\S]*errors_suite/,
  );
  const mapped = await rejects(pool.map(failing.throwsRange, [1]));
  match(
    mapped.stack ?? "",
    /throwsRange[\s\S]*--- pool\.map[\s\S]*errors_suite/,
  );
  const starred = await rejects(pool.starmap(failing.throwsRange, [[1]]));
  match(starred.stack ?? "", /--- pool\.starmap[\s\S]*errors_suite/);
});

test("the call is joined once, however many items share an error", async () => {
  await using pool = new Pool({ workers: 1 });
  const map = pool.map(failing.rejectsLater, Array(200).fill(1));
  const reason = new Error("all of them");
  map.cancel(reason);
  is(await rejects(map), reason);
  is(reason.stack?.match(/--- pool\.map/g)?.length, 1);
});

test("a frozen reason of a cancel does no harm", async () => {
  await using pool = new Pool({ workers: 1 });
  const map = pool.map(failing.rejectsLater, [1, 2, 3]);
  const reason = Object.freeze(new Error("frozen"));
  map.cancel(reason);
  is(await rejects(map), reason);
  is(await pool.apply(counting.evaluations), 1);
});

test("what is thrown and is no Error arrives in a ProxyError", async () => {
  await using pool = new Pool({ workers: 1 });
  const text = await rejects(pool.apply(failing.throwsText), ProxyError);
  equal([text.code, text.value], ["task_failed", "just text"]);
  const nothing = await rejects(
    pool.apply(failing.rejectsUndefined),
    ProxyError,
  );
  is(nothing.value, undefined);
  for (const value of [null, 0, false, { a: [1] }, [1n]]) {
    const error = await rejects(
      pool.apply(failing.throwsValue, [value]),
      ProxyError,
    );
    equal(error.value, value);
  }
  const mapped = await rejects(
    pool.map(failing.throwsValue, ["x"]),
    ProxyError,
  );
  is(mapped.value, "x");
});

test("each task has an error object of its own", async () => {
  await using pool = new Pool({ workers: 2 });
  const errors = await Promise.all(
    Array.from(
      { length: 20 },
      () => rejects(pool.apply(failing.throwsRange, [1]), RangeError),
    ),
  );
  is(new Set(errors).size, 20);
  is(new Set(errors.map((error) => error.cause)).size, 20);
});

test("a result that does not travel fails its task with its path", async () => {
  await using pool = new Pool({ workers: 1 });
  const error = await rejects(pool.apply(failing.returnsFunction), CodecError);
  equal([error.code, error.path], ["encode", "result.rows[1]"]);
  match(error.message, "Cannot encode result.rows[1]: functions do not travel");
  const map = pool.map(failing.returnsFunctionOn, [1, 2, 3, 4], {
    chunkSize: 4,
  });
  const seen: unknown[] = [];
  await rejects(
    (async () => {
      for await (const one of map) seen.push(one);
    })(),
    CodecError,
    "Cannot encode result",
  );
  equal(seen, [1, 2]);
});

test("a task that fails leaves its worker alive and the next task well", async () => {
  await using pool = new Pool({ workers: 1 });
  const thread = await pool.apply(counting.thread);
  const results = await Promise.allSettled(
    Array.from(
      { length: 50 },
      (_, i) =>
        i % 2 === 0
          ? pool.apply(failing.throwsRange, [i])
          : pool.apply(counting.thread),
    ),
  );
  ok(
    results.every((result, i) =>
      i % 2 === 0
        ? result.status === "rejected"
        : result.status === "fulfilled" && result.value === thread
    ),
  );
});

test("a failing map that nobody awaits disturbs nobody", async () => {
  await using pool = new Pool({ workers: 1 });
  pool.map(failing.throwsRange, [1, 2, 3]);
  is(await pool.apply(counting.evaluations), 1);
});
