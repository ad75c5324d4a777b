/** The first programs a reader sees print what the README says. */
import { is } from "../support/assert.ts";
import { spawnProgram } from "../support/spawn.ts";
import { suite } from "../support/suite.ts";

const test = suite("examples/first");

test("first.ts prints a greeting and ten squares", async () => {
  const run = await spawnProgram(
    new URL("../../examples/first.ts", import.meta.url),
  );
  is(run.code, 0, run.stderr);
  // Runtimes break the lines of an array in different places.
  is(
    run.stdout.replace(/\s+/g, " ").trim(),
    "Hello, whorl [ 1, 4, 9, 16, 25, 36, 49, 64, 81, 100 ]",
  );
});

test("one_file.ts prints its factorials once, from the main thread", async () => {
  const run = await spawnProgram(
    new URL("../../examples/one_file.ts", import.meta.url),
  );
  is(run.code, 0, run.stderr);
  is(
    run.stdout,
    "120\n3628800\n2432902008176640000\n15511210043330985984000000\n",
  );
});

test("nested.ts sums with one worker that holds one task", async () => {
  const run = await spawnProgram(
    new URL("../../examples/nested.ts", import.meta.url),
  );
  is(run.code, 0, run.stderr);
  is(run.stdout, "1249975000\n");
});

test("inline.ts prints two prices", async () => {
  const run = await spawnProgram(
    new URL("../../examples/inline.ts", import.meta.url),
  );
  is(run.code, 0, run.stderr);
  is(run.stdout.replace(/\s+/g, " ").trim(), "[ 3, 2 ]");
});

test("hooks.ts converts, reports the error where it happened, and leaves", async () => {
  const run = await spawnProgram(
    new URL("../../examples/hooks.ts", import.meta.url),
  );
  is(run.code, 0, run.stderr);
  // Two threads print: the order of their lines is anybody's.
  is(
    run.stdout.trim().split("\n").sort().join("\n"),
    [
      "10",
      "25",
      "RangeError: no debts, found -1",
      "in the worker: leaving",
      "in the worker: no debts, found -1",
    ].join("\n"),
  );
});

test("keyed.ts counts the visits of each name", async () => {
  const run = await spawnProgram(
    new URL("../../examples/keyed.ts", import.meta.url),
  );
  is(run.code, 0, run.stderr);
  is(run.stdout.replace(/\s+/g, " ").trim(), "[ 1, 1, 2, 1, 3, 2 ]");
});

test("isolation.ts loses a worker and goes on", async () => {
  const run = await spawnProgram(
    new URL("../../examples/isolation.ts", import.meta.url),
  );
  is(run.code, 0, run.stderr);
  is(run.stdout, "-9 true\n3\n");
});

test("stats.ts ends with everything done", async () => {
  const run = await spawnProgram(
    new URL("../../examples/stats.ts", import.meta.url),
  );
  is(run.code, 0, run.stderr);
  const [done, running, queued] = /^(\d+) done, (\d+) running, (\d+) queued/
    .exec(run.stdout.trim().split("\n").at(-1) ?? "")?.slice(1) ?? [];
  is([done, running, queued].join(), "2000,0,0", run.stdout);
});

test("progress.ts prints its results alone where there is no terminal", async () => {
  const run = await spawnProgram(
    new URL("../../examples/progress.ts", import.meta.url),
  );
  is(run.code, 0, run.stderr);
  is(run.stdout, "3.141593 999998000001\n");
  is(run.stderr, "");
});

test("memory.ts sorts an array that it hands over, with the digits of every runtime", async () => {
  const run = await spawnProgram(
    new URL("../../examples/memory.ts", import.meta.url),
  );
  is(run.code, 0, run.stderr);
  is(
    run.stdout,
    "0 100000\n-4.679374927189332 -0.0026718945302212737 4.22617517235606\n",
  );
});
