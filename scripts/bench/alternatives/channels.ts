/** Which channel between two processes is the fastest? */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { launchArgs } from "../../../tests/support/runtime.ts";
import { runtimeName } from "../machine.ts";
import type { Alternative } from "./alternative.ts";

const CHILD = fileURLToPath(new URL("./channel_child.ts", import.meta.url));
const SIZES: readonly [bytes: number, trips: number][] = [
  [256, 200],
  [1024 * 1024, 3],
];

/** One way to a child that echoes: resolves when as many bytes came back. */
interface Channel {
  readonly child: ChildProcess;
  echo(size: number): Promise<void>;
}

export const channels: Alternative = {
  name: "channels",
  question: "What carries bytes to a worker process and back?",
  columns: ["256 bytes (µs)", "1 MB (µs)"],
  used: "inherited socket pair",
  reason:
    "Nothing to connect to, it ends with its host, and it is the quickest for " +
    "small messages everywhere.",
  async enter() {
    const folder = mkdtempSync(join(tmpdir(), "whorl-bench-"));
    const all: Record<string, Channel> = {
      "inherited socket pair": bySocketPair(),
      "standard input and output": byStandard(),
      "named socket": await byName(join(folder, "echo")),
      "IPC of the runtime": byIpc(),
    };
    const rounds = Object.entries(all).map(([name, channel]) =>
      [name, () => time(channel)] as const
    );
    return {
      rounds: Object.fromEntries(rounds),
      leave() {
        for (const { child } of Object.values(all)) child.kill("SIGKILL");
        rmSync(folder, { recursive: true, force: true });
        return Promise.resolve();
      },
    };
  },
};

async function time(channel: Channel): Promise<number[]> {
  const took: number[] = [];
  for (const [bytes, trips] of SIZES) {
    const began = performance.now();
    for (let i = 0; i < trips; i++) await channel.echo(bytes);
    took.push((performance.now() - began) * 1e3 / trips);
  }
  return took;
}

function start(
  kind: string,
  stdio: ("pipe" | "ignore" | "inherit" | "ipc")[],
  path = "",
): ChildProcess {
  const args = [...launchArgs(runtimeName), CHILD, kind, path];
  return spawn(process.execPath, args, { stdio, serialization: "advanced" });
}

/** Counts bytes that come back. */
function byStream(
  child: ChildProcess,
  to: NodeJS.WritableStream,
  from: NodeJS.ReadableStream,
): Channel {
  let missing = 0;
  let done: () => void = () => {};
  from.on("data", (bytes: Uint8Array) => {
    missing -= bytes.length;
    if (missing <= 0) done();
  });
  const echo = (size: number): Promise<void> =>
    new Promise((resolve) => {
      missing = size;
      done = resolve;
      to.write(new Uint8Array(size));
    });
  return { child, echo };
}

function bySocketPair(): Channel {
  const child = start("pair", ["ignore", "inherit", "inherit", "pipe", "pipe"]);
  return byStream(child, child.stdio[3] as Socket, child.stdio[4] as Socket);
}

function byStandard(): Channel {
  const child = start("standard", ["pipe", "pipe", "inherit"]);
  return byStream(child, child.stdin as Socket, child.stdout as Socket);
}

function byName(path: string): Promise<Channel> {
  return new Promise((resolve) => {
    const server = createServer((socket) =>
      resolve(byStream(child, socket, socket))
    );
    let child: ChildProcess;
    server.listen(path, () => {
      child = start("named", ["ignore", "inherit", "inherit"], path);
    });
  });
}

function byIpc(): Channel {
  const child = start("ipc", ["ignore", "inherit", "inherit", "ipc"]);
  let done: () => void = () => {};
  child.on("message", () => done());
  const echo = (size: number): Promise<void> =>
    new Promise((resolve) => {
      done = resolve;
      child.send(new Uint8Array(size));
    });
  return { child, echo };
}
