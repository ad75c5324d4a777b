/** Workers as child processes of the same runtime. */
import { processEntry } from "../../workers/url.ts";
import { type Child, Journal, spawnChild } from "../runtime/process.ts";
import type { Context, Link } from "./context.ts";
import { Forwarder } from "./forwarder.ts";

/** The context of start method "process". */
export const processContext: Context = {
  startMethod: "process",
  apart: true,
  exitIsCertain: true,
  start(record, options, onExit): Link {
    const journal = new Journal();
    let broken: unknown;
    let child: Child | null = null;
    const forwarder = new Forwarder(record, {
      write: (bytes) => child?.write(bytes),
    }, journal);
    try {
      child = spawnChild(processEntry, { ...options, journal }, {
        data(bytes): void {
          try {
            if (broken === undefined) forwarder.receive(bytes);
          } catch (error) {
            // What it sends makes no sense: nothing that follows would.
            broken = error;
            child?.kill("SIGKILL");
          }
        },
        exit(code, error): void {
          forwarder.end(journal.read());
          journal.close();
          onExit(code, broken ?? error);
        },
      });
    } catch (error) {
      journal.close();
      throw error;
    }
    const { pid, kill } = child;
    return {
      pid,
      threadId: 0,
      post: (mail) => forwarder.post(mail),
      take: () => forwarder.take(),
      recall: () => forwarder.recall(),
      look: () => forwarder.look(),
      terminate: () => kill("SIGKILL"),
      signal: kill,
    };
  },
};
