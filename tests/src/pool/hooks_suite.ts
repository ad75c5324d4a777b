/** What workers run beside tasks: finalizer and exception handler. */
import { CodecError, Pool, tasks, WorkerLostError } from "../../../mod.ts";
import { equal, is, match, rejects, throws } from "../../support/assert.ts";
import { collectGarbage } from "../../support/garbage.ts";
import { suite } from "../../support/suite.ts";
import { warned } from "../../support/warnings.ts";
import { open, reached, sharedWords } from "../../support/words.ts";

const test = suite("Pool hooks");
const math = tasks<typeof import("../../fixtures/arithmetic.ts")>(
  new URL("../../fixtures/arithmetic.ts", import.meta.url),
);
const failing = tasks<typeof import("../../fixtures/failing.ts")>(
  new URL("../../fixtures/failing.ts", import.meta.url),
);
const hooks = tasks<typeof import("../../fixtures/hooks.ts")>(
  new URL("../../fixtures/hooks.ts", import.meta.url),
);
const dying = tasks<typeof import("../../fixtures/dying.ts")>(
  new URL("../../fixtures/dying.ts", import.meta.url),
);
const [FINALIZED, SEEN, GATE] = [1, 2, 3];

test("every worker and every successor gets an object of the platform among initArgs", async () => {
  await using pool = new Pool({
    workers: 2,
    maxTasksPerWorker: 1,
    initializer: hooks.reads,
    initArgs: [new Blob(["good day"])],
  });
  for (let round = 0; round < 3; round++) {
    equal(await pool.broadcast(hooks.heard), ["good day", "good day"]);
  }
});

// Regression: the host held it weakly, and no worker that came after a
// collection could boot.
test("shared memory among initArgs reaches every successor, although nobody else holds it", async () => {
  const initArgs = [sharedWords(4)];
  await using pool = new Pool({
    workers: 1,
    initializer: hooks.adopt,
    initArgs,
  });
  initArgs.length = 0;
  // Not numbers: what the initializer was given is no part of this call.
  is(await pool.apply(math.echo, ["good day"]), "good day");
  for (let i = 0; i < 10; i++) await collectGarbage();
  await rejects(pool.apply(dying.exits, [1]), WorkerLostError);
  is(await pool.apply(hooks.initialized), 2);
});

test("what can move only once, or does not leave the process, is refused before any work", () => {
  const { port1, port2 } = new MessageChannel();
  const initializer = hooks.reads as never;
  throws(
    () => new Pool({ initializer, initArgs: [port1] }),
    CodecError,
    "Cannot encode initArgs[0]",
  );
  port1.close();
  port2.close();
  throws(
    () =>
      new Pool({
        startMethod: "process",
        initializer,
        initArgs: [new Blob(["good day"])],
      }),
    CodecError,
    "does not leave its process",
  );
});

test("the finalizer has run in every worker when join() resolves", async () => {
  const words = sharedWords(4);
  const pool = new Pool({
    workers: 2,
    initializer: hooks.adopt,
    initArgs: [words],
    finalizer: hooks.finalizes,
  });
  is(await pool.apply(math.increment, [1]), 2);
  is(words[FINALIZED], 0);
  pool.close();
  await pool.join();
  is(words[FINALIZED], 2);
});

test("the finalizer does not run after terminate()", async () => {
  const words = sharedWords(4);
  const pool = new Pool({
    workers: 2,
    initializer: hooks.adopt,
    initArgs: [words],
    finalizer: hooks.finalizes,
  });
  await reached(words, 0, 2);
  pool.terminate();
  await pool.join();
  is(words[FINALIZED], 0);
});

test("a finalizer that fails is a warning, and join() resolves", async () => {
  const pool = new Pool({ workers: 1, finalizer: hooks.finalizeFails });
  is(await pool.apply(math.increment, [1]), 2);
  const warning = warned("finalizer refused");
  pool.close();
  await pool.join();
  const { message, detail } = await warning;
  is(
    message,
    "Cannot finalize worker 1: finalizeFails failed with RangeError: finalizer refused",
  );
  match(String(detail), "finalizeFails");
});

test("an error outside a finalizer is a warning, and join() resolves", async () => {
  const pool = new Pool({ workers: 1, finalizer: hooks.finalizeDies });
  is(await pool.apply(math.increment, [1]), 2);
  const warning = warned("outside the finalizer");
  pool.close();
  await pool.join();
  match((await warning).message, /^Cannot finalize worker 1: /);
});

for (const option of ["finalizer", "exceptionHandler"]) {
  test(`${option} that is not exported fails the boot`, async () => {
    const missing = (hooks as unknown as Record<string, never>)["missing"];
    await using pool = new Pool({ workers: 1, [option]: missing });
    const error = await rejects(
      pool.apply(math.increment, [1]),
      WorkerLostError,
      "Cannot find task missing",
    );
    is(error.started, false);
  });
}

test("the exception handler sees what calls and items throw, live", async () => {
  const words = sharedWords(4);
  await using pool = new Pool({
    workers: 1,
    initializer: hooks.adopt,
    initArgs: [words],
    exceptionHandler: hooks.sees,
  });
  const thrown = await rejects(
    pool.apply(failing.throwsRange, [5]),
    RangeError,
  );
  is((thrown as unknown as { kind: string }).kind, "RangeError");
  await rejects(pool.apply(failing.rejects, [5]), RangeError, "rejected: 5");
  is(words[SEEN], 2);
  const settled = [];
  for await (
    const one of pool.map(failing.throwsOn, [1, 2, 3, 8], { chunkSize: 4 })
      .settled()
  ) settled.push(one.status);
  equal(settled, ["fulfilled", "fulfilled", "rejected", "rejected"]);
  is(words[SEEN], 4);
});

test("an asynchronous handler delays no error, and the worker waits for it", async () => {
  const words = sharedWords(4);
  const pool = new Pool({
    workers: 1,
    initializer: hooks.adopt,
    initArgs: [words],
    exceptionHandler: hooks.seesLater,
    finalizer: hooks.finalizes,
  });
  await rejects(pool.apply(failing.throwsRange, [5]), RangeError);
  is(words[SEEN], 0);
  pool.close();
  open(words, GATE);
  await pool.join();
  equal([words[SEEN], words[FINALIZED]], [1, 1]);
});

for (const refuse of ["refuses", "refusesLater"] as const) {
  test(`a handler that ${refuse} is a warning, and the caller gets its error`, async () => {
    const pool = new Pool({ workers: 1, exceptionHandler: hooks[refuse] });
    const warning = warned("handler refused");
    await rejects(
      pool.apply(failing.throwsRange, [5]),
      RangeError,
      "out of range: 5",
    );
    is(await pool.apply(math.increment, [1]), 2);
    pool.close();
    await pool.join();
    match(
      (await warning).message,
      `Cannot handle an error in worker 1: ${refuse} failed with Error: handler refused`,
    );
  });
}
