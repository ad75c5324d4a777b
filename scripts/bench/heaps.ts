/**
 * What is the heap of an idle worker made of, and of a bare one? Started by
 * profile.ts, it prints both as one line of JSON.
 */
import process from "node:process";
import { peerNamed } from "./peers/mod.ts";

/** The heap of a contestant's thread: bytes by what they are. */
export type Heap = Readonly<Record<string, number>>;

/** Who is weighed: the library, and the runtime's bare worker. */
export const WEIGHED = ["whorl", "postMessage"] as const;

const CALLS = 48;

if (import.meta.main) {
  const heaps: Heap[] = [];
  for (const name of WEIGHED) heaps.push(await heapOf(name));
  console.log(JSON.stringify(heaps));
  process.exit(0);
}

async function heapOf(name: string): Promise<Heap> {
  const peer = peerNamed(name);
  const pool = await peer.open(1);
  await Promise.all(Array.from({ length: CALLS }, () => pool.call("inc", 1)));
  const heap = await pool.call("heap", undefined) as Heap;
  await pool.close();
  return heap;
}
