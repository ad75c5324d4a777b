/**
 * Builds build/, the tree a Node without TypeScript can test: the very files
 * of npm/, and beside them the tests and examples, compiled one by one.
 */
import { transform } from "esbuild";
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ROOT } from "./manifest.ts";

const OUT = fileURLToPath(new URL("build/", ROOT));
// Relative specifiers: of imports and of `new URL("./x.ts", import.meta.url)`.
const SPECIFIER = /(["'])(\.{1,2}\/[^"'\n]*)\.ts\1/g;

/** Builds build/ from npm/, which must be fresh. */
export async function buildTests(): Promise<void> {
  rmSync(OUT, { recursive: true, force: true });
  cpSync(new URL("npm/", ROOT), OUT, { recursive: true });
  // Suites may read pages and manifests of the tree they test.
  for (const path of files(["ring", "src", "workers"])) {
    if (path.endsWith(".md")) copy(path);
  }
  copy("deno.json");
  const jobs = files(["tests", "examples"]).map((path) =>
    path.endsWith(".ts") ? compile(path) : copy(path)
  );
  await Promise.all(jobs);
}

async function compile(path: string): Promise<void> {
  const source = readFileSync(new URL(path, ROOT), "utf8");
  const { code } = await transform(source, {
    loader: "ts",
    format: "esm",
    target: "node20",
    sourcefile: path,
  });
  const target = join(OUT, path.replace(/\.ts$/, ".js"));
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, code.replace(SPECIFIER, "$1$2.js$1"));
}

function copy(path: string): void {
  cpSync(new URL(path, ROOT), join(OUT, path));
}

function files(folders: string[]): string[] {
  return folders.flatMap((folder) => {
    const url = new URL(folder + "/", ROOT);
    return readdirSync(url, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => path.slice(fileURLToPath(ROOT).length));
  });
}
