/** The other end of channels.ts: echoes what comes. The arguments: which channel, its path. */
import { connect } from "node:net";
import process from "node:process";
import { openChannel, writeChannel } from "../../../src/runtime/child.ts";

const [, , kind, path] = process.argv;
if (kind === "pair") openChannel(writeChannel, () => process.exit(0));
else if (kind === "standard") {
  process.stdin.on("data", (bytes) => process.stdout.write(bytes));
} else if (kind === "named") {
  const socket = connect(path as string);
  socket.on("data", (bytes) => socket.write(bytes));
} else process.on("message", (message) => process.send?.(message));
