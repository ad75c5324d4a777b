/**
 * What do the threads of a program do? Each runtime samples them in its own
 * way: Node and Bun write profiles, Bun of the host alone; Deno writes the log
 * of V8, which Node can read.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { command } from "../../tests/support/command.ts";
import { launchArgs } from "../../tests/support/runtime.ts";
import { ROOT } from "../manifest.ts";
import { installed } from "../runtimes.ts";
import type { RuntimeName } from "./results.ts";

/** Between two samples. */
export const INTERVAL_MICROS = 100;

/** Time of one kind of thread, in any unit, by what it did. */
export type Times = Map<string, number>;

/** The threads of a run. */
export interface Threads {
  readonly host: Times;
  /** All of them together; empty where the runtime does not say. */
  readonly workers: Times;
}

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** What Node makes of a log of V8. */
interface Log {
  readonly code: readonly { readonly name: string; readonly type: string }[];
  readonly ticks: readonly {
    /** 1: the garbage collector. */
    readonly vm: number;
    /** The stack: pairs of a code and a place in it. */
    readonly s: readonly number[];
  }[];
}

/** Runs a program under the profiler of a runtime. @throws Error when it fails */
export async function profile(
  runtime: RuntimeName,
  program: string,
  args: readonly string[],
): Promise<Threads> {
  const folder = mkdtempSync(join(tmpdir(), "whorl-profile-"));
  const sampling = runtime === "deno"
    ? [
      `--v8-flags=--prof,--prof-sampling-interval=${INTERVAL_MICROS},--logfile=${folder}/v8.log`,
    ]
    : [
      "--cpu-prof",
      `--cpu-prof-dir=${folder}`,
      `--cpu-prof-interval=${INTERVAL_MICROS}`,
    ];
  try {
    const run = await command(
      installed(runtime),
      [...launchArgs(runtime), ...sampling, program, ...args],
      { cwd: fileURLToPath(ROOT) },
    );
    if (run.code !== 0) {
      const said = run.stderr.slice(-500);
      throw new Error(
        `Cannot profile ${args.join(" ")} on ${runtime}: ${said}`,
      );
    }
    const threads = { host: new Map(), workers: new Map() };
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      if (runtime === "deno") await addLog(threads, path, program);
      else addProfile(threads, path, program);
    }
    return threads;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function addProfile(threads: Threads, path: string, program: string): void {
  const { nodes, samples, timeDeltas }: Profile = JSON.parse(
    readFileSync(path, "utf8"),
  );
  const isHost = nodes.some(({ callFrame }) => callFrame.url.endsWith(program));
  const names = new Map(
    nodes.map(({ id, callFrame: { functionName, url } }) => [
      id,
      named(functionName, url),
    ]),
  );
  samples.forEach((id, i) =>
    add(
      isHost ? threads.host : threads.workers,
      names.get(id) as string,
      timeDeltas[i] as number,
    )
  );
}

async function addLog(
  threads: Threads,
  path: string,
  program: string,
): Promise<void> {
  const run = await command(installed("node"), [
    "--prof-process",
    "--preprocess",
    path,
  ]);
  // It says first that the log is of another V8.
  const { code, ticks }: Log = JSON.parse(
    run.stdout.slice(run.stdout.indexOf("{")),
  );
  const to = code.some(({ name }) => name?.includes(program))
    ? threads.host
    : threads.workers;
  for (const { vm, s } of ticks) {
    const top = code[s[0] as number];
    add(to, vm === 1 ? "(garbage collector)" : ofLog(top), 1);
  }
}

function ofLog(code: Log["code"][number] | undefined): string {
  if (code === undefined || code.type === "SHARED_LIB") return "(program)";
  if (code.type === "CPP") {
    return /^(syscall|epoll_wait|__write|__read)/.test(code.name)
      ? "(system calls)"
      : "(program)";
  }
  const [name = "", place = ""] = code.name.split(" ");
  return named(name, place);
}

/** Runtime and bench by where they are, the library by its functions. */
function named(name: string, place: string): string {
  // Node strips types in WebAssembly.
  if (/^(node|ext|wasm|bun):/.test(place) || name.startsWith("wasm-")) {
    return "node:";
  }
  if (place.includes("/scripts/bench/")) return "the bench";
  return name || "(anonymous)";
}

function add(to: Times, name: string, time: number): void {
  to.set(name, (to.get(name) ?? 0) + time);
}
