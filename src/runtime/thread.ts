/**
 * Worker threads and their ports. The one module all runtimes share for this is
 * node:worker_threads; on Deno it is also the only one that reports exits and
 * can be unreferenced. On Bun its threads take ten times as long to start as
 * those of the global `Worker`.
 */
import {
  MessageChannel,
  type MessagePort,
  receiveMessageOnPort,
  Worker,
  workerData,
  type WorkerOptions,
} from "node:worker_threads";
import type { Readable } from "node:stream";
import { runtime } from "./detect.ts";

/** One end of a channel, for whoever reads it with {@link takeMessage}. */
export interface Port {
  /** `moved`: buffers in the message that are transferred. */
  postMessage(message: unknown, moved: ArrayBuffer[]): void;
  close(): void;
}

/** A channel: the host keeps the first end and gives the second to a worker. */
export function createPorts(): [Port, Port] {
  const { port1, port2 } = new MessageChannel();
  return [port1, port2];
}

/** The oldest message in a port, without waiting; undefined when there is none. */
export function takeMessage<M>(port: Port): M | undefined {
  return (receiveMessageOnPort(port as MessagePort) as
    | { message: M }
    | undefined)?.message;
}

/** What a thread starts with. */
export interface ThreadOptions {
  readonly data: unknown;
  readonly transfer: readonly Port[];
  readonly name: string;
  readonly env: Record<string, string | undefined> | undefined;
  readonly resourceLimits: Record<string, number> | undefined;
}

/** A running thread. It keeps no program alive. */
export interface Thread {
  /** The process it runs in, which is ours. */
  readonly pid: number;
  /** The runtime's number of it, also after its end. */
  readonly threadId: number;
  /** Stops the thread. On Deno a thread that computes goes on nevertheless. */
  terminate(): void;
}

/** Hears of the end of a thread, once. */
export type ExitListener = (code: number, error: unknown) => void;

/** Starts a thread. @throws what the runtime throws when it refuses */
export function spawnThread(
  entry: URL,
  options: ThreadOptions,
  onExit: ExitListener,
): Thread {
  const settings = {
    workerData: options.data,
    transferList: [...options.transfer] as MessagePort[],
    name: options.name,
    ...(options.env === undefined ? {} : { env: options.env }),
    ...limits(options.resourceLimits),
  };
  // On Deno, terminate() reports the exit before it returns.
  const ended: ExitListener = (code, error) =>
    queueMicrotask(() => onExit(code, error));
  const worker = runtime.webThreads
    ? webWorker(entry, settings, ended)
    : nodeWorker(entry, settings, ended);
  // After the listeners: adding one to an unreferenced worker references it.
  worker.unref();
  return {
    pid: process.pid,
    threadId: worker.threadId,
    terminate(): void {
      void worker.terminate();
    },
  };
}

/** What workers of node:worker_threads and Bun's own have in common. */
interface AnyWorker {
  readonly threadId: number;
  unref(): void;
  terminate(): unknown;
}

function nodeWorker(
  entry: URL,
  settings: WorkerOptions,
  ended: ExitListener,
): AnyWorker {
  const worker = new Worker(entry, settings);
  let reported: unknown;
  worker.on("error", (error) => {
    reported = error;
  });
  worker.once("exit", (code) => ended(code, reported));
  return worker;
}

const { Worker: WebWorker } = globalThis as unknown as {
  Worker: new (url: string, settings: WorkerOptions) => AnyWorker & EventTarget;
};

// It takes what node:worker_threads takes, which makes streams for the output
// of each thread there, in ten milliseconds of its start.
function webWorker(
  entry: URL,
  settings: WorkerOptions,
  ended: ExitListener,
): AnyWorker {
  const worker = new WebWorker(entry.href, settings);
  let reported: unknown;
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    reported = new Error((event as ErrorEvent).message);
  });
  worker.addEventListener(
    "close",
    (event) => ended((event as CloseEvent).code, reported),
    { once: true },
  );
  return worker;
}

/** In a worker: what {@link ThreadOptions.data} was. */
export function threadData<D>(): D {
  return workerData as D;
}

/** What belongs to all threads and what one of them may only look at. */
const OF_ALL_THREADS = [
  "abort",
  "chdir",
  "initgroups",
  "setegid",
  "seteuid",
  "setgid",
  "setgroups",
  "setuid",
] as const;

/**
 * In a worker, before any code of users: makes `process` what it is in threads
 * of Node, which cannot change what is everybody's, nor take the program's
 * input.
 */
export function confineThread(): void {
  if (runtime.confinesThreads) return;
  const { umask } = process;
  // Assigned: to define an accessor makes Bun make all three standard streams.
  Object.assign(process, {
    ...Object.fromEntries(
      OF_ALL_THREADS.map((name) => [name, () => refuse(name)]),
    ),
    umask: (mask?: number) => mask === undefined ? umask() : refuse("umask"),
    stdin: emptyStream(),
  });
}

/** A stream without content, made when somebody looks at it: that takes 4 ms on Bun. */
function emptyStream(): object {
  let made: Readable | undefined;
  const stream = (): Readable =>
    made ??= process.getBuiltinModule("node:stream").Readable.from([]);
  return new Proxy({}, {
    get(_target, key): unknown {
      const value = Reflect.get(stream(), key);
      return typeof value === "function" ? value.bind(stream()) : value;
    },
    set: (_target, key, value) => Reflect.set(stream(), key, value),
    has: (_target, key) => Reflect.has(stream(), key),
    getPrototypeOf: () => Reflect.getPrototypeOf(stream()),
  });
}

function refuse(name: string): never {
  const error = new TypeError(`process.${name}() is not supported in workers`);
  throw Object.assign(error, { code: "ERR_WORKER_UNSUPPORTED_OPERATION" });
}

/** In a worker: ends this thread. */
export function exitThread(code: number): never {
  process.exit(code);
}

let exited = false;

/** In a worker: calls back while this thread ends by itself, however that came. */
export function onExit(callback: () => void): void {
  process.on("exit", () => {
    exited = true;
    callback();
  });
  if (runtime.turnsAfterExit) exitOnce(process as unknown as Exiting);
}

/** `exit` tells who listens, then calls `reallyExit`. */
interface Exiting {
  exit: () => never;
  reallyExit: (code: number) => void;
}

function exitOnce(self: Exiting): void {
  const { reallyExit } = self;
  self.reallyExit = (code) => {
    self.exit = exitAgain;
    reallyExit.call(self, code);
  };
}

// The thread would spin instead of ending.
function exitAgain(): never {
  throw new Error("Cannot exit: this thread has exited");
}

/** In a worker: calls back with an error nobody caught instead of ending. */
export function onUncaught(callback: (error: unknown) => void): void {
  const listener = (error: unknown): void => {
    if (!exited) callback(error);
  };
  process.on("uncaughtException", listener);
  process.on("unhandledRejection", listener);
}

function limits(
  asked: Record<string, number> | undefined,
): { resourceLimits?: Record<string, number> } {
  const both = { ...runtime.resourceLimits, ...asked };
  return Object.keys(both).length === 0 ? {} : { resourceLimits: both };
}
