/**
 * A command: runs one program, collects what it prints, and kills it by pid
 * when its time is up. Used by suites and by scripts/.
 */
import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";

/** How a command is run. */
export interface CommandOptions {
  cwd?: string;
  /** Added to this process's environment. */
  env?: Record<string, string>;
  /** Its standard input. Default: none. */
  input?: string;
  /** Kill it after this long. Default 60 s. */
  deadlineMs?: number;
  /** Own process group: children that outlive the program are killed too. */
  group?: boolean;
  /**
   * Wait until its streams end, which children of it hold as well: one that
   * outlives it runs into the deadline.
   */
  toTheLast?: boolean;
}

/** How a command ended. */
export interface Outcome {
  /** Exit code; null when a signal ended it. */
  code: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
  timedOut: boolean;
  ms: number;
}

const groups = new Set<number>();

/** Runs `file` with `args`; rejects only when it cannot be started. */
export function command(
  file: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<Outcome> {
  const started = performance.now();
  const group = options.group ?? false;
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    detached: group,
  });
  child.stdin?.end(options.input);
  if (group && child.pid) track(child.pid);
  return new Promise((settle, fail) => {
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr);
    let timedOut = false;
    const deadline = setTimeout(() => {
      timedOut = true;
      end(child, group);
      if (options.toTheLast) grace = setTimeout(() => finish(null, null), 1000);
    }, options.deadlineMs ?? 60_000);
    let grace: ReturnType<typeof setTimeout> | undefined;
    const finish = (code: number | null, signal: string | null) => {
      clearTimeout(deadline);
      clearTimeout(grace);
      const ms = performance.now() - started;
      settle({
        code,
        signal,
        stdout: stdout(),
        stderr: stderr(),
        timedOut,
        ms,
      });
    };
    child.once("error", (error) => {
      clearTimeout(deadline);
      fail(error);
    });
    child.once("exit", (code, signal) => {
      if (group) end(child, group);
      if (options.toTheLast) return;
      // A grandchild may hold the pipes open for ever: do not wait for "close".
      grace = setTimeout(() => finish(code, signal), 1_000);
    });
    child.once("close", finish);
  });
}

function collect(stream: NodeJS.ReadableStream | null): () => string {
  const parts: string[] = [];
  stream?.setEncoding("utf8");
  stream?.on("data", (text: string) => parts.push(text));
  return () => parts.join("");
}

function end(child: ChildProcess, group: boolean): void {
  if (!child.pid) return;
  if (group) {
    groups.delete(child.pid);
    killGroup(child.pid);
  } else child.kill("SIGKILL");
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // Everybody in it is gone already.
  }
}

// A group of its own does not hear Ctrl-C, so we pass the end on.
function track(pid: number): void {
  if (groups.size === 0 && process.listenerCount("SIGINT") === 0) {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.once(signal, () => process.exit(130));
    }
    process.once("exit", () => groups.forEach(killGroup));
  }
  groups.add(pid);
}
