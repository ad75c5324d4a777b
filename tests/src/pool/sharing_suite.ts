/** What is shared, what is copied, and when it is copied. */
import { Pool, tasks } from "../../../mod.ts";
import { equal, instance, is, ok } from "../../support/assert.ts";
import { suite } from "../../support/suite.ts";
import { open, reached, sharedWords } from "../../support/words.ts";

const test = suite("Pool sharing");
const math = tasks<typeof import("../../fixtures/arithmetic.ts")>(
  new URL("../../fixtures/arithmetic.ts", import.meta.url),
);
const passing = tasks<typeof import("../../fixtures/passing.ts")>(
  new URL("../../fixtures/passing.ts", import.meta.url),
);
const counting = tasks<typeof import("../../fixtures/counting.ts")>(
  new URL("../../fixtures/counting.ts", import.meta.url),
);
const dying = tasks<typeof import("../../fixtures/dying.ts")>(
  new URL("../../fixtures/dying.ts", import.meta.url),
);

test("a view on shared memory travels by reference, both sides see writes", async () => {
  await using pool = new Pool({ workers: 1 });
  const words = sharedWords(4);
  await pool.apply(passing.write, [words, 42]);
  is(words[0], 42);
});

test("shared memory comes back as the very buffer that was sent", async () => {
  await using pool = new Pool({ workers: 2 });
  const words = sharedWords(4);
  for (let i = 0; i < 6; i++) {
    const back = await pool.apply(passing.write, [words, i]);
    is(back.buffer, words.buffer);
    is(words[0], i);
  }
  const [buffer, nested] = await pool.apply(passing.echoAll, [
    words.buffer,
    { view: new Uint8Array(words.buffer, 4, 2) },
  ]) as [SharedArrayBuffer, { view: Uint8Array }];
  is(buffer, words.buffer);
  is(nested.view.buffer, words.buffer);
  equal([nested.view.byteOffset, nested.view.length], [4, 2]);
});

test("shared memory travels with the items of a map", async () => {
  await using pool = new Pool({ workers: 2 });
  const words = sharedWords(1);
  const args = Array.from(
    { length: 200 },
    (): [Int32Array, number] => [words, 0],
  );
  await pool.starmap(counting.count, args);
  is(words[0], 200);
  const back = await pool.map(math.echo, Array(50).fill(words)) as Int32Array[];
  is(back.every((view) => view.buffer === words.buffer), true);
});

test("shared memory that a task made is shared with the host", async () => {
  await using pool = new Pool({ workers: 1 });
  const lent = await pool.apply(passing.lend);
  instance(lent, SharedArrayBuffer);
  new Int32Array(lent)[0] = 17;
  is(await pool.apply(passing.readLent), 17);
  is(await pool.apply(passing.lend), lent);
  // And it may be sent on like any other.
  await pool.apply(passing.write, [new Int32Array(lent), 18]);
  is(await pool.apply(passing.readLent), 18);
});

test("a replacement of a lost worker knows shared memory sent before", async () => {
  await using pool = new Pool({ workers: 1 });
  const words = sharedWords(1);
  await pool.apply(passing.write, [words, 1]);
  await pool.apply(dying.exits, [1]).catch(() => {});
  await pool.apply(passing.write, [words, 2]);
  is(words[0], 2);
});

test("arguments and results that are not shared are copies", async () => {
  await using pool = new Pool({ workers: 1 });
  const bytes = new Uint8Array([1, 2, 3]);
  const back = await pool.apply(math.echo, [bytes]);
  equal(back, bytes);
  ok(
    back instanceof Uint8Array && back.buffer instanceof ArrayBuffer &&
      back.buffer !== bytes.buffer,
  );
});

test("results stay as they are when later results come", async () => {
  await using pool = new Pool({ workers: 1 });
  const kept = [];
  for (let i = 0; i < 100; i++) {
    kept.push(await pool.apply(passing.makeBytes, [5000]));
    (kept.at(-1) as Uint8Array).fill(i);
  }
  is(kept.every((bytes, i) => bytes.every((byte) => byte === i)), true);
});

test("objects of the platform travel by structured clone, both ways", async () => {
  await using pool = new Pool({ workers: 2 });
  is(await pool.apply(passing.blobSize, [new Blob(["12345"])]), 5);
  const made = await pool.apply(passing.makeBlob, ["abc"]);
  ok(made instanceof Blob);
  is(await made.text(), "abc");
  const sizes = await pool.map(
    passing.blobSize,
    Array.from({ length: 40 }, (_, i) => new Blob(["x".repeat(i)])),
  );
  equal(sizes, Array.from({ length: 40 }, (_, i) => i));
});

test("a DOMException travels as an argument and as a result", async () => {
  await using pool = new Pool({ workers: 1 });
  const sent = new DOMException("no more", "AbortError");
  const [back] = await pool.apply(passing.echoAll, [sent]) as [DOMException];
  // Node 20's structured clone makes a plain object of it.
  const cloned = structuredClone(sent);
  equal([back.name, back.message], [cloned.name, cloned.message]);
});

test("many values of the platform that wait for a cell arrive with their calls", async () => {
  await using pool = new Pool({ workers: 2, ringCapacity: 2 });
  const sizes = await Promise.all(
    Array.from(
      { length: 60 },
      (_, i) => pool.apply(passing.blobSize, [new Blob(["x".repeat(i)])]),
    ),
  );
  equal(sizes, Array.from({ length: 60 }, (_, i) => i));
});

// Every road of the arguments: numbers in the cell, numbers in the arena,
// bytes in the cell, bytes in the arena.
const roads: Record<string, () => unknown[]> = {
  "few numbers": () => [1, 2, 3],
  "many numbers": () => Array.from({ length: 400 }, (_, i) => i),
  "a small object": () => [{ a: [1, 2] }],
  "a large array": () => [new Uint8Array(9000).fill(5)],
};

function spoil(args: unknown[]): void {
  for (const arg of args) {
    if (arg instanceof Uint8Array) arg.fill(0);
    else if (typeof arg === "object") (arg as { a: unknown }).a = "spoilt";
  }
  args.fill(-1);
  args.length = 1;
}

for (const [name, make] of Object.entries(roads)) {
  test(`changes after the call do not matter: ${name}`, async () => {
    await using pool = new Pool({ workers: 1 });
    const args = make();
    const call = pool.apply(passing.echoAll, args);
    spoil(args);
    equal(await call, make());
  });

  test(`changes after the call do not matter in the backlog: ${name}`, async () => {
    await using pool = new Pool({ workers: 1, ringCapacity: 1 });
    const words = sharedWords(2);
    const first = pool.apply(counting.countAndWait, [words, 0, 1]);
    const args = make();
    const call = pool.apply(passing.echoAll, args);
    spoil(args);
    await reached(words, 0, 1);
    open(words, 1);
    equal(await call, make());
    await first;
  });

  test(`changes after the call do not matter after a crash: ${name}`, async () => {
    await using pool = new Pool({ workers: 1, concurrency: 1 });
    const words = sharedWords(2);
    const died = pool.starmap(dying.exitsWhen, [[words, 0, 1]]);
    await reached(words, 0, 1);
    // Taken by nobody, or by the worker that is about to die.
    const args = make();
    const call = pool.apply(passing.echoAll, args);
    await Promise.resolve();
    spoil(args);
    open(words, 1);
    equal(await call, make());
    await died.then(() => ok(false, "it died"), () => {});
  });
}
