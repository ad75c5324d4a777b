/** Where the executables of the runtimes are. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { RuntimeName } from "../tests/support/runtime.ts";
import { ROOT } from "./manifest.ts";

/** In the order of the table. */
export const RUNTIMES: readonly RuntimeName[] = [
  "node20",
  "node",
  "bun",
  "deno",
];

/** The executable of a tool that `npm ci` installed. */
export function installed(name: string): string {
  const path = fileURLToPath(new URL(`node_modules/.bin/${name}`, ROOT));
  if (existsSync(path)) return path;
  throw new Error(`Cannot find ${name}: run npm ci first`);
}

/** The executable that stands for a runtime. */
export function executable(name: RuntimeName): string {
  return name === "node20" ? systemNode() : installed(name);
}

/** The oldest Node on the PATH that is at least 20 and not our own. */
export function systemNode(): string {
  const own = version(installed("node"));
  const candidates = (process.env["PATH"] ?? "").split(delimiter)
    .filter((folder) => !folder.includes("node_modules"))
    .map((folder) => join(folder, "node"))
    .filter((path) => existsSync(path))
    .map((path) => ({ path, major: version(path) }))
    .filter(({ major }) => major >= 20 && major !== own)
    .sort((one, two) => one.major - two.major);
  const oldest = candidates[0];
  if (oldest) return oldest.path;
  throw new Error(
    `Cannot test the package: no node >= 20 other than ${own} is on the PATH`,
  );
}

/** What an executable calls its version. */
export function versionText(path: string): string {
  const run = spawnSync(path, ["--version"], { encoding: "utf8" });
  return run.stdout?.match(/\d+\.\d+\.\d+/)?.[0] ?? "";
}

function version(path: string): number {
  return Number(versionText(path).split(".")[0] || 0);
}
