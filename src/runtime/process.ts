/**
 * Child processes of the same runtime and the streams between them. The
 * streams are inherited socket pairs without a name: no other process can
 * connect to them, and they end with the process at the other side.
 */
import { type ChildProcess, spawn } from "node:child_process";
import {
  closeSync,
  fstatSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
} from "node:fs";
import type { Socket } from "node:net";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { isMainThread } from "node:worker_threads";
import { GUARD, RESULTS, TASKS } from "./child.ts";
import { CHILD_MARK } from "./detect.ts";
import { after } from "./loop.ts";

/** How long what a child wrote before it died may take to come out (milliseconds). */
const LAST_WORDS_MS = 500;

/** What a child starts with. */
export interface ChildOptions {
  readonly name: string;
  readonly env: Record<string, string | undefined> | undefined;
  readonly resourceLimits: Record<string, number> | undefined;
  readonly journal: Journal;
}

/** What becomes of a child. */
export interface ChildListener {
  /** It wrote bytes; they are valid during the call only. */
  data(bytes: Uint8Array): void;
  /** It is gone, and all it wrote was heard. Below zero: the signal it died of. */
  exit(code: number, error: unknown): void;
}

/** A running child process. It keeps no program alive. */
export interface Child {
  readonly pid: number;
  /** Sends bytes, which are the stream's from here on. */
  write(bytes: Uint8Array): void;
  kill(signal: "SIGTERM" | "SIGKILL"): void;
}

/** A file without a name that a child writes and its host reads when it died. */
export class Journal {
  readonly fd: number;

  /** @throws when no temporary file can be made */
  constructor() {
    const directory = mkdtempSync(join(tmpdir(), "whorl-"));
    try {
      this.fd = openSync(join(directory, "journal"), "wx+", 0o600);
    } finally {
      // The open file lives on without its name, and cannot be left behind.
      rmSync(directory, { recursive: true, force: true });
    }
  }

  /** Everything the child wrote. */
  read(): Int32Array {
    const bytes = new Uint8Array(Math.ceil(fstatSync(this.fd).size / 8) * 8);
    let at = 0;
    for (let count = 1; count > 0 && at < bytes.length; at += count) {
      count = readSync(this.fd, bytes, at, bytes.length - at, at);
    }
    return new Int32Array(bytes.buffer);
  }

  /** Gives the file back. */
  close(): void {
    closeSync(this.fd);
  }
}

/** Starts a child. @throws what the runtime throws when it refuses */
export function spawnChild(
  entry: URL,
  options: ChildOptions,
  listener: ChildListener,
): Child {
  const child = spawn(
    process.execPath,
    [
      ...execArguments(options.resourceLimits),
      entry.protocol === "file:" ? fileURLToPath(entry) : entry.href,
      CHILD_MARK,
      options.name,
    ],
    {
      stdio: [
        "ignore",
        "inherit",
        "inherit",
        "pipe",
        "pipe",
        "pipe",
        options.journal.fd,
      ],
      windowsHide: true,
      ...(options.env === undefined
        ? {}
        : { env: options.env as NodeJS.ProcessEnv }),
    },
  );
  const [tasks, results, guard] = [TASKS, RESULTS, GUARD].map((fd) =>
    child.stdio[fd] as Socket | null
  );
  listen(child, results ?? null, listener);
  for (const stream of [tasks, results, guard]) {
    // A child that dies while it is written to is reported by its exit.
    stream?.on("error", () => {});
    stream?.unref?.();
  }
  child.unref();
  return {
    pid: child.pid ?? 0,
    write: (bytes) => void tasks?.write(bytes),
    kill: (signal) => void child.kill(signal),
  };
}

// An exit is told when both the process is gone and its stream is empty: what
// a child wrote before it died is read first.
function listen(
  child: ChildProcess,
  results: Socket | null,
  listener: ChildListener,
): void {
  let exit: [number, unknown] | null = null;
  let drained = false;
  let told = false;
  const tell = (): void => {
    if (told || exit === null || !drained) return;
    told = true;
    listener.exit(...exit);
  };
  const gone = (code: number, error: unknown): void => {
    if (exit !== null) return;
    exit = [code, error];
    // A grandchild may have inherited the stream and hold it open.
    after(LAST_WORDS_MS, ended);
    tell();
  };
  const ended = (): void => {
    drained = true;
    tell();
  };
  results?.on("data", (bytes: Uint8Array) => listener.data(bytes));
  results?.once("end", ended);
  results?.once("close", ended);
  child.once("error", (error) => gone(1, error));
  child.once("exit", (code, signal) => {
    gone(code ?? -(signal === null ? 0 : constants.signals[signal]), undefined);
  });
}

/** What the host was started with and its children need too: loaders, conditions, limits. */
function execArguments(
  limits: Record<string, number> | undefined,
): readonly string[] {
  const own: string[] = [];
  const given = isMainThread ? process.execArgv : [];
  for (let i = 0; i < given.length; i++) {
    const argument = given[i] as string;
    // The program itself, or a port that is taken.
    if (/^(-e|--eval|-p|--print|-pe)$/.test(argument)) i++;
    else if (!/^--(inspect|eval|print|input-type|test|watch)/.test(argument)) {
      own.push(argument);
    }
  }
  const heap = limits?.["maxOldGenerationSizeMb"];
  if (heap !== undefined) own.push(`--max-old-space-size=${heap}`);
  const young = limits?.["maxYoungGenerationSizeMb"];
  if (young !== undefined) own.push(`--max-semi-space-size=${young}`);
  return own;
}
