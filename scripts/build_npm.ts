/**
 * Builds npm/, the published package: lib/ has the entries and the chunks they
 * share, types/ one .d.ts per source file. A worker that loads few modules
 * starts in half the time. Then uses it as a stranger would, with Node and
 * with the compiler.
 */
import { buildSync } from "esbuild";
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { manifestBreaches, readManifest, ROOT } from "./manifest.ts";
import { installed, systemNode } from "./runtimes.ts";

const OUT = fileURLToPath(new URL("npm/", ROOT));
const TEXTS = ["README.md", "LICENSE", "CHANGELOG.md"];
/**
 * The modules that are named by a URL or by the user. All land in one folder:
 * each names the others as `./x.js`, from whichever chunk it comes to be in.
 * Those of a group share chunks, hence what they know of a worker; each group
 * more would cut these into more files.
 */
const ENTRIES: readonly Record<string, string>[] = [
  {
    mod: "mod.ts",
    thread_entry: "workers/thread_entry.ts",
    process_entry: "workers/process_entry.ts",
  },
  { ring: "ring/mod.ts" },
  { kernels: "src/numeric/kernels.ts" },
  { guard_entry: "workers/guard_entry.ts" },
];

/** Builds and proves npm/. */
export function buildNpm(): void {
  const breaches = manifestBreaches();
  if (breaches.length > 0) {
    throw new Error(`The manifests differ:\n${breaches.join("\n")}`);
  }
  rmSync(OUT, { recursive: true, force: true });
  mkdirSync(OUT);
  run(installed("tsc"), ["-p", "scripts/npm.tsconfig.json"]);
  bundle();
  writeFileSync(join(OUT, "package.json"), packageText());
  for (const name of TEXTS) {
    const from = new URL(name, ROOT);
    if (existsSync(from)) copyFileSync(from, join(OUT, name));
  }
  tryAsStranger();
}

function bundle(): void {
  for (const entryPoints of ENTRIES) {
    buildSync({
      absWorkingDir: fileURLToPath(ROOT),
      entryPoints,
      outdir: join(OUT, "lib"),
      chunkNames: "chunk_[hash]",
      bundle: true,
      splitting: true,
      format: "esm",
      platform: "node",
      target: "node20",
      packages: "external",
      logLevel: "warning",
    });
  }
}

function packageText(): string {
  const manifest = readManifest("package.json");
  const exports = Object.entries(manifest.exports).map(([name, source]) => {
    const path = source.replace(/^\.\//, "");
    const entry = ENTRIES.flatMap(Object.entries<string>)
      .find(([, from]) => from === path);
    if (entry === undefined) throw new Error(`${path} is no entry of npm/lib`);
    const types = `./types/${path.replace(/\.ts$/, ".d.ts")}`;
    return [name, { types, default: `./lib/${entry[0]}.js` }];
  });
  const published = {
    name: manifest.name,
    version: readManifest("deno.json").version,
    description: manifest.description,
    license: manifest.license,
    type: "module",
    exports: {
      ...Object.fromEntries(exports),
      "./package.json": "./package.json",
    },
    files: ["lib/", "types/", ...TEXTS],
    sideEffects: ["./lib/*_entry.js"],
    engines: manifest.engines,
    dependencies: manifest.dependencies,
  };
  return JSON.stringify(published, null, 2) + "\n";
}

/** Installs npm/ into an empty project, imports it and type-checks it. */
function tryAsStranger(): void {
  const names = Object.keys(readManifest("package.json").exports)
    .map((key) => key.replace(/^\./, "whorl"));
  const project = mkdtempSync(join(tmpdir(), "whorl-npm-"));
  try {
    mkdirSync(join(project, "node_modules"));
    symlinkSync(OUT, join(project, "node_modules", "whorl"), "junction");
    const lines = names.map((name, i) => `import * as m${i} from "${name}";`);
    const uses = names.map((name, i) =>
      `if (Object.keys(m${i}).length === 0) throw new Error("${name} is empty");`
    );
    const program = [...lines, ...uses].join("\n") + "\n";
    writeFileSync(join(project, "package.json"), `{ "type": "module" }\n`);
    writeFileSync(join(project, "main.js"), program);
    writeFileSync(join(project, "types.ts"), program);
    run(systemNode(), ["main.js"], project);
    const options = ["--noEmit", "--strict", "--module", "nodenext"];
    const lib = ["--target", "es2022", "--lib", "esnext,dom"];
    run(installed("tsc"), [...options, ...lib, "types.ts"], project);
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
}

/** Runs a tool to its end. @throws Error with what it said, when it failed */
export function run(
  file: string,
  args: string[],
  cwd: string | URL = ROOT,
): void {
  const done = spawnSync(file, args, { cwd, encoding: "utf8" });
  if (done.status === 0) return;
  const said = `${done.stdout ?? ""}${done.stderr ?? ""}${done.error ?? ""}`;
  throw new Error(`${args.join(" ")} failed:\n${said}`);
}

if (import.meta.main) {
  try {
    buildNpm();
    console.log("npm/ is built");
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}
