/**
 * What does a pool weigh? Started by rows/memory.ts with the name of a peer and
 * a number of workers, it prints its weights as one line of JSON.
 */
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { peerNamed } from "./peers/mod.ts";

const SETTLE_MS = 300;
const TASKS = 50_000;

/** Resident memory, as the system counts it. */
export interface Weighed {
  /** That a pool adds which has run something and rests. */
  readonly idleBytes: number;
  /** That each of many calls adds when they are made at once and none is answered yet. */
  readonly taskBytes: number;
}

if (import.meta.main) {
  const [name, workers] = process.argv.slice(2);
  console.log(JSON.stringify(await weigh(name ?? "", Number(workers))));
  process.exit(0);
}

async function weigh(name: string, workers: number): Promise<Weighed> {
  const peer = peerNamed(name);
  // The package itself is no worker's weight: it is loaded before.
  await (await peer.open(1)).close();
  const before = process.memoryUsage().rss;
  const pool = await peer.open(workers);
  for (let turn = 0; turn < 3; turn++) {
    await Promise.all(
      Array.from({ length: workers * 16 }, () => pool.call("inc", 1)),
    );
  }
  await sleep(SETTLE_MS);
  const idle = process.memoryUsage().rss;
  const answers: unknown[] = [];
  for (let i = 0; i < TASKS; i++) answers.push(pool.call("inc", i));
  const queued = process.memoryUsage().rss;
  return {
    idleBytes: idle - before,
    taskBytes: (queued - idle) / answers.length,
  };
}
