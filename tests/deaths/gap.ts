/**
 * Where a worker dies. The copy of ring/ that `tree.ts` makes comes here after
 * every labelled operation; what a worker does here, its orders say. A thread
 * that got none, as that of a host, passes.
 */
import { mkdirSync } from "node:fs";
import process from "node:process";
import { workerData } from "node:worker_threads";

/** How a worker can end, or stop for a while. */
export const WAYS = [
  "exit",
  "throw",
  "overflow",
  "heap",
  "kill",
  "pause",
  "spin",
] as const;

/** One of {@link WAYS}. */
export type Way = typeof WAYS[number];

/** Places beside the labels of ring/, by the names they have in ring/README.md. */
export const PLACES = [
  "user code",
  "result words",
  "argument decode",
  "result encode",
  "finalizer",
] as const;
/** Their numbers; those of labels follow. */
export const USER_CODE = 1;
export const RESULT_WORDS = 2;
export const ARGUMENT_DECODE = 3;
export const RESULT_ENCODE = 4;
export const FINALIZER = 5;

/** Words of the orders. */
export const POINT = 0;
/** Passages that are let go first. */
export const SKIP = 1;
export const WAY = 2;
/** 1: a worker has followed the orders. */
export const TAKEN = 3;
export const PAUSED = 4;
export const GO = 5;
/** How often each point was passed. */
export const SEEN = 8;
/** How often by a worker after its pause. */
export const AFTER = 136;
export const ORDER_WORDS = 264;

/** The variable that names the file which the first process to die makes. */
export const LOCK = "WHORL_TEST_DEATH";

interface Given {
  readonly orders?: Int32Array;
  readonly record?: { readonly orders?: Int32Array };
}

const given = workerData as Given | null;
const lock = process.env[LOCK];
const orders: Int32Array | null = given?.orders ?? given?.record?.orders ??
  (lock === undefined ? null : new Int32Array(ORDER_WORDS));
let spent = false;
let revived = false;

/** Gives orders to this thread and all that share its words. */
export function arm(point: number, skip: number, way: number): void {
  if (orders === null) throw new Error("Cannot arm: this thread is a host");
  orders[SKIP] = skip;
  orders[WAY] = way;
  Atomics.store(orders, POINT, point);
}

/** This thread is at `point`. */
export function gap(point: number): void {
  if (orders === null) return;
  const count = (revived ? AFTER : SEEN) + point;
  Atomics.add(orders, count, 1);
  Atomics.notify(orders, count);
  if (spent || Atomics.load(orders, POINT) !== point) return;
  if (Atomics.sub(orders, SKIP, 1) > 0 || !take(orders)) return;
  spent = true;
  follow(orders);
}

function take(words: Int32Array): boolean {
  if (lock === undefined) {
    return Atomics.compareExchange(words, TAKEN, 0, 1) === 0;
  }
  try {
    mkdirSync(lock);
    return true;
  } catch {
    return false;
  }
}

function follow(words: Int32Array): void {
  const way = WAYS[words[WAY] as number] as Way;
  switch (way) {
    case "exit":
      return process.exit(7);
    case "throw":
      throw new Error("died as ordered");
    case "overflow":
      return void deepen(0);
    case "heap": {
      const kept: number[][] = [];
      for (;;) kept.push(new Array(100_000).fill(kept.length / 3));
    }
    case "kill":
      process.kill(process.pid, "SIGKILL");
      for (;;);
  }
  Atomics.store(words, PAUSED, 1);
  Atomics.notify(words, PAUSED);
  while (Atomics.load(words, GO) === 0) {
    if (way === "pause") Atomics.wait(words, GO, 0);
  }
  revived = true;
}

function deepen(depth: number): number {
  return 1 + deepen(depth + 1);
}

type Operation = (...args: unknown[]) => unknown;

const atomics = Atomics as unknown as Record<string, Operation>;

/** `Atomics`, with a point as first argument that is come to after the operation. */
export const Gapped: Record<string, Operation> = Object.fromEntries(
  Object.getOwnPropertyNames(Atomics).map((name) => [
    name,
    (point, ...args) => {
      const answer = (atomics[name] as Operation)(...args);
      gap(point as number);
      return answer;
    },
  ]),
);
