/** Naming tasks. */
import { Pool, task, tasks } from "../../mod.ts";
import { is, ok, throws } from "../support/assert.ts";
import { handle } from "../fixtures/modules/one_file.ts";
import { suite } from "../support/suite.ts";
import { fileURLToPath } from "node:url";

const test = suite("tasks and task");
const url = new URL("../fixtures/arithmetic.ts", import.meta.url);

test("tasks() takes a URL, its text, or an absolute path", async () => {
  await using pool = new Pool({ workers: 1 });
  for (const form of [url, url.href, fileURLToPath(url)]) {
    const jobs = tasks<typeof import("../fixtures/arithmetic.ts")>(form);
    is(jobs.increment.url, url.href);
    is(jobs.increment.name, "increment");
    is(await pool.apply(jobs.increment, [1]), 2);
  }
});

test("a handle is the same at every look, frozen, and no promise", async () => {
  const jobs = tasks<typeof import("../fixtures/arithmetic.ts")>(url);
  is(jobs.increment, jobs.increment);
  ok(Object.isFrozen(jobs.increment));
  is(await jobs, jobs);
});

test("tasks() does not evaluate the module", () => {
  tasks(new URL("../fixtures/modules/throws.ts", import.meta.url));
  tasks("file:///nowhere/at/all.ts");
});

test("task() gives the function back, and its name finds it in a worker", async () => {
  is(handle(2), 6);
  await using pool = new Pool({ workers: 2 });
  is(await pool.apply(handle, [5]), 15);
  const results = await pool.map(handle, [1, 2, 3]);
  is(results.join(), "3,6,9");
});

test("task() refuses what is no module", () => {
  throws(
    () => task("here", function named() {}),
    TypeError,
    'expected a URL, found "here"',
  );
});
