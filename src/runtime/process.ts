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
  rmdirSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import type { Socket } from "node:net";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { GUARD, RESULTS, TASKS } from "./child.ts";
import { CHILD_MARK } from "./detect.ts";
import { after, nextTurn } from "./loop.ts";

/** A stream that brought nothing for so long after its child died is empty (milliseconds). */
const QUIET_MS = 100;

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

/** A file without a name that a child and its host share, when the one is dead or never yields. */
export class Journal {
  readonly fd: number;

  /** @throws when no temporary file can be made */
  constructor() {
    const directory = temporary();
    try {
      const path = join(directory, "journal");
      this.fd = openSync(path, "wx+", 0o600);
      // The open file lives on without its name, and cannot be left behind.
      unlinkSync(path);
    } finally {
      rmdirSync(directory);
    }
  }

  /** Leaves a number for the child, at a place in bytes. */
  write(number: number, at: number): void {
    writeSync(
      this.fd,
      new Uint8Array(new Int32Array([number]).buffer),
      0,
      4,
      at,
    );
  }

  /** So many numbers, from a place in bytes; 0 where nothing was written. */
  words(at: number, count: number): Int32Array {
    const words = new Int32Array(count);
    readSync(this.fd, new Uint8Array(words.buffer), 0, count * 4, at);
    return words;
  }

  /** Everything the child wrote. */
  read(): Int32Array {
    const bytes = new Uint8Array(Math.ceil(fstatSync(this.fd).size / 4) * 4);
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

function temporary(): string {
  const parent = tmpdir();
  try {
    return mkdtempSync(join(parent, "whorl-"));
  } catch (cause) {
    const { code } = cause as { code?: unknown };
    throw new Error(
      `Cannot start a process: its journal needs a temporary file, and none can be made in ${parent} (${code})`,
      { cause },
    );
  }
}

/**
 * Starts a child. A runtime that refuses says so here or by an exit.
 *
 * @throws what the runtime throws
 */
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
  // Without files left, Node makes no streams.
  const streams = [TASKS, RESULTS, GUARD].map((fd) =>
    (child.stdio as unknown as Socket[] | undefined)?.[fd]
  );
  const [tasks, results] = streams;
  listen(child, results, {
    data: listener.data,
    exit(code, error): void {
      // They end by themselves now. Deno never frees one that is destroyed
      // before, nor whatever listens to it: 150 KB a child.
      for (const stream of streams) stream?.resume();
      // Open still, they are in the hands of a grandchild.
      after(QUIET_MS, () => streams.forEach((stream) => stream?.destroy()));
      listener.exit(code, error);
    },
  });
  for (const stream of streams) {
    // A child that dies while it is written to is reported by its exit.
    stream?.on("error", () => {});
    stream?.unref?.();
  }
  const { pid } = child;
  if (pid === undefined) {
    return { pid: 0, write: () => {}, kill: () => {} };
  }
  child.unref();
  return {
    pid,
    write: (bytes) => void tasks?.write(bytes),
    kill: (signal) => void child.kill(signal),
  };
}

// An exit is told when both the process is gone and its stream is empty: what
// a child wrote before it died is read first.
function listen(
  child: ChildProcess,
  results: Socket | undefined,
  listener: ChildListener,
): void {
  let exit: [number, unknown] | null = null;
  let drained = results === undefined;
  let told = false;
  let heard = 0;
  const tell = (): void => {
    if (told || exit === null || !drained) return;
    told = true;
    listener.exit(...exit);
  };
  const ended = (): void => {
    drained = true;
    tell();
  };
  // A grandchild may have inherited the stream, which then never ends. Time
  // alone says nothing: a program that was busy has not read what is there.
  const linger = (): void => {
    const before = heard;
    const decide = (): void => before === heard ? ended() : linger();
    after(QUIET_MS, () => nextTurn(() => nextTurn(decide)));
  };
  const gone = (code: number, error: unknown): void => {
    if (exit !== null) return;
    exit = [code, error];
    if (drained) tell();
    else linger();
  };
  results?.on("data", (bytes: Uint8Array) => {
    heard++;
    listener.data(bytes);
  });
  results?.once("end", ended);
  results?.once("close", ended);
  child.once("error", (error) => {
    // Also of a signal that could not be sent; then it lives on.
    if (child.pid === undefined) gone(1, error);
  });
  child.once("exit", (code, signal) => {
    gone(code ?? -(signal === null ? 0 : constants.signals[signal]), undefined);
  });
}

/** Options that are the host's own, each with its value: the program itself, or a port that is taken. */
const OWN =
  /^(-|-e|-p|-pe|-c|-i|--(eval|print|check|interactive|input-type|inspect|test|watch|run)\b.*)$/;

/** What the host was started with and its children need too: loaders, conditions, limits. */
function execArguments(
  limits: Record<string, number> | undefined,
): readonly string[] {
  const own: string[] = [];
  const given = process.execArgv;
  for (let i = 0; i < given.length; i++) {
    const argument = given[i] as string;
    if (!OWN.test(argument)) own.push(argument);
    else if (!argument.includes("=") && !given[i + 1]?.startsWith("-")) i++;
  }
  const heap = limits?.["maxOldGenerationSizeMb"];
  if (heap !== undefined) own.push(`--max-old-space-size=${heap}`);
  const young = limits?.["maxYoungGenerationSizeMb"];
  if (young !== undefined) own.push(`--max-semi-space-size=${young}`);
  return own;
}
