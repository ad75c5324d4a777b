/** How is something measured in a runtime of its own, which may hang or die? */
import { spawn } from "node:child_process";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { launchArgs } from "../../tests/support/runtime.ts";
import { ROOT } from "../manifest.ts";
import { installed } from "../runtimes.ts";
import { MARK, type RunEvent } from "./events.ts";
import type { RuntimeName } from "./results.ts";

/** How a child process ended, and what it told. */
export interface Told {
  readonly events: RunEvent[];
  readonly done: boolean;
  /** Why not. */
  readonly reason: string;
}

/** Starts run.ts with these arguments; a child that is silent for so long is killed. */
export function child(
  name: RuntimeName,
  args: readonly string[],
  given: { silenceMs: number; env: Record<string, string> },
): Promise<Told> {
  const run = fileURLToPath(new URL("run.ts", import.meta.url));
  const started = spawn(
    installed(name),
    [...launchArgs(name), run, ...args],
    {
      cwd: fileURLToPath(ROOT),
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        NO_COLOR: "1",
        DENO_NO_UPDATE_CHECK: "1",
        ...given.env,
      },
    },
  );
  const events: RunEvent[] = [];
  let said = "";
  let silent = false;
  const hush = () => {
    silent = true;
    started.kill("SIGKILL");
  };
  let watch = setTimeout(hush, given.silenceMs);
  started.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-2_000);
  });
  createInterface({ input: started.stdout }).on("line", (line) => {
    if (!line.startsWith(MARK)) return;
    events.push(JSON.parse(line.slice(MARK.length)));
    clearTimeout(watch);
    watch = setTimeout(hush, given.silenceMs);
  });
  return new Promise((settle, fail) => {
    started.once("error", fail);
    started.once("close", (code, signal) => {
      clearTimeout(watch);
      const done = events.some(({ event }) => event === "done");
      const reason = silent ? "hung" : `ended with ${signal ?? code}`;
      const tried = events.some(({ event }) => event === "tried");
      if (!done && !tried && !silent) process.stderr.write(said);
      settle({ events, done, reason });
    });
  });
}
