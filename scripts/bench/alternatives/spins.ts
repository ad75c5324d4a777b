/** How long should a thread look for work before it sleeps? */
import process from "node:process";
import { PingPong } from "../rows/ping_pong.ts";
import type { Alternative } from "./alternative.ts";

const PASSES = 2_000;
const TASKS = 100;
const PAUSE_MS = 2;
/** Milliseconds of the bounds of workers/loop.ts, and of fixed ones. */
const WAYS: Readonly<Record<string, readonly [least: number, most: number]>> = {
  "adaptive, 5 to 100 µs": [0.005, 0.1],
  "none": [0, 0],
  "fixed 20 µs": [0.02, 0.02],
  "fixed 100 µs": [0.1, 0.1],
  "fixed 1 ms": [1, 1],
};

export const spins: Alternative = {
  name: "spins",
  question: "How long does a worker look for work before it sleeps?",
  columns: ["answer, one after another (µs)", "a task in 2 ms (% of a core)"],
  used: "adaptive, 5 to 100 µs",
  reason:
    "A spin saves the wake-up when tasks follow each other and wastes a core " +
    "when they do not, or when other programs want it; so it is long only " +
    "while it pays off.",
  enter() {
    const pairs = Object.values(WAYS).map(([least, most]) =>
      new PingPong(0.1, { least, most })
    );
    const rounds = Object.keys(WAYS).map((name, at) => {
      const pair = pairs[at] as PingPong;
      return [name, () => Promise.resolve(round(pair))] as const;
    });
    return Promise.resolve({
      rounds: Object.fromEntries(rounds),
      leave: () => Promise.all(pairs.map((pair) => pair.end())),
    });
  },
};

function round(pair: PingPong): number[] {
  const began = performance.now();
  for (let i = 0; i < PASSES; i++) pair.pass();
  const answerUs = (performance.now() - began) * 1e3 / PASSES;
  const nobody = new Int32Array(new SharedArrayBuffer(4));
  const before = process.cpuUsage();
  const from = performance.now();
  for (let i = 0; i < TASKS; i++) {
    Atomics.wait(nobody, 0, 0, PAUSE_MS);
    pair.pass();
  }
  const { user, system } = process.cpuUsage(before);
  const wall = (performance.now() - from) * 1e3;
  return [answerUs, (user + system) / wall * 100];
}
