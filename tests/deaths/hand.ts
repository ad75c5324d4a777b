/** A thread on the raw rings, as its host knows it. */
import { Worker } from "node:worker_threads";
import { createResultRing, ResultReader } from "../../ring/mod.ts";
import { open, reached, sharedWords } from "../support/words.ts";
import { ORDER_WORDS, PAUSED } from "./gap.ts";
import { arm, isPaused, type Order } from "./orders.ts";
import type { Post } from "./post.ts";

/** One worker. */
export interface Hand {
  readonly slot: number;
  readonly orders: Int32Array<SharedArrayBuffer>;
  readonly reader: ResultReader;
  /** It sleeps in its event loop. */
  readonly awaits: boolean;
  readonly thread: Worker;
  /** It pauses, or is gone. */
  readonly stopped: Promise<void>;
  readonly exit: Promise<void>;
  gone: boolean;
}

const ENTRY = new URL("./ring_thread.ts", import.meta.url);
/** Without limits one thread's heap is the whole program's on Deno. */
const HEAP = { resourceLimits: { maxOldGenerationSizeMb: 32 } };

/** Starts one. `order`: what it does from its first line on. */
export function hire(
  post: Omit<Post, "orders" | "results">,
  order?: Order,
): Hand {
  const orders = sharedWords(ORDER_WORDS);
  if (order !== undefined) arm(orders, order);
  const results = createResultRing(1024);
  const workerData: Post = { ...post, orders, results };
  const thread = new Worker(ENTRY, { workerData, ...HEAP });
  // How it died is not what is tested.
  thread.on("error", () => {});
  const hand: Hand = {
    slot: post.slot,
    orders,
    reader: new ResultReader(results),
    awaits: post.awaits,
    thread,
    stopped: reached(orders, PAUSED, 1),
    exit: new Promise((resolve) => {
      thread.once("exit", () => {
        hand.gone = true;
        open(orders, PAUSED);
        resolve();
      });
    }),
    gone: false,
  };
  return hand;
}

/** Whether it stands still at its point. */
export function isStopped({ gone, orders }: Hand): boolean {
  return !gone && isPaused(orders);
}
