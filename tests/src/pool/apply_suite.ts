/** One call: what goes in, what comes out, where it runs. */
import { Pool, tasks } from "../../../mod.ts";
import { equal, is, not, rejects } from "../../support/assert.ts";
import { suite } from "../../support/suite.ts";
import { sharedWords } from "../../support/words.ts";

const test = suite("Pool.apply");
const math = tasks<typeof import("../../fixtures/arithmetic.ts")>(
  new URL("../../fixtures/arithmetic.ts", import.meta.url),
);
const passing = tasks<typeof import("../../fixtures/passing.ts")>(
  new URL("../../fixtures/passing.ts", import.meta.url),
);
const counting = tasks<typeof import("../../fixtures/counting.ts")>(
  new URL("../../fixtures/counting.ts", import.meta.url),
);

test("Pool.apply() answers what a synchronous task returns", async () => {
  await using pool = new Pool({ workers: 1 });
  is(await pool.apply(math.increment, [41]), 42);
});

test("Pool.apply() answers what an asynchronous task resolves to", async () => {
  await using pool = new Pool({ workers: 1 });
  is(await pool.apply(math.double, [21]), 42);
  equal(await pool.apply(passing.later, [{ a: [1] }]), { a: [1] });
});

test("Pool.apply() awaits a thenable that is no promise", async () => {
  await using pool = new Pool({ workers: 1 });
  is(await pool.apply(passing.thenable, [21]), 42);
});

test("Pool.apply() calls without arguments when none are given", async () => {
  await using pool = new Pool({ workers: 1 });
  is(await pool.apply(math.nothing), undefined);
  is(await pool.apply(passing.argumentCount), 0);
  is(await pool.apply(passing.argumentCount, []), 0);
});

test("Pool.apply() passes any number of numbers, each as it was", async () => {
  await using pool = new Pool({ workers: 1 });
  for (const count of [1, 2, 3, 8, 15, 16, 17, 100, 5000]) {
    const numbers = Array.from({ length: count }, (_, i) => i * 1.5);
    equal(await pool.apply(passing.echoAll, numbers), numbers);
  }
  const odd = [NaN, -0, Infinity, -Infinity, 5e-324, 2 ** 53 + 2];
  const back = await pool.apply(passing.echoAll, odd);
  is(back.every((value, i) => Object.is(value, odd[i])), true);
});

test("Pool.apply() passes arguments of mixed kinds, undefined included", async () => {
  await using pool = new Pool({ workers: 1 });
  const args = [1, "two", null, undefined, true, 4n, [5], { six: 6 }];
  equal(await pool.apply(passing.echoAll, args), args);
  is(await pool.apply(passing.argumentCount, [undefined, undefined]), 2);
});

test("Pool.apply() gives every simple result back as it is", async () => {
  await using pool = new Pool({ workers: 1 });
  const values = [undefined, null, true, false, 0, -0, NaN, "", "é", 0n];
  for (const value of values) {
    is(Object.is(await pool.apply(math.echo, [value]), value), true);
  }
});

test("Pool.apply() passes bigints of any size", async () => {
  await using pool = new Pool({ workers: 1 });
  const values = [0n, -1n, 2n ** 63n, -(2n ** 64n), 3n ** 5000n];
  equal(await pool.apply(passing.echoAll, values), values);
});

test("Pool.apply() keeps the kind of typed arrays", async () => {
  await using pool = new Pool({ workers: 1 });
  const values = [
    new Uint8Array([1, 2]),
    new Uint8ClampedArray([3]),
    new Int16Array([-4]),
    new Float32Array([0.5]),
    new Float64Array([-0]),
    new BigInt64Array([-5n]),
  ];
  const back = await pool.apply(passing.echoAll, values) as typeof values;
  equal(back, values);
  is(Object.is(back[4]?.[0], -0), true);
});

test("Pool.apply() passes and returns messages of 20 MB", async () => {
  await using pool = new Pool({ workers: 1 });
  const size = 20_000_000;
  is(await pool.apply(passing.sizeOf, [new Uint8Array(size)]), size);
  const made = await pool.apply(passing.makeBytes, [size]);
  is(made.length, size);
  is(made[size - 1], 7);
  const text = "0123456789".repeat(size / 10);
  is((await pool.apply(math.echo, [text])) === text, true);
});

test("Pool.apply() runs twenty large messages at once", async () => {
  await using pool = new Pool({ workers: 2 });
  const bytes = (i: number) => new Uint8Array(1_000_000).fill(i);
  const back = await Promise.all(
    Array.from({ length: 20 }, (_, i) => pool.apply(math.echo, [bytes(i)])),
  );
  is(back.every((one, i) => isFilled(one as Uint8Array, 1_000_000, i)), true);
});

test("Pool.apply() runs tasks outside the host's thread", async () => {
  const { threadId } = await import("node:worker_threads");
  await using pool = new Pool({ workers: 1 });
  is.not(await pool.apply(counting.thread), threadId);
});

test("Pool.apply() settles many calls at once, each with its own result", async () => {
  await using pool = new Pool({ workers: 4 });
  const calls = Array.from(
    { length: 5000 },
    (_, n) => pool.apply(n % 2 === 0 ? math.increment : math.double, [n]),
  );
  const results = await Promise.all(calls);
  is(results.every((r, n) => r === (n % 2 === 0 ? n + 1 : n * 2)), true);
});

for (const ringCapacity of [1, 2, 8]) {
  test(`Pool.apply() queues more tasks than ringCapacity ${ringCapacity}`, async () => {
    await using pool = new Pool({ workers: 2, ringCapacity });
    const items = Array.from({ length: 500 }, (_, i) => i);
    const results = await Promise.all(
      items.map((i) =>
        i % 3 === 0
          ? pool.apply(passing.later, [i])
          : i % 3 === 1
          ? pool.apply(math.echo, [i])
          : pool.apply(math.echo, [{ i }]).then((value) =>
            (value as { i: number }).i
          )
      ),
    );
    equal(results, items);
  });
}

test("Pool.apply() can be called where another call settles", async () => {
  await using pool = new Pool({ workers: 1, ringCapacity: 1 });
  let chain: Promise<number> = Promise.resolve(0);
  for (let i = 0; i < 50; i++) {
    chain = chain.then((n) => pool.apply(math.increment, [n]));
  }
  is(await chain, 50);
});

test("Pool.apply() can be called by a getter of an argument", async () => {
  await using pool = new Pool({ workers: 1 });
  let inner: Promise<number> | undefined;
  const value = {
    get a() {
      inner = pool.apply(math.sum, [new Float64Array([1, 2, 3])]);
      return "outer";
    },
  };
  equal(await pool.apply(math.echo, [value]), { a: "outer" });
  is(await inner, 6);
});

test("Pool.apply() of a task that returns a trap fails that task only", async () => {
  const failing = tasks<typeof import("../../fixtures/failing.ts")>(
    new URL("../../fixtures/failing.ts", import.meta.url),
  );
  await using pool = new Pool({ workers: 1 });
  const before = await pool.apply(counting.thread);
  await rejects(pool.apply(failing.returnsTrap), RangeError, "then is a trap");
  is(await pool.apply(counting.thread), before);
  await rejects(
    pool.map(failing.returnsTrap as never, [1, 2]),
    RangeError,
    "then is a trap",
  );
  is(await pool.apply(counting.thread), before);
});

// Regression of a rule, not of a bug: quick tasks keep one worker awake, and
// what is quick is only guessed.
test("a task that was quick a thousand times gets as many workers as it needs", async () => {
  await using pool = new Pool({ workers: 3, concurrency: 1 });
  const quick = sharedWords(1);
  for (let i = 0; i < 1000; i++) await pool.apply(counting.meet, [quick, 1]);
  const words = sharedWords(1);
  const party = Array.from(
    { length: 3 },
    () => pool.apply(counting.meet, [words, 3]),
  );
  is(new Set(await Promise.all(party)).size, 3);
});

test("Pools beside each other do not mix their results", async () => {
  await using one = new Pool({ workers: 1 });
  await using two = new Pool({ workers: 1 });
  const [first, second] = await Promise.all([
    one.map(math.increment, Array.from({ length: 300 }, (_, i) => i)),
    two.map(math.square, Array.from({ length: 300 }, (_, i) => i)),
  ]);
  is(first[299], 300);
  is(second[299], 299 * 299);
  not.equal(
    await one.apply(counting.thread),
    await two.apply(counting.thread),
  );
});

function isFilled(bytes: Uint8Array, size: number, value: number): boolean {
  return bytes.length === size && bytes.every((byte) => byte === value);
}
