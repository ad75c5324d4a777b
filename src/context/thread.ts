/** Workers as threads of this process, with rings in shared memory. */
import { threadEntry } from "../../workers/url.ts";
import { transferOf, type WorkerMail } from "../mail.ts";
import {
  createPorts,
  runtime,
  spawnThread,
  takeMessage,
} from "../runtime/mod.ts";
import { type Context, type Link, SIGNAL_CODES } from "./context.ts";

/** The context of start method "thread". */
export const threadContext: Context = {
  startMethod: "thread",
  apart: false,
  exitIsCertain: runtime.exitIsCertain,
  start(record, options, onExit): Link {
    const [port, theirs] = createPorts();
    let signalCode = 0;
    const thread = spawnThread(
      threadEntry,
      { ...options, data: { record, port: theirs }, transfer: [theirs] },
      (code, error) => {
        onExit(signalCode || code, error);
        port.close();
      },
    );
    return {
      pid: thread.pid,
      threadId: thread.threadId,
      post: (mail) => port.postMessage(mail, transferOf(mail)),
      take: () => takeMessage<WorkerMail>(port),
      // Its tasks lie in shared memory, where everybody sees them.
      recall: () => {},
      look: () => {},
      terminate: () => thread.terminate(),
      signal: (name) => {
        signalCode ||= SIGNAL_CODES[name];
        thread.terminate();
      },
    };
  },
};
