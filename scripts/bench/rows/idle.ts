/** How much of a core does a pool take that has nothing to do? */
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import type { Peer } from "../peers/mod.ts";
import { warmUp } from "./lanes.ts";
import type { Case, Lane, Pace, Row } from "./row.ts";

const CALLS = 64;

async function share(during: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  const before = process.cpuUsage();
  await during();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e3 / (performance.now() - began) * 100;
}

async function enterIdle(
  peer: Peer,
  workers: number,
  pace: Pace,
): Promise<Lane> {
  const pool = await peer.open(workers);
  await pool.call("inc", 1);
  await sleep(300);
  // The others get less of everybody's time.
  const ms = pace.quick ? 1_000 : peer.name === "whorl" ? 5_000 : 2_000;
  return {
    round: () => share(() => sleep(ms)),
    leave: () => pool.close(),
  };
}

async function enterAsleep(
  peer: Peer,
  workers: number,
  pace: Pace,
): Promise<Lane> {
  const pool = await peer.open(workers, CALLS / workers);
  const calls = (ms: number) =>
    Promise.all(Array.from({ length: CALLS }, () => pool.call("sleep", ms)));
  await warmUp(() => calls(0), pace);
  await sleep(300);
  return { round: () => share(() => calls(1_000)), leave: () => pool.close() };
}

function alone(
  name: string,
  most: number,
  rest: Pick<Case, "enter" | "rounds">,
): Case {
  return {
    name,
    unit: "% of a core",
    alone: true,
    slow: true,
    quickPeers: ["whorl"],
    bounds: [{ of: "itself", most, floor: name === "idle" }],
    ...rest,
  };
}

export const idle: Row = {
  name: "idle",
  weight: 3.5,
  cases: [
    alone("idle", 0.5, { rounds: 1, enter: enterIdle }),
    alone("idle, 64 asleep", 1, { rounds: 3, enter: enterAsleep }),
  ],
};
