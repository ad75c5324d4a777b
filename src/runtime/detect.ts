/**
 * Which runtime this is, found out once. The facts that differ between
 * runtimes stand here as data, so that no other file asks for a name.
 */
import { availableParallelism } from "node:os";
import { isMainThread as isMain } from "node:worker_threads";

/** The runtimes this library is tested on. */
export type RuntimeName = "node" | "bun" | "deno";

/** What the rest of the library may know about the runtime. */
export interface Runtime {
  readonly name: RuntimeName;
  readonly version: string;
  /**
   * Whether an empty event loop is reported to a worker thread (`beforeExit`)
   * and a thread blocked there can still be terminated. Where not, idle
   * workers sleep in `Atomics.waitAsync` and hold their loop open.
   */
  readonly blocksWhenDrained: boolean;
  /** Whether the global `Worker` tells of its end and can be unreferenced. */
  readonly webThreads: boolean;
  /** Whether a thread can neither change what all share in `process` nor read the program's input. */
  readonly confinesThreads: boolean;
  /** Whether `exit` after `terminate()` means that the thread runs no more. */
  readonly exitIsCertain: boolean;
  /** Whether the event loop of a thread turns once more after `process.exit`, where a second one never returns. */
  readonly turnsAfterExit: boolean;
  /** Whether a thread that meets its heap limit in a microtask goes on without it. */
  readonly outlivesHeapLimit: boolean;
  /** Heap limits every worker gets, without which one task's heap exhaustion ends the process. */
  readonly resourceLimits: { maxOldGenerationSizeMb: number } | undefined;
}

interface Versions {
  readonly Deno?: { version: { deno: string } };
  readonly Bun?: { version: string };
}

function detect(): Runtime {
  const { Deno, Bun } = globalThis as Versions;
  if (Deno !== undefined) {
    return {
      name: "deno",
      version: Deno.version.deno,
      blocksWhenDrained: false,
      webThreads: false,
      confinesThreads: false,
      exitIsCertain: false,
      turnsAfterExit: true,
      outlivesHeapLimit: true,
      resourceLimits: { maxOldGenerationSizeMb: 4096 },
    };
  }
  return {
    name: Bun === undefined ? "node" : "bun",
    version: Bun === undefined ? process.versions.node : Bun.version,
    blocksWhenDrained: true,
    webThreads: Bun !== undefined,
    confinesThreads: Bun === undefined,
    exitIsCertain: true,
    turnsAfterExit: false,
    outlivesHeapLimit: false,
    resourceLimits: undefined,
  };
}

/** The runtime this program runs on. */
export const runtime: Runtime = detect();

/** The first argument of a process that a pool started; arguments, unlike variables, are not inherited. */
export const CHILD_MARK = "--whorl-child";

/** True outside workers, threads and processes alike, on every runtime. Guards a one-file program. */
export const isMainThread: boolean = isMain &&
  process.argv[2] !== CHILD_MARK;

/** Cores the runtime reports as usable, at least 1. */
export function cores(): number {
  return Math.max(1, availableParallelism());
}
