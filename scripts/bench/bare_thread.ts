/**
 * What does one make threads with by hand? With what starts soonest among that
 * which tells of its end: on Deno the global Worker does not.
 */
import { Worker as NodeWorker } from "node:worker_threads";
import { runtimeName } from "./machine.ts";

/** A thread that sends messages and takes them. */
export interface BareThread {
  postMessage(message: unknown): void;
  terminate(): unknown;
}

/** Starts a thread; `hear` gets what it sends. */
export function bareThread(
  file: URL,
  hear: (message: unknown) => void,
): BareThread {
  if (runtimeName !== "bun") {
    const thread = new NodeWorker(file);
    thread.on("message", hear);
    return thread;
  }
  const thread = new Worker(file.href);
  thread.onmessage = ({ data }) => hear(data);
  thread.onerror = ({ message }) => {
    throw new Error(message);
  };
  const ended = new Promise((resolve) => {
    thread.addEventListener("close", resolve, { once: true });
  });
  return {
    postMessage: (message) => thread.postMessage(message),
    terminate: () => (thread.terminate(), ended),
  };
}
