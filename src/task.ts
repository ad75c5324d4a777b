/**
 * Naming a task: a worker cannot receive a closure, only where a function
 * lives. A task is a module and a name in it.
 */
import { toHref } from "./runtime/url.ts";

declare const signature: unique symbol;

/** Where a function with arguments `A` and result `R` lives. Made by {@link tasks}. */
export interface Task<A extends unknown[] = never, R = unknown> {
  /** The href of its module. */
  readonly url: string;
  /** Its name in that module. */
  readonly name: string;
  readonly [signature]?: (...args: A) => R;
}

declare const waits: unique symbol;

/** A task whose function answers a promise, which a compiled loop refuses. */
export interface AsyncTask<A extends unknown[] = never, R = unknown>
  extends Task<A, R> {
  readonly [waits]?: true;
}

/** What a function with arguments `A` and result `R` is as a task. */
export type TaskOf<A extends unknown[], R> = [R] extends [never]
  ? Task<A, never>
  // `any` is a promise and anything else.
  : 0 extends 1 & R ? Task<A, R>
  : [R] extends [PromiseLike<unknown>] ? AsyncTask<A, Awaited<R>>
  : Task<A, Awaited<R>>;

/** Anything a pool can call: a handle from {@link tasks}, or what {@link task} returned. */
export type Callable<A extends unknown[], R> =
  | Task<A, R>
  | ((...args: A) => R | PromiseLike<R>);

/** A {@link Callable} that answers at once. */
export type SyncCallable<A extends unknown[], R> =
  | (Task<A, R> & { readonly [waits]?: never })
  | ((...args: A) => R);

// deno-lint-ignore no-explicit-any
type AnyFunction = (...args: any[]) => unknown;

/** The functions of module `M` as tasks; what is not a function is not there. */
export type Tasks<M> = {
  readonly [
    K in keyof M as M[K] extends AnyFunction ? K : never
  ]: M[K] extends (...args: infer A) => infer R ? TaskOf<A, R> : never;
};

/** A function that is shipped as text, with a snapshot of what it uses. */
export interface InlineSource {
  readonly source: string;
  /** Encoded: an object of the values bound by name. */
  readonly captures: Uint8Array;
  /** Values in the captures that only structured clone carries. */
  readonly values: readonly unknown[];
  /** Shared buffers in the captures; the bytes name them by their place here. */
  readonly buffers: readonly unknown[];
  /** Module URLs by local name. */
  readonly imports: Readonly<Record<string, string>>;
}

class TaskHandle implements Task {
  readonly url: string;
  readonly name: string;
  readonly inline: InlineSource | undefined;

  constructor(url: string, name: string, inline?: InlineSource) {
    this.url = url;
    this.name = name;
    this.inline = inline;
  }
}

const functions = new Map<string, AnyFunction>();
const handles = new WeakMap<AnyFunction, TaskHandle>();

/**
 * Typed handles for the functions a module exports. The module is not
 * evaluated here; a name that it does not export fails the first call with
 * `TaskLookupError`.
 *
 *     const jobs = tasks<typeof import("./jobs.ts")>(new URL("./jobs.ts", import.meta.url));
 *     await pool.apply(jobs.square, [3]);
 *
 * @param url a URL, a URL string or an absolute path
 * @throws TypeError for a relative path
 */
export function tasks<M>(url: URL | string): Tasks<M> {
  const href = toHref(url);
  const known = new Map<string, TaskHandle>();
  return new Proxy(Object.create(null), {
    get(_target, name): TaskHandle | undefined {
      // Awaiting the handles, or printing them, must not invent tasks.
      if (typeof name !== "string" || name === "then") return undefined;
      let handle = known.get(name);
      if (handle === undefined) {
        handle = Object.freeze(new TaskHandle(href, name));
        known.set(name, handle);
      }
      return handle;
    },
  }) as Tasks<M>;
}

/**
 * Names a function in its own module, so that it need not be exported: the
 * module registers it when it is evaluated, here and in the worker. Returns the
 * same function.
 *
 *     const square = task(import.meta.url, function square(n: number) { return n * n; });
 *
 * @throws TypeError for something without a name, or not a function
 */
export function task<F extends AnyFunction>(url: URL | string, fn: F): F {
  if (typeof fn !== "function") {
    throw new TypeError(
      `Cannot name a task: expected a function, found ${typeof fn}`,
    );
  }
  if (fn.name === "") {
    throw new TypeError(
      "Cannot name a task: the function has no name, write task(import.meta.url, function double(n) { … })",
    );
  }
  const handle = Object.freeze(new TaskHandle(toHref(url), fn.name));
  functions.set(keyOf(handle), fn);
  handles.set(fn, handle);
  return fn;
}

/** The handle of a function that lives in a module, or as text in the handle. */
export function handleOf(
  url: string,
  name: string,
  inline?: InlineSource,
): Task {
  return Object.freeze(new TaskHandle(url, name, inline));
}

/** Where functions of WebAssembly modules live, instead of in a file. */
export const WASM = "wasm:";

/** Whether a task is one: its captures hold the module. */
export function isWasm({ url }: Pick<Task, "url">): boolean {
  return url === WASM;
}

/** The text of a task made by `inline`. */
export function inlineOf(task: Task): InlineSource | undefined {
  return (task as TaskHandle).inline;
}

/** The function that its module registered under this name, if it did. */
export function registered(task: Task): AnyFunction | undefined {
  return functions.get(keyOf(task));
}

/**
 * The handle of anything callable.
 *
 * @throws TypeError for a bare function, with the two lines to write instead
 */
export function toTask(callable: unknown, action: string): Task {
  if (callable instanceof TaskHandle) return callable;
  if (typeof callable === "function") {
    const handle = handles.get(callable as AnyFunction);
    if (handle !== undefined) return handle;
    const name = callable.name || "job";
    throw new TypeError(
      `Cannot ${action} a bare function: a worker needs to know where ${name} lives. Put it in a module and write\n` +
        `    const jobs = tasks<typeof import("./jobs.ts")>(new URL("./jobs.ts", import.meta.url));\n` +
        `    await pool.apply(jobs.${name}, args);\n` +
        `or name it where it stands with task(import.meta.url, function ${name}(…) {…}), or ship its text with inline(${name})`,
    );
  }
  throw new TypeError(
    `Cannot ${action} a task: expected a handle from tasks() or inline() or a function from task(), found ${
      describe(callable)
    }`,
  );
}

function keyOf(task: { url: string; name: string }): string {
  return `${task.url}#${task.name}`;
}

function describe(value: unknown): string {
  if (value === null) return "null";
  return typeof value === "object"
    ? Object.prototype.toString.call(value).slice(8, -1)
    : typeof value;
}
