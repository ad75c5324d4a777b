/** The gate: everything that must hold before a change is merged. */
import { existsSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { command } from "../tests/support/command.ts";
import { ROOT } from "./manifest.ts";
import { installed } from "./runtimes.ts";
import { listFiles } from "./source.ts";

const ALL = ["mod.ts", "ring", "src", "workers", "tests", "examples", "scripts"]
  .filter((path) => existsSync(new URL(path, ROOT)));
const STEPS: [name: string, tool: string, ...args: string[]][] = [
  ["format", "deno", "fmt", "--check"],
  ["lint", "deno", "lint"],
  ["types (deno)", "deno", "check", ...listFiles(ALL, ".ts")],
  ["types (tsc)", "tsc", "--noEmit"],
  ["layers", "node", "scripts/layers.ts"],
  ["docs", "node", "scripts/docs.ts"],
  ["tests", "node", "scripts/test.ts"],
];

const steps = process.argv.includes("--no-test") ? STEPS.slice(0, -1) : STEPS;
for (const [name, tool, ...args] of steps) {
  const run = await command(installed(tool), args, {
    cwd: fileURLToPath(ROOT),
    deadlineMs: 15 * 60_000,
    env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
  });
  const good = run.code === 0;
  const seconds = (run.ms / 1000).toFixed(1);
  console.log(`${good ? "ok  " : "FAIL"}  ${name}  ${seconds} s`);
  const said = run.stdout + run.stderr;
  if (!good || name === "tests") console.log(said.trimEnd());
  if (!good) process.exit(1);
}
