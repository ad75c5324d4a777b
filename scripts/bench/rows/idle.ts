/** How much of a core does a pool take that has nothing to do? */
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import type { Peer } from "../peers/mod.ts";
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
  return {
    round: () => share(() => sleep(pace.quick ? 2_000 : 5_000)),
    leave: () => pool.close(),
  };
}

async function enterAsleep(
  peer: Peer,
  workers: number,
  pace: Pace,
): Promise<Lane> {
  const pool = await peer.open(workers, CALLS);
  const calls = () =>
    Promise.all(
      Array.from({ length: CALLS }, () => pool.call("sleep", 1_000)),
    );
  const times = pace.quick ? 1 : 5;
  await pool.call("sleep", 1);
  await sleep(300);
  return {
    round: () =>
      share(async () => {
        for (let i = 0; i < times; i++) await calls();
      }),
    leave: () => pool.close(),
  };
}

function alone(name: string, most: number, enter: Case["enter"]): Case {
  const floor = name === "idle";
  return {
    name,
    unit: "% of a core",
    alone: true,
    slow: true,
    rounds: 1,
    quickPeers: ["whorl"],
    bounds: [{ of: "itself", most, floor }],
    enter,
  };
}

export const idle: Row = {
  name: "idle",
  cases: [
    alone("idle", 0.5, enterIdle),
    alone("idle, 64 asleep", 1, enterAsleep),
  ],
};
