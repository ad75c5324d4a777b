/**
 * Which way workers are made: by name, and by default. The default is one for
 * the whole program, as in the seed, and is looked at when something is made.
 */
import { UnsupportedError } from "../errors.ts";
import { runtime } from "../runtime/mod.ts";
import type { Context } from "./context.ts";
import { processContext } from "./process.ts";
import { threadContext } from "./thread.ts";

/** A way to make workers; "spawn" is what aiomultiprocess calls "process". */
export type StartMethod = "thread" | "process" | "spawn";

const CONTEXTS = new Map<string, Context>([
  ["thread", threadContext],
  ["process", processContext],
]);
/** Other names of the same. */
const ALIASES = new Map<string, string>([["spawn", "process"]]);
/** What Python has, and why it cannot be here. */
const IMPOSSIBLE = new Set(["fork", "forkserver"]);

let standard: Context = threadContext;

/**
 * Sets the way in which pools and processes make their workers if they are not
 * told. Only what is made later is affected.
 *
 * @param method "thread", "process" or its other name "spawn"; null for "thread", which it is at first
 * @throws UnsupportedError for "fork" and "forkserver", RangeError for another
 * name and TypeError for what is no name
 */
export function setStartMethod(method: StartMethod | null = null): void {
  standard = method === null
    ? threadContext
    : find(method, "set the start method");
}

/**
 * The context of a start method, or the one that {@link setStartMethod} chose.
 *
 * @throws as `setStartMethod`
 */
export function getContext(method?: StartMethod): Context {
  return chooseContext(method, "get a context");
}

/** As {@link getContext}, with errors that say what could not be done. */
export function chooseContext(method: unknown, action: string): Context {
  return method === undefined ? standard : find(method, action);
}

function find(method: unknown, action: string): Context {
  const kind = method === null ? "null" : typeof method;
  const name = ALIASES.get(method as string) ?? method as string;
  const context = CONTEXTS.get(name);
  if (context !== undefined) return context;
  if (IMPOSSIBLE.has(name)) {
    throw new UnsupportedError(
      "start_method",
      `Cannot ${action}: there is no "${name}" in JavaScript, a forked copy of a runtime has its heap but not the threads that serve it, use ${listed()}`,
      { runtime: runtime.name },
    );
  }
  const Wrong = kind === "string" ? RangeError : TypeError;
  throw new Wrong(
    `Cannot ${action}: startMethod must be ${listed()}, found ${
      kind === "string" ? JSON.stringify(method) : kind
    }`,
  );
}

function listed(): string {
  return [...CONTEXTS.keys()].map((name) => JSON.stringify(name)).join(" or ");
}
