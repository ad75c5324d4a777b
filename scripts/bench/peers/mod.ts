/** Who takes part, in the order of the table? */
import type { Peer } from "./peer.ts";
import { piscina } from "./piscina.ts";
import { poolifier } from "./poolifier.ts";
import { postMessage } from "./post_message.ts";
import { tinypool } from "./tinypool.ts";
import { whorl } from "./whorl.ts";
import { workerpool } from "./workerpool.ts";

export type { Peer } from "./peer.ts";

export const PEERS: readonly Peer[] = [
  whorl,
  piscina,
  tinypool,
  poolifier,
  workerpool,
  postMessage,
];

/** The contestant of that name. @throws Error when there is none */
export function peerNamed(name: string): Peer {
  const peer = PEERS.find((one) => one.name === name);
  if (peer === undefined) throw new Error(`There is no ${name}`);
  return peer;
}
