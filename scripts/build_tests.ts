/**
 * Builds build/, the tree a Node without TypeScript can test: lib/ is that of
 * npm/, and what tests and examples get where they import `mod.ts` and
 * `ring/mod.ts`. They are compiled one by one, and so is the source, for
 * suites that look inside.
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
import { run } from "./build_npm.ts";
import { ROOT } from "./manifest.ts";
import { installed } from "./runtimes.ts";

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
  // The compiler keeps comments, which tests/deaths/ reads.
  run(installed("tsc"), [
    ...["-p", "scripts/npm.tsconfig.json", "--outDir", OUT],
    ...["--emitDeclarationOnly", "false"],
  ]);
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
  const up = "../".repeat(path.split("/").length - 1);
  writeFileSync(
    target,
    code
      .replaceAll(`"${up}mod.ts"`, `"${up}lib/mod.js"`)
      .replaceAll(`"${up}ring/mod.ts"`, `"${up}lib/ring.js"`)
      .replace(SPECIFIER, "$1$2.js$1"),
  );
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
