/**
 * Which channel between two processes is the fastest on each runtime? Echoes
 * 256 bytes and 1 MB over an inherited socket pair (what whorl uses), standard
 * input and output, a named socket and the runtime's own IPC, in turn, several
 * rounds. Without arguments it runs on every runtime and writes
 * results/channels.json.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { launchArgs } from "../../../tests/support/runtime.ts";
import { installed } from "../../runtimes.ts";
import { digits, median } from "../figures.ts";
import { load, machine, runtimeName } from "../machine.ts";

const SELF = fileURLToPath(import.meta.url);
const CHILD = fileURLToPath(new URL("./channel_child.ts", import.meta.url));
const ROUNDS = 7;
const TRIPS = 300;
const SMALL = 256;
const LARGE = 1024 * 1024;

/** One way to a child that echoes. */
interface Channel {
  readonly name: string;
  readonly child: ChildProcess;
  /** Sends `size` bytes and resolves when as many came back. */
  echo(size: number): Promise<void>;
}

if (process.argv[2] === "measure") {
  console.log(JSON.stringify(await measure()));
  process.exit(0);
}
const results: Record<string, unknown> = {};
for (const name of ["node", "bun", "deno"] as const) {
  const run = spawnSync(
    installed(name),
    [...launchArgs(name), SELF, "measure"],
    {
      encoding: "utf8",
      timeout: 120_000,
    },
  );
  if (run.status !== 0) throw new Error(`${name}: ${run.stderr}`);
  results[name] = JSON.parse(run.stdout.trim().split("\n").at(-1) as string);
}
const out = new URL("../results/channels.json", import.meta.url);
const report = {
  date: new Date().toISOString(),
  load: load(),
  machine: machine(),
  results,
};
writeFileSync(out, JSON.stringify(report, null, 2) + "\n");
console.log(JSON.stringify(report, null, 2));

async function measure(): Promise<
  Record<string, { small: string; large: string }>
> {
  const folder = mkdtempSync(join(tmpdir(), "whorl-bench-"));
  const channels = [
    await opened("inherited socket pair", bySocketPair()),
    await opened("standard input and output", byStandard()),
    await opened("named socket", await byName(join(folder, "echo"))),
    await opened("IPC of the runtime", byIpc()),
  ];
  const small = channels.map((): number[] => []);
  const large = channels.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [at, channel] of channels.entries()) {
      small[at]?.push(await time(channel, SMALL, TRIPS));
      large[at]?.push(await time(channel, LARGE, 4));
    }
  }
  for (const { child } of channels) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
  return Object.fromEntries(channels.map(({ name }, at) => [name, {
    small: `${digits(median(small[at] as number[]) * 1000)} µs`,
    large: `${digits(median(large[at] as number[]))} ms`,
  }]));
}

/** Milliseconds of one echo. */
async function time(
  channel: Channel,
  size: number,
  trips: number,
): Promise<number> {
  const began = performance.now();
  for (let i = 0; i < trips; i++) await channel.echo(size);
  return (performance.now() - began) / trips;
}

async function opened(
  name: string,
  channel: Omit<Channel, "name">,
): Promise<Channel> {
  for (let i = 0; i < 100; i++) await channel.echo(SMALL);
  return { name, ...channel };
}

function start(
  kind: string,
  stdio: ("pipe" | "ignore" | "inherit" | "ipc")[],
  extra = "",
): ChildProcess {
  return spawn(
    process.execPath,
    [...launchArgs(runtimeName), CHILD, kind, extra],
    { stdio, serialization: "advanced" },
  );
}

/** Counts bytes that come back. */
function byStream(
  child: ChildProcess,
  to: NodeJS.WritableStream,
  from: NodeJS.ReadableStream,
): Omit<Channel, "name"> {
  let missing = 0;
  let done: () => void = () => {};
  from.on("data", (bytes: Uint8Array) => {
    missing -= bytes.length;
    if (missing <= 0) done();
  });
  return {
    child,
    echo: (size) =>
      new Promise((resolve) => {
        missing = size;
        done = resolve;
        to.write(new Uint8Array(size));
      }),
  };
}

function bySocketPair(): Omit<Channel, "name"> {
  const child = start("pair", ["ignore", "inherit", "inherit", "pipe", "pipe"]);
  return byStream(child, child.stdio[3] as Socket, child.stdio[4] as Socket);
}

function byStandard(): Omit<Channel, "name"> {
  const child = start("standard", ["pipe", "pipe", "inherit"]);
  return byStream(child, child.stdin as Socket, child.stdout as Socket);
}

function byName(path: string): Promise<Omit<Channel, "name">> {
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

function byIpc(): Omit<Channel, "name"> {
  const child = start("ipc", ["ignore", "inherit", "inherit", "ipc"]);
  let done: () => void = () => {};
  child.on("message", () => done());
  return {
    child,
    echo: (size) =>
      new Promise((resolve) => {
        done = resolve;
        child.send(new Uint8Array(size));
      }),
  };
}
