/** What does an idle worker weigh, and a task that waits for one? */
import { spawn } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { launchArgs } from "../../../tests/support/runtime.ts";
import { runtimeName } from "../machine.ts";
import type { Weighed } from "../weigh.ts";
import { type Case, type Row } from "./row.ts";

const MORE = 4;

/** Weighs in a process of its own: what others left behind weighs nothing there. */
function weigh(peer: string, workers: number): Promise<Weighed> {
  const program = fileURLToPath(new URL("../weigh.ts", import.meta.url));
  const child = spawn(
    process.execPath,
    [...launchArgs(runtimeName), program, peer, String(workers)],
    { stdio: ["ignore", "pipe", "ignore"] },
  );
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  return new Promise((resolve, reject) => {
    child.once("close", () => {
      const line = said.trim().split("\n").at(-1) ?? "";
      try {
        resolve(JSON.parse(line));
      } catch {
        reject(new Error("no weight"));
      }
    });
  });
}

function weighed(
  name: string,
  rest: Pick<Case, "unit" | "bounds" | "workers" | "out">,
  round: (peer: string) => Promise<number>,
): Case {
  return {
    name,
    ...rest,
    alone: true,
    slow: true,
    rounds: 2,
    quickPeers: ["whorl", "postMessage"],
    enter: (peer) =>
      Promise.resolve({
        round: () => round(peer.name),
        leave: () => Promise.resolve(),
      }),
  };
}

export const memory: Row = {
  name: "memory",
  weight: 1.8,
  cases: [
    // The postMessage contestant is the runtime's bare worker and a map.
    weighed(`memory per idle worker`, {
      unit: "MB",
      bounds: [{ of: "postMessage", over: 1 }],
      workers: [1 + MORE],
    }, async (peer) => {
      const [one, many] = await Promise.all([
        weigh(peer, 1),
        weigh(peer, 1 + MORE),
      ]);
      return (many.idleBytes - one.idleBytes) / MORE / 2 ** 20;
    }),
    weighed("memory per queued task", {
      unit: "bytes",
      bounds: [],
      workers: [1],
    }, async (peer) => (await weigh(peer, 1)).taskBytes),
  ],
};
