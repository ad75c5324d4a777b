/** Tasks that do not resolve to a function, and how often modules load. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Pool, type Task, TaskLookupError, tasks } from "../../mod.ts";
import { equal, instance, is, match, rejects } from "../support/assert.ts";
import { suite } from "../support/suite.ts";

const test = suite("loader");
type Job = Task<[], unknown>;
const jobs = (url: URL | string) =>
  tasks(url) as unknown as Record<string, Job>;
const failing = new URL("../fixtures/failing.ts", import.meta.url);
const math = tasks<typeof import("../fixtures/arithmetic.ts")>(
  new URL("../fixtures/arithmetic.ts", import.meta.url),
);

async function fails(
  url: URL | string,
  name: string,
): Promise<TaskLookupError> {
  await using pool = new Pool({ workers: 1 });
  const task = jobs(url)[name] as Job;
  const error = await rejects(pool.apply(task), TaskLookupError);
  is(error.task, `${new URL(url).href}#${name}`);
  // Remembered: the next call fails the same way, and the worker lives.
  const again = await rejects(pool.apply(task), TaskLookupError);
  equal([again.code, again.message], [error.code, error.message]);
  const mapped = await rejects(
    pool.map(task as never, [1, 2]),
    TaskLookupError,
  );
  is(mapped.message, error.message);
  is(await pool.apply(math.increment, [1]), 2);
  return error;
}

test("a module that is missing is module_missing", async () => {
  const url = new URL("../fixtures/not_there.ts", import.meta.url);
  const error = await fails(url, "job");
  equal([error.code, error.exports.length], ["module_missing", 0]);
  is(error.message, `Cannot load task job: there is no module ${url.href}`);
});

test("a module that imports a missing one is module_failed", async () => {
  const error = await fails(
    new URL("../fixtures/modules/imports_missing.ts", import.meta.url),
    "job",
  );
  is(error.code, "module_failed");
  match(error.message, "not_there_at_all");
});

test("a module that throws is module_failed, with what it threw", async () => {
  const error = await fails(
    new URL("../fixtures/modules/throws.ts", import.meta.url),
    "job",
  );
  is(error.code, "module_failed");
  match(error.message, "failed with evaluated and thrown");
  instance(error.cause, RangeError);
});

test("a module with a syntax error is module_failed", async () => {
  const folder = mkdtempSync(join(tmpdir(), "whorl-"));
  try {
    const path = join(folder, "broken.mjs");
    writeFileSync(path, "export const job = (: => ;\n");
    const error = await fails(new URL(`file://${path}`), "job");
    is(error.code, "module_failed");
    match(error.message, "broken.mjs failed with");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a name that is not exported is export_missing, and the exports are listed", async () => {
  const error = await fails(failing, "throwRange");
  is(error.code, "export_missing");
  match(error.message, "Cannot find task throwRange");
  for (const name of ["throwsRange", "generates", "notAFunction"]) {
    match(error.message, name);
    is(error.exports.includes(name), true);
  }
  const bare = await fails(
    new URL("../fixtures/modules/exports_nothing.ts", import.meta.url),
    "job",
  );
  match(bare.message, "exports nothing");
});

for (
  const [name, found] of Object.entries({
    notAFunction: "a value of type number",
    generates: "an async generator",
    generatesSync: "a generator",
    NotATask: "a class",
  })
) {
  test(`an export that is ${found} is not_a_function`, async () => {
    const error = await fails(failing, name);
    is(error.code, "not_a_function");
    match(error.message, `Cannot call task ${name}`);
    match(error.message, `exports ${found} of that name`);
  });
}

test("a name of Object.prototype is export_missing", async () => {
  const error = await fails(failing, "toString");
  is(error.code, "export_missing");
});

test("a module that never settles rejects, and others run meanwhile", async () => {
  await using pool = new Pool({ workers: 1, importTimeout: 1500 });
  const stalls = jobs(
    new URL("../fixtures/modules/stalls.ts", import.meta.url),
  )["job"] as Job;
  const order: string[] = [];
  const stalled = rejects(pool.apply(stalls), TaskLookupError).then((error) => {
    order.push("stalled");
    return error;
  });
  const other = pool.apply(math.increment, [1]).then(() => order.push("other"));
  const error = await stalled;
  await other;
  equal(order, ["other", "stalled"]);
  is(error.code, "module_stalled");
  match(error.message, "was not evaluated within 1500 ms");
  is(await pool.apply(math.increment, [1]), 2);
});

test("a module is evaluated once per worker, also when two tasks ask at once", async () => {
  await using pool = new Pool({ workers: 1 });
  const counted = tasks<typeof import("../fixtures/modules/counted.ts")>(
    new URL("../fixtures/modules/counted.ts", import.meta.url),
  );
  const found = await Promise.all([
    pool.apply(counted.one),
    pool.apply(counted.two),
    pool.apply(counted.one),
  ]);
  equal(found, [1, 1, 1]);
  is(await pool.apply(counted.two), 1);
});
