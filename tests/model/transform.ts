/**
 * The unchanged ring source as generators. Every function that reaches an
 * `Atomics` call becomes a generator, every such call a `yield` of the
 * operation, every call of such a function a `yield*`; plain accesses of
 * shared words go through two functions that watch for races. Constructors
 * cannot yield: what they do is one step.
 *
 * Names decide what reaches `Atomics`, so two methods of one name are treated
 * alike; whatever this cannot express is refused with its text.
 */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { toSteps } from "./editor.ts";

const RING = new URL("../../ring/", import.meta.url);

/** A change to one file of ring/ before it is transformed. */
export interface Edit {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** What the transformed source calls. */
export interface Hooks {
  /** Builds the operation that is yielded. */
  op: Record<string, (label: string, ...args: never[]) => unknown>;
  /** Performs an operation at once, for constructors. */
  now(op: unknown): unknown;
  get(words: Int32Array, index: number): number;
  put(words: Int32Array, index: number, value: number): number;
  SharedArrayBuffer: unknown;
  Promise: unknown;
}

/** Makes one set of ring classes on these hooks. */
export type Factory = (hooks: Hooks) => Record<string, unknown>;

/** Constants that are smaller in the model, as loom and Disruptor do it. */
export const SHRUNK: readonly Edit[] = [
  { file: "arena.ts", from: "const PAGE = 65_536;", to: "const PAGE = 256;" },
  { file: "arena.ts", from: "FIRST_ORDER = 4;", to: "FIRST_ORDER = 1;" },
  {
    file: "result_ring.ts",
    from: "const LARGEST = 16 * 1024 * 1024;",
    to: "const LARGEST = 256;",
  },
];

/** Why the model cannot run here, or "". */
export function unavailable(): string {
  const entry = fileURLToPath(new URL("mod.ts", RING));
  return existsSync(entry) ? "" : "the source of ring/ is not here";
}

/** Reads ring/, applies edits and answers the factory. */
export async function loadRing(edits: readonly Edit[] = []): Promise<Factory> {
  const all = [...SHRUNK, ...edits];
  const bundle = await build({
    entryPoints: [fileURLToPath(new URL("mod.ts", RING))],
    bundle: true,
    write: false,
    format: "esm",
    target: "esnext",
    plugins: [{
      name: "labels",
      setup(plugin) {
        plugin.onLoad({ filter: /\.ts$/ }, ({ path }) => {
          const file = path.replaceAll("\\", "/").split("/").at(-1) as string;
          const text = applied(readFileSync(path, "utf8"), file, all);
          return { contents: labelled(text), loader: "ts" };
        });
      },
    }],
  });
  const code = toSteps(bundle.outputFiles[0]?.text ?? "");
  return new Function("__hooks", code) as Factory;
}

/** The text of a file of ring/. */
export function sourceOf(file: string): string {
  return readFileSync(new URL(file, RING), "utf8");
}

/** A text with the edits of its file; each must match exactly once. */
export function applied(
  text: string,
  file: string,
  edits: readonly Edit[],
): string {
  for (const edit of edits) {
    if (edit.file !== file) continue;
    const parts = text.split(edit.from);
    if (parts.length !== 2) {
      throw new Error(
        `Cannot edit ${file}: found ${parts.length - 1} times: ${edit.from}`,
      );
    }
    text = parts.join(edit.to);
  }
  return text;
}

const OPENS = /\/\/\s+([A-Z]{1,2}\d+[a-z]?)\s/;

const PLAIN = /\/\/\s+[A-Z]{1,2}\d+[a-z]? plain: /;

/**
 * A text of ring/ in which every operation has its label as a first argument,
 * and every labelled plain store passes through `__label`: the label of the
 * nearest comment above, because comments do not survive the bundler.
 */
export function labelled(text: string): string {
  let label = "?";
  let before = "";
  return text.split("\n").map((line) => {
    const found = line.match(OPENS)?.[1];
    // Further sentences of one comment name the same place.
    if (found && !OPENS.test(before)) label = found;
    const stores = before.match(PLAIN) && !found;
    if (found || !/^\s*\/\//.test(line)) before = line;
    if (stores) {
      return line.replace(
        /\] = (.*);$/,
        (_, value) => `] = __label("${label}", ${value});`,
      );
    }
    return line.replace(
      /(?<!typeof )\bAtomics\.(\w+)\(/g,
      (_, name) => `Atomics.${name}("${label}", `,
    );
  }).join("\n");
}
