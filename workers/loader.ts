/**
 * From a task to its function: imports the module once, looks the name up
 * among registered functions and exports, and says exactly what is wrong. A
 * failure is remembered, so that the next call fails at once.
 */
import { TaskLookupError } from "../src/errors.ts";
import type { InlineRecord, TaskRecord } from "../src/mail.ts";
import { after } from "../src/runtime/mod.ts";
import { registered, type Task } from "../src/task.ts";
import {
  compileInline,
  type SharedMemory,
  type TaskFunction,
} from "./inline.ts";

export type { TaskFunction };

/** Loads modules and finds functions in them. */
export class Loader {
  readonly #timeoutMs: number;
  readonly #shares: SharedMemory | null;
  readonly #inlined = new WeakMap<InlineRecord, Promise<TaskFunction>>();
  readonly #modules = new Map<string, Promise<Record<string, unknown>>>();

  /**
   * `timeoutMs`: how long a module may take to evaluate. `shares`: where the
   * shared buffers are that an inline task captured.
   */
  constructor(timeoutMs: number, shares: SharedMemory | null = null) {
    this.#timeoutMs = timeoutMs;
    this.#shares = shares;
  }

  /**
   * The function of a task.
   *
   * @throws TaskLookupError (as a rejection) when there is none
   */
  async load(task: TaskRecord): Promise<TaskFunction> {
    if (task.inline !== undefined) {
      return await this.#compile(task, task.inline);
    }
    const named = `${task.url}#${task.name}`;
    const module = await this.import(task);
    const found = registered(task) ?? module[task.name];
    const exports = Object.keys(module);
    if (found === undefined && !(task.name in module)) {
      throw new TaskLookupError(
        "export_missing",
        `Cannot find task ${task.name}: ${task.url} exports ${
          exports.length === 0 ? "nothing" : exports.join(", ")
        }`,
        { task: named, exports },
      );
    }
    const kind = kindOf(found);
    if (kind !== "function") {
      throw new TaskLookupError(
        "not_a_function",
        `Cannot call task ${task.name}: ${task.url} exports ${kind} of that name, export a function that returns a value or a promise`,
        { task: named, exports },
      );
    }
    return found as TaskFunction;
  }

  // Once per worker, as modules are: what a function keeps in its captures it
  // finds again in the next call.
  #compile(task: TaskRecord, inline: InlineRecord): Promise<TaskFunction> {
    let compiled = this.#inlined.get(inline);
    if (compiled === undefined) {
      const load = (url: string) => this.import({ url, name: task.name });
      compiled = compileInline(task, inline, this.#shares, load);
      this.#inlined.set(inline, compiled);
    }
    return compiled;
  }

  /** Evaluates the module of a task, once; also what preload does. */
  import(task: Task): Promise<Record<string, unknown>> {
    let module = this.#modules.get(task.url);
    if (module === undefined) {
      module = this.#evaluate(task);
      this.#modules.set(task.url, module);
    }
    return module;
  }

  #evaluate(task: Task): Promise<Record<string, unknown>> {
    const named = `${task.url}#${task.name}`;
    return new Promise((resolve, reject) => {
      // A module may wait at top level for something that never comes.
      const cancel = after(this.#timeoutMs, () => {
        reject(
          new TaskLookupError(
            "module_stalled",
            `Cannot load task ${task.name}: ${task.url} was not evaluated within ${this.#timeoutMs} ms, look for a top-level await that never settles or raise importTimeout`,
            { task: named },
          ),
        );
      });
      import(task.url).then((module) => {
        cancel();
        resolve(module);
      }, (cause) => {
        cancel();
        reject(failed(task, named, cause));
      });
    });
  }
}

function failed(task: Task, named: string, cause: unknown): TaskLookupError {
  const text = cause instanceof Error ? cause.message : String(cause);
  const missing = (cause as { code?: unknown } | null)?.code ===
      "ERR_MODULE_NOT_FOUND" && placeOf(quoted(text)) === placeOf(task.url);
  return new TaskLookupError(
    missing ? "module_missing" : "module_failed",
    missing
      ? `Cannot load task ${task.name}: there is no module ${task.url}`
      : `Cannot load task ${task.name}: evaluating ${task.url} failed with ${text}`,
    { task: named, cause },
  );
}

// Runtimes give the same code to a module whose import is missing, Deno even
// to a syntax error; but all of them quote first what they did not find.
function quoted(text: string): string {
  return /^[^\n]*?(["'])(.+?)\1/.exec(text)?.[2] ?? "";
}

/** A path or a URL in a form that can be compared. */
function placeOf(module: string): string {
  const path = module.replace(/^file:\/\//, "").replace(/[?#].*$/, "")
    .replaceAll("\\", "/").replace(/^\/+/, "");
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

// Generators are called without running, so their result could never travel;
// a class cannot be called at all. Said before any work is done.
function kindOf(value: unknown): string {
  if (typeof value !== "function") {
    return value === null ? "null" : `a value of type ${typeof value}`;
  }
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  if (kind === "AsyncGeneratorFunction") return "an async generator";
  if (kind === "GeneratorFunction") return "a generator";
  if (/^class\b/.test(Function.prototype.toString.call(value))) {
    return "a class";
  }
  return "function";
}
