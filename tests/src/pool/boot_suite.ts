/** Workers on their way: initializer, preload, and what cannot boot. */
import { Pool, StateError, tasks, WorkerLostError } from "../../../mod.ts";
import {
  equal,
  instance,
  is,
  match,
  rejects,
  throws,
} from "../../support/assert.ts";
import { suite } from "../../support/suite.ts";

const test = suite("Pool boot");
const module = (name: string) =>
  new URL(`../../fixtures/modules/${name}`, import.meta.url);
const math = tasks<typeof import("../../fixtures/arithmetic.ts")>(
  new URL("../../fixtures/arithmetic.ts", import.meta.url),
);
const dying = tasks<typeof import("../../fixtures/dying.ts")>(
  new URL("../../fixtures/dying.ts", import.meta.url),
);
const initialized = tasks<
  typeof import("../../fixtures/modules/initialized.ts")
>(new URL("../../fixtures/modules/initialized.ts", import.meta.url));
const preload = new URL("../../fixtures/modules/preloaded.ts", import.meta.url);
const needy = tasks<
  typeof import("../../fixtures/modules/needs_preload.ts")
>(new URL("../../fixtures/modules/needs_preload.ts", import.meta.url));

test("an asynchronous initializer has run before the first task", async () => {
  await using pool = new Pool({
    workers: 2,
    initializer: initialized.initialize,
    initArgs: ["ready"],
  });
  const read = await Promise.all(
    Array.from({ length: 20 }, () => pool.apply(initialized.read)),
  );
  equal(new Set(read), new Set(["ready"]));
});

test("the initializer runs again in a replacement", async () => {
  await using pool = new Pool({
    workers: 1,
    initializer: initialized.initialize,
    initArgs: ["again"],
  });
  await rejects(pool.apply(dying.exits, [1]), WorkerLostError);
  is(await pool.apply(initialized.read), "again");
});

test("preload modules are evaluated before any task module", async () => {
  await using pool = new Pool({ workers: 1, preload: [preload] });
  is(await pool.apply(needy.preloaded), "yes");
  await using bare = new Pool({ workers: 1 });
  is(await bare.apply(needy.preloaded), undefined);
});

test("env is what workers see", async () => {
  const reading = tasks<typeof import("../../fixtures/environment.ts")>(
    new URL("../../fixtures/environment.ts", import.meta.url),
  );
  await using pool = new Pool({ workers: 1, env: { WHORL_TEST: "seen" } });
  is(await pool.apply(reading.variable, ["WHORL_TEST"]), "seen");
});

async function ends(pool: Pool, text: string): Promise<void> {
  const waiting = [
    pool.apply(math.increment, [1]),
    pool.apply(math.increment, [2]),
    pool.map(math.increment, [1, 2, 3]).then(String),
    (async () => {
      for await (const _ of pool.map(math.increment, [1])) await undefined;
    })(),
  ];
  for (const call of waiting) {
    const error = await rejects(call, WorkerLostError, "3 workers in a row");
    is(error.started, false);
    match(error.message, text);
    instance(error.cause, Error);
  }
  const refused = await rejects(
    pool.apply(math.increment, [1]),
    StateError,
    "pool is closed, 3 workers in a row could not start",
  );
  is(refused.code, "pool_closed");
  match((refused.cause as Error).message, text);
  const thrown = throws(() => pool.map(math.increment, [1]), StateError);
  instance(thrown.cause, Error);
  await pool.join();
}

test("an initializer that fails three times ends the pool with its error", async () => {
  const pool = new Pool({
    workers: 2,
    initializer: initialized.initializeFails,
  });
  await ends(pool, "initializer refused");
});

test("an initializer that is not exported ends the pool", async () => {
  const pool = new Pool({
    workers: 1,
    initializer:
      (initialized as unknown as Record<string, never>)["missing"] as never,
  });
  await ends(pool, "Cannot find task missing");
});

test("a preload module that is missing ends the pool", async () => {
  await ends(
    new Pool({ workers: 1, preload: [module("nowhere.js")] }),
    "nowhere.js",
  );
});

test("a preload module that throws ends the pool", async () => {
  const thrower = new URL("../../fixtures/modules/throws.ts", import.meta.url);
  await ends(
    new Pool({ workers: 1, preload: [thrower] }),
    "evaluated and thrown",
  );
});

test("a pool that could not boot after close() ends with the reason", async () => {
  const pool = new Pool({
    workers: 1,
    initializer: initialized.initializeFails,
  });
  const call = rejects(pool.apply(math.increment, [1]), WorkerLostError);
  pool.close();
  await call;
  await pool.join();
});

test("initArgs that do not travel are refused at once", () => {
  throws(
    () =>
      new Pool({
        initializer: initialized.initialize,
        initArgs: [() => 1],
      }),
    Error,
    "Cannot encode initArgs[0]: functions do not travel",
  );
});
