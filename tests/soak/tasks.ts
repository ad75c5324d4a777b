/** What the soak runs: each task counts itself, then does as its fate says. */
import { appendFileSync } from "node:fs";
import process from "node:process";
import { taskContext, tasks } from "../../mod.ts";

/** Attempts that are counted apart; a call has no more. */
export const ATTEMPTS = 4;

/** Where tasks count: in shared memory, or in a file that only grows. */
export type Counter = Int32Array | string;

/** What becomes of a task. */
export type Fate =
  | "answers"
  | "waits"
  | "computes"
  | "throws"
  | "exits"
  | "crashes"
  | "waits and exits"
  | "heeds"
  | "ignores"
  | "spins"
  | "nests";

/** What a task answers. */
export interface Answer {
  readonly id: number;
  readonly pid: number;
  readonly load: Uint8Array;
}

const own = tasks<typeof import("./tasks.ts")>(new URL(import.meta.url));

/** One task. `load` comes back as it is. */
export async function meets(
  counter: Counter,
  id: number,
  fate: Fate,
  load: Uint8Array,
): Promise<Answer> {
  const { attempt, signal, pool } = taskContext();
  count(counter, id * ATTEMPTS + attempt - 1);
  const ms = id % 7;
  switch (fate) {
    case "waits":
      await pause(ms);
      break;
    case "computes":
      for (const end = performance.now() + ms; performance.now() < end;);
      break;
    case "throws":
      throw new RangeError(`fate of ${id}`);
    case "exits":
      process.exit(id % 5);
      break;
    case "crashes":
      await crash(typeof counter === "string");
      break;
    case "waits and exits":
      await pause(ms);
      process.exit(3);
      break;
    case "heeds":
      if (!signal.aborted) {
        await new Promise((resolve) =>
          signal.addEventListener("abort", resolve)
        );
      }
      break;
    case "ignores":
      await new Promise(() => {});
      break;
    case "spins":
      for (;;);
    case "nests": {
      // The next id is never that of another call.
      const nested = await pool.apply(own.meets, [
        counter,
        id + 1,
        "waits",
        load,
      ]);
      return { ...nested, id };
    }
  }
  return { id, pid: process.pid, load };
}

function count(counter: Counter, key: number): void {
  if (typeof counter === "string") appendFileSync(counter, `${key}\n`);
  else Atomics.add(counter, key, 1);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

// A thread cannot be killed from inside: an error that nobody catches ends it.
function crash(apart: boolean): Promise<never> {
  if (apart) process.kill(process.pid, "SIGKILL");
  else {
    queueMicrotask(() => {
      throw new Error("outside any task");
    });
  }
  return new Promise(() => {});
}
