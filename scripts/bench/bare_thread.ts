/** What does one make threads with by hand? With the quickest the runtime has. */
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
  return thread;
}
