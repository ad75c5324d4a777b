/**
 * Which of the four subjects this process is. "node20" is any Node that cannot
 * run TypeScript and therefore runs the built package (see scripts/test.ts).
 */
import process from "node:process";

/** The names used by `--runtime` and in the table. */
export type RuntimeName = "node20" | "node" | "bun" | "deno";

/** Whether this file was compiled into build/. */
export const built: boolean = import.meta.url.endsWith(".js");

/** The subject this process is. */
export const runtimeName: RuntimeName = process.versions["deno"]
  ? "deno"
  : process.versions["bun"]
  ? "bun"
  : built
  ? "node20"
  : "node";

/** What stands between the executable and the path of a program. */
export function launchArgs(name: RuntimeName): string[] {
  return name === "deno" ? ["run", "-A", "--quiet"] : [];
}
