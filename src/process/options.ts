/** What a process can be told, with defaults and errors. */
import { assertOptions, list } from "../pool/checks.ts";
import {
  settleWorker,
  WORKER_OPTIONS,
  type WorkerOptions,
  type WorkerSettings,
} from "../pool/worker_options.ts";
import { type Callable, type Task, toTask } from "../task.ts";

/** Options of a process; every one but `target` may be left out. */
export type ProcessOptions<A extends unknown[] = never, R = unknown> =
  & WorkerOptions
  & {
    /** The task it runs. */
    readonly target: Callable<A, R>;
    /** Shown in messages and by debuggers. Default "Process-1", "Worker-2" and so on. */
    readonly name?: string;
    /**
     * Whether the program may end while it runs; it is stopped then. Default
     * false: the program goes on until it is done.
     */
    readonly daemon?: boolean;
  }
  & Arguments<A>;

/** Arguments of `target`; may be left out if it needs none. */
type Arguments<A extends unknown[]> = [] extends A
  ? { readonly args?: Readonly<NoInfer<A>> }
  : { readonly args: Readonly<NoInfer<A>> };

/** The same before it is checked. */
interface Given extends WorkerOptions {
  readonly target: unknown;
  readonly args?: unknown;
  readonly name?: unknown;
  readonly daemon?: unknown;
}

/** Options as a process uses them. */
export interface ProcessSettings extends WorkerSettings {
  readonly target: Task;
  readonly args: readonly unknown[];
  readonly name: string;
  readonly daemon: boolean;
}

const ACTION = "create a process";
const KNOWN = ["target", "args", "name", "daemon", ...WORKER_OPTIONS];

let count = 0;

/**
 * Checks options and fills in the defaults; `kind` begins the default name.
 *
 * @throws TypeError for a wrong kind or an unknown name, and as a pool for the
 * options of its workers
 */
export function settle(
  options: Given,
  kind: string,
): ProcessSettings {
  assertOptions(options, KNOWN, ACTION);
  const { target, args = [], name, daemon = false } = options;
  const settings = {
    target: toTask(target, "run"),
    args: list(args, ACTION, "args"),
    daemon: boolean(daemon),
    ...settleWorker(options, ACTION),
  };
  if (name !== undefined && typeof name !== "string") {
    throw new TypeError(
      `Cannot ${ACTION}: name must be a string, found ${typeof name}`,
    );
  }
  return { ...settings, name: name ?? `${kind}-${++count}` };
}

/** `daemon`, if it is one. @throws TypeError otherwise */
export function boolean(daemon: unknown): boolean {
  if (typeof daemon === "boolean") return daemon;
  throw new TypeError(
    `Cannot ${ACTION}: daemon must be a boolean, found ${
      daemon === null ? "null" : typeof daemon
    }`,
  );
}
