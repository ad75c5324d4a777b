/**
 * Declares tests. The only importer of uvu: it runs them one after another;
 * deadlines, thrown non-Errors, stray rejections and the tally are ours,
 * because uvu lets each of them pass (the first two with exit code 0).
 */
import process from "node:process";
import { asError, type Tally } from "./tally.ts";

/** How one test differs from the others. */
export interface TestOptions {
  /** The test fails after this long. Default 60 s, which is for hangs only. */
  deadlineMs?: number;
  /** A reason to skip, shown in the table; undefined or "" runs the test. */
  unless?: string | undefined;
}

type Body = () => unknown;

/** Declares one test of a suite. */
export interface Declare {
  (name: string, body: Body): void;
  (name: string, options: TestOptions, body: Body): void;
}

const DEADLINE_MS = 60_000;

// uvu looks at this when it is evaluated; a static import would be too early.
const uvuGlobal: {
  UVU_DEFER?: number;
  UVU_INDEX?: number;
  UVU_QUEUE?: unknown[][];
} = globalThis as object;
uvuGlobal.UVU_DEFER = 1;
const uvu = await import("uvu");
const queue: unknown[][] = uvuGlobal.UVU_QUEUE ??= [];

let file = "";
let tally: Tally | undefined;
let declared = 0;
const runs: (() => void)[] = [];
const strays: Error[] = [];

process.on("exit", () => {
  if (tally || runs.length === 0) return;
  console.error(
    "Cannot run a suite by itself: run tests/main.ts with its path",
  );
  process.exitCode = 1;
});

/** Declares a suite; the answer declares its tests. */
export function suite(name: string): Declare {
  const declare = uvu.suite(name);
  const names = new Set<string>();
  runs.push(() => declare.run());
  return (test: string, options: TestOptions | Body, body?: Body): void => {
    if (names.has(test)) {
      throw new Error(`Cannot declare "${test}" in "${name}" twice`);
    }
    names.add(test);
    declared++;
    const chosen = typeof options === "function" ? {} : options;
    const run = typeof options === "function" ? options : body as Body;
    declare(test, judge({ file, suite: name, name: test }, chosen, run));
  };
}

/** Evaluates one suite file; answers how many tests it declared. */
export async function load(path: string, url: URL): Promise<number> {
  file = path;
  declared = 0;
  uvuGlobal.UVU_INDEX = queue.push([path]) - 1;
  await within(DEADLINE_MS, () => import(url.href));
  for (const run of runs.splice(0)) run();
  return declared;
}

/** Runs everything that was loaded. */
export async function runAll(into: Tally): Promise<void> {
  tally = into;
  await uvu.exec();
}

/** Takes an error that no test awaited; the running test fails with it. */
export function stray(error: unknown): void {
  strays.push(asError(error));
}

function judge(
  test: { file: string; suite: string; name: string },
  options: TestOptions,
  body: Body,
): () => Promise<void> {
  return async () => {
    if (!tally) throw new Error("Cannot run tests before runAll()");
    if (options.unless) {
      const detail = options.unless;
      tally.add({ ...test, state: "skipped", ms: 0, detail });
      return;
    }
    tally.begin(test);
    const started = performance.now();
    const error = await outcome(options.deadlineMs ?? DEADLINE_MS, body);
    const ms = performance.now() - started;
    const detail = error ? error.stack ?? error.message : "";
    const state = error ? "failed" : "passed";
    tally.add({ ...test, state, ms, detail });
    if (error) throw error;
  };
}

async function outcome(
  deadlineMs: number,
  body: Body,
): Promise<Error | undefined> {
  let failure: Error | undefined;
  try {
    await within(deadlineMs, body);
  } catch (error) {
    failure = asError(error);
  }
  // Rejections nobody handles are announced after the microtasks: wait a turn.
  await new Promise((resume) => setTimeout(resume, 0));
  const loose = strays.splice(0);
  return failure ?? loose[0];
}

async function within(deadlineMs: number, body: Body): Promise<unknown> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise((_, fail) => {
    timer = setTimeout(() => {
      fail(new Error(`Not finished after ${deadlineMs} ms`));
    }, deadlineMs);
  });
  try {
    return await Promise.race([late, (async () => await body())()]);
  } finally {
    clearTimeout(timer);
  }
}

/** Errors that came after the last test. */
export function leftovers(): Error[] {
  return strays.splice(0);
}
