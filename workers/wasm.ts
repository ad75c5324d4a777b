/** From a compiled WebAssembly module to one of its functions, in this worker. */
import { TaskLookupError } from "../src/errors.ts";
import type { TaskRecord } from "../src/mail.ts";

/**
 * The function of a task made by `wasm`, in an instance of its own.
 *
 * @throws TaskLookupError (as a rejection) when the module cannot be instantiated
 */
export async function instantiate(
  task: TaskRecord,
  { module, memory }: Record<string, unknown>,
  modules: Record<string, Record<string, unknown>>,
): Promise<(...args: unknown[]) => unknown> {
  const compiled = module as WebAssembly.Module;
  const imports: Record<string, Record<string, unknown>> = {};
  for (const wanted of WebAssembly.Module.imports(compiled)) {
    const { module: from, name, kind } = wanted;
    const value = kind === "memory" ? memory : modules[from]?.[name];
    (imports[from] ??= {})[name] = value;
  }
  try {
    const instance = await WebAssembly.instantiate(
      compiled,
      imports as WebAssembly.Imports,
    );
    return instance.exports[task.name] as (
      ...args: unknown[]
    ) => unknown;
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause);
    throw new TaskLookupError(
      "module_failed",
      `Cannot load WebAssembly task ${task.name}: instantiating its module failed with ${text}`,
      { task: `${task.url}#${task.name}`, cause },
    );
  }
}
