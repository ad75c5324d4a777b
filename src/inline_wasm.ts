/**
 * Functions of WebAssembly modules as tasks: compiled once, here; each worker
 * makes an instance of its own, and all of them share the memory.
 */
import { encodedCaptures } from "./inline.ts";
import { toHref } from "./runtime/mod.ts";
import { handleOf, type Task, WASM } from "./task.ts";

/** What the instances of a module import. */
export interface WasmOptions {
  /** The memory that the module imports, made with `shared: true`; wherever it imports one. */
  readonly memory?: WebAssembly.Memory;
  /** Modules whose exports it imports, by the names it knows them by. Workers evaluate them. */
  readonly imports?: Readonly<Record<string, URL | string>>;
}

/** What a kernel in WebAssembly is, unless its caller says better. */
type Numbers = [from: number, to: number, ...args: number[]];

/**
 * A function that a WebAssembly module exports, for loops, reductions, maps and
 * calls. Make it once and call it often: every handle has one instance in each
 * worker, which the workers keep.
 *
 *     const module = await WebAssembly.compile(bytes);
 *     await pool.parallelFor(wasm(module, "blur", { memory }), rows, [input, output]);
 *
 * All workers share the memory, and with it a stack that a compiler may have
 * put there: compile kernels so that they need none, or have one per thread.
 *
 * @throws TypeError for what is no compiled module, for a function it does not
 * export, for memory that is not shared, and for imports that are not there
 */
export function wasm<A extends unknown[] = Numbers, R = number>(
  module: WebAssembly.Module,
  name: string,
  options: WasmOptions = {},
): Task<A, R> {
  assertExport(module, name);
  const { memory, imports = {} } = checked(options);
  assertImports(module, memory, Object.keys(imports));
  const urls = Object.entries(imports).map(([each, url]) =>
    [each, toHref(url)] as const
  );
  return handleOf(WASM, name, {
    source: "",
    ...encodedCaptures(memory === undefined ? { module } : { module, memory }),
    imports: Object.fromEntries(urls),
  }) as Task<A, R>;
}

function refusal(found: string): TypeError {
  return new TypeError(
    `Cannot make a task of a WebAssembly function: ${found}`,
  );
}

function assertExport(module: unknown, name: string): void {
  if (!(module instanceof WebAssembly.Module)) {
    throw refusal(
      `expected a compiled module, found ${
        shown(module)
      }, write await WebAssembly.compile(bytes)`,
    );
  }
  const functions = WebAssembly.Module.exports(module)
    .filter(({ kind }) => kind === "function").map(({ name }) => name);
  if (functions.includes(name)) return;
  throw refusal(
    `the module exports no function ${name}, its functions are ${
      functions.join(", ") || "none"
    }`,
  );
}

function checked(options: WasmOptions): WasmOptions {
  for (
    const [what, value] of [["options", options], [
      "imports",
      options?.imports ?? {},
    ]]
  ) {
    if (typeof value === "object" && value !== null) continue;
    throw refusal(`${what} must be an object, found ${shown(value)}`);
  }
  const strange = Object.keys(options).find((name) =>
    name !== "memory" && name !== "imports"
  );
  if (strange !== undefined) {
    throw refusal(
      `there is no option ${strange}, there are memory and imports`,
    );
  }
  const { memory } = options;
  if (memory === undefined) return options;
  if (!(memory instanceof WebAssembly.Memory)) {
    throw refusal(
      `memory must be a WebAssembly.Memory, found ${shown(memory)}`,
    );
  }
  if (memory.buffer instanceof ArrayBuffer) {
    throw refusal("memory must be shared, make it with shared: true");
  }
  return options;
}

function assertImports(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory | undefined,
  names: readonly string[],
): void {
  const wanted = WebAssembly.Module.imports(module);
  const lacks = wanted.find(({ module: from, kind }) =>
    kind === "memory" ? memory === undefined : !names.includes(from)
  );
  if (lacks !== undefined) {
    throw refusal(
      `the module imports the ${lacks.kind} ${lacks.module}.${lacks.name}, give ${
        lacks.kind === "memory" ? "memory" : `imports: { ${lacks.module}: url }`
      }`,
    );
  }
  if (memory !== undefined && wanted.every(({ kind }) => kind !== "memory")) {
    throw refusal("the module imports no memory, compile it so that it does");
  }
}

function shown(value: unknown): string {
  if (value === null) return "null";
  return typeof value === "object"
    ? Object.prototype.toString.call(value).slice(8, -1)
    : typeof value;
}
