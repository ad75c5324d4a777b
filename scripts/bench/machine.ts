/** On what, and with what, was it measured? Nothing here names a path or a person. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";
import process from "node:process";
import type { RuntimeName } from "../../src/runtime/mod.ts";

/** What the numbers depend on. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
}

/** The runtime this process is. */
export const runtimeName: RuntimeName = process.versions["deno"]
  ? "deno"
  : process.versions["bun"]
  ? "bun"
  : "node";

/** This computer. */
export function machine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${process.arch}`,
  };
}

/** The load average of the last minute. */
export function load(): number {
  return Math.round((loadavg()[0] ?? 0) * 100) / 100;
}

/** The commit of the working tree, with a plus when it was changed since. */
export function commit(root: URL): string {
  const git = (...args: string[]): string =>
    spawnSync("git", args, { cwd: root, encoding: "utf8" }).stdout?.trim() ??
      "";
  const changed = git("status", "--porcelain", "--", ".", ":!scripts/bench");
  return git("rev-parse", "--short", "HEAD") + (changed === "" ? "" : "+");
}

/** The installed version of a package, "" for what is no package. */
export function packageVersion(root: URL, name: string): string {
  try {
    const url = new URL(`node_modules/${name}/package.json`, root);
    return JSON.parse(readFileSync(url, "utf8")).version;
  } catch {
    return "";
  }
}
