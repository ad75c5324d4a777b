/**
 * A long program of tests/ on every runtime, so many at a time: what it found,
 * or why it did not come back. Arguments that all such scripts take:
 * `--runtime bun` (repeatable) and `--together 2`.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { command, type Outcome } from "../tests/support/command.ts";
import { launchArgs, type RuntimeName } from "../tests/support/runtime.ts";
import { buildNpm } from "./build_npm.ts";
import { buildTests } from "./build_tests.ts";
import { ROOT } from "./manifest.ts";
import { executable, RUNTIMES, versionText } from "./runtimes.ts";

/** For `parseArgs`. */
export const CAMPAIGN_OPTIONS = {
  runtime: { type: "string", multiple: true },
  together: { type: "string", default: "1" },
} as const;

/** One program to run. */
export interface Mission {
  /** Below tests/, without its ending. It writes JSON to the path it is given as `--out`. */
  readonly program: string;
  readonly args: Readonly<Record<string, string | number>>;
  /** Arguments of the runtime itself. Default none. */
  readonly runtimeArgs?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly deadlineMs: number;
}

/** What came of it. */
export interface Report<F> {
  readonly figures: F | null;
  /** Why it ended otherwise than it should; "" if it did not. */
  readonly died: string;
}

/** Runs `each` on the chosen runtimes. @throws RangeError on wrong arguments */
export async function campaign<T>(
  given: { readonly runtime?: string[]; readonly together: string },
  each: (name: RuntimeName, title: string) => Promise<T>,
): Promise<T[]> {
  const together = Number(given.together);
  if (!(Number.isInteger(together) && together >= 1)) {
    throw new RangeError(`Cannot run ${given.together} runtimes at a time`);
  }
  const chosen = RUNTIMES.filter((name) =>
    given.runtime === undefined || given.runtime.includes(name)
  );
  if (chosen.length === 0) {
    throw new RangeError(`No runtime is ${given.runtime}: ${RUNTIMES}`);
  }
  if (chosen.includes("node20")) {
    buildNpm();
    await buildTests();
  }
  const all: T[] = [];
  for (let i = 0; i < chosen.length; i += together) {
    const some = chosen.slice(i, i + together).map((name) =>
      each(name, `${name} ${versionText(executable(name))}`)
    );
    all.push(...await Promise.all(some));
  }
  return all;
}

/** How many ran beside each other, as the end of a sentence. */
export function atATime({ together }: { readonly together: string }): string {
  return together === "1" ? "" : `, ${together} runtimes at a time`;
}

/** Runs one program in one runtime. */
export async function report<F>(
  name: RuntimeName,
  { program, args, runtimeArgs = [], env, deadlineMs }: Mission,
): Promise<Report<F>> {
  const folder = mkdtempSync(join(tmpdir(), "whorl-campaign-"));
  const out = join(folder, "figures.json");
  const main = name === "node20"
    ? `build/tests/${program}.js`
    : `tests/${program}.ts`;
  try {
    const run = await command(executable(name), [
      ...launchArgs(name),
      ...runtimeArgs,
      main,
      ...Object.entries({ ...args, out }).flatMap(([key, value]) => [
        `--${key}`,
        String(value),
      ]),
    ], {
      cwd: fileURLToPath(ROOT),
      deadlineMs,
      group: true,
      env: {
        ...{ NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1", TMPDIR: folder },
        ...env,
      },
    });
    const figures = read<F>(out);
    return { figures, died: deathOf(run, figures !== null) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function read<F>(path: string): F | null {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return null;
  }
}

function deathOf(run: Outcome, told: boolean): string {
  if (run.timedOut) return "it hung and was killed";
  if (run.code === 0 && told) return "";
  const said = (run.stdout + run.stderr).slice(-1000).trim();
  return `it ended with ${run.signal ?? run.code}: ${said}`;
}
