/**
 * What a child process inherits from its host: two streams, a file to write
 * down what it started, and a stream that only ends.
 */
import { readSync, writeSync } from "node:fs";
import { Socket } from "node:net";
import process from "node:process";
import { MessageChannel } from "node:worker_threads";
import { spawnThread } from "./thread.ts";

// By the number of the file.
export const TASKS = 3;
export const RESULTS = 4;
export const GUARD = 5;
export const JOURNAL = 6;

/** Listens to the host. `end`: the host is gone. */
export function openChannel(
  data: (bytes: Uint8Array) => void,
  end: () => void,
): void {
  process.title = process.argv[3] ?? process.title;
  listen(TASKS, data, end);
}

/** Sends bytes to the host; waits while it is behind. Lost when it is gone, which the channel tells. */
export function writeChannel(bytes: Uint8Array): void {
  try {
    for (let at = 0; at < bytes.length;) {
      at += writeSync(RESULTS, bytes, at, bytes.length - at);
    }
  } catch (error) {
    if ((error as { code?: unknown }).code !== "EPIPE") throw error;
  }
}

/** Writes into the journal, at a place in bytes. */
export function writeJournal(bytes: Uint8Array, at: number): void {
  writeSync(JOURNAL, bytes, 0, bytes.length, at);
}

/** Reads the journal from a place in bytes; answers how many there were. */
export function readJournal(into: Uint8Array, at: number): number {
  return readSync(JOURNAL, into, 0, into.length, at);
}

/**
 * Starts the guard of this process: a thread that does nothing but wait for
 * the end of the host, so that a child that computes for ever does not outlive
 * it. Resolves once it watches.
 */
export function startGuard(entry: URL): Promise<void> {
  return new Promise((resolve, reject) => {
    const { port1, port2 } = new MessageChannel();
    port1.once("message", () => {
      port1.close();
      resolve();
    });
    const own = { env: {}, resourceLimits: undefined };
    spawnThread(
      entry,
      { ...own, name: "guard", data: port2, transfer: [port2] },
      (code, error) => reject(error ?? new Error(`the guard ended, ${code}`)),
    );
  });
}

/** In the guard's thread: calls back when the host is gone. */
export function watchHost(gone: () => void): void {
  listen(GUARD, () => {}, gone);
}

/** Ends this process at once, whatever its threads do. */
export function killSelf(): void {
  process.kill(process.pid, "SIGKILL");
}

interface BunSockets {
  connect(options: {
    fd: number;
    socket: {
      data(socket: unknown, bytes: Uint8Array): void;
      end(): void;
      close(): void;
      error(): void;
    };
  }): unknown;
}

// Bun's node:net does not take an inherited file, and reading one as a file
// holds a thread of a pool that imports need.
function listen(
  fd: number,
  data: (bytes: Uint8Array) => void,
  end: () => void,
): void {
  const { Bun } = globalThis as { Bun?: BunSockets };
  if (Bun !== undefined) {
    const socket = {
      data: (_socket: unknown, bytes: Uint8Array) => data(bytes),
      end,
      close: end,
      error: end,
    };
    Bun.connect({ fd, socket });
    return;
  }
  const stream = new Socket({ fd, readable: true, writable: false });
  stream.on("data", data);
  for (const event of ["end", "close", "error"]) stream.once(event, end);
}
