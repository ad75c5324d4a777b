/** The wait lists of all words: who sleeps where, blocking or with a promise. */
import { learn } from "./hashes.ts";
import { Later } from "./later.ts";
import { Failure, type Op, type Thread } from "./threads.ts";

interface Waiter {
  readonly at: number;
  readonly thread: Thread;
  /** Null: the thread itself waits. */
  readonly promise: Later | null;
}

/** Those of one run, in the order in which they began to wait. */
export class Waiters {
  readonly #all: Waiter[] = [];

  /** How many promises of a thread are registered. */
  promises(thread: Thread): number {
    let count = 0;
    for (const waiter of this.#all) {
      if (waiter.thread === thread && waiter.promise) count++;
    }
    return count;
  }

  /** `Atomics.wait` and `waitAsync`: compares and enqueues in one step. */
  wait(thread: Thread, op: Op, at: number): unknown {
    const equal = op.words[op.index] === op.a;
    learn(thread.told, equal ? 3 : 4);
    if (op.kind === "wait") {
      if (!equal) return "not-equal";
      thread.waiting = true;
      this.#all.push({ at, thread, promise: null });
      return undefined;
    }
    if (!equal) return { async: false, value: "not-equal" };
    for (const waiter of this.#all) {
      if (waiter.thread === thread && waiter.promise && waiter.at === at) {
        throw new Failure("two promises of one thread wait for one word");
      }
    }
    const promise = new Later(thread);
    this.#all.push({ at, thread, promise });
    return { async: true, value: promise };
  }

  /** `Atomics.notify`. */
  notify(at: number, most: number): number {
    let count = 0;
    for (let i = 0; i < this.#all.length && count < most;) {
      const waiter = this.#all[i] as Waiter;
      if (waiter.at !== at) i++;
      else {
        this.#all.splice(i, 1);
        if (waiter.promise) waiter.promise.resolve();
        else {
          waiter.thread.waiting = false;
          waiter.thread.woken = "ok";
        }
        count++;
      }
    }
    return count;
  }

  /** A thread waits no more, or, with its promises, is gone. */
  forget(thread: Thread, promises: boolean): void {
    for (let i = this.#all.length - 1; i >= 0; i--) {
      const waiter = this.#all[i] as Waiter;
      if (waiter.thread !== thread) continue;
      if (promises || !waiter.promise) this.#all.splice(i, 1);
    }
  }
}
