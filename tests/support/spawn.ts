/** Runs a program of tests/fixtures or examples in the runtime under test. */
import process from "node:process";
import { fileURLToPath } from "node:url";
import { command, type CommandOptions, type Outcome } from "./command.ts";
import { launchArgs, runtimeName } from "./runtime.ts";

/** Adds arguments and a shorter default deadline: 45 s. */
export interface SpawnOptions extends CommandOptions {
  args?: readonly string[];
}

/** Runs the module at `url` as a main program until it exits by itself. */
export function spawnProgram(
  url: URL,
  options: SpawnOptions = {},
): Promise<Outcome> {
  return command(
    process.execPath,
    [...launchArgs(runtimeName), fileURLToPath(url), ...options.args ?? []],
    { deadlineMs: 45_000, ...options, env: { NO_COLOR: "1", ...options.env } },
  );
}
