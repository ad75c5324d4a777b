/** Which way to a later turn of the event loop is the quickest? */
import { setImmediate, setTimeout } from "node:timers";
import { MessageChannel } from "node:worker_threads";
import type { Alternative } from "./alternative.ts";

type Ask = (callback: () => void) => void;

export const hops: Alternative = {
  name: "hops",
  question: "How does the host get to its next look, and lets timers through?",
  columns: ["turn (µs)"],
  used: "setImmediate",
  reason:
    "Microtasks are quicker and let no timer run; a message to oneself is " +
    "slow on Deno; waitAsync keeps no program alive.",
  enter() {
    const { port1, port2 } = new MessageChannel();
    const ways: readonly [name: string, count: number, ask: Ask][] = [
      ["setImmediate", 5_000, (callback) => setImmediate(callback)],
      ["message, worker_threads", 5_000, byPort(port1, port2)],
      ["message, the web's", 5_000, byWebPort()],
      ["setTimeout 0", 100, (callback) => setTimeout(callback, 0)],
      ["waitAsync notified by oneself", 2_000, byWaitAsync()],
      ["queueMicrotask", 50_000, (callback) => queueMicrotask(callback)],
    ];
    const rounds = ways.map(([name, count, ask]) =>
      [name, async () => [await turnUs(ask, count)]] as const
    );
    return Promise.resolve({
      rounds: Object.fromEntries(rounds),
      leave: () => Promise.resolve(port1.close()),
    });
  },
};

function byPort(
  here: { postMessage(value: number): void },
  there: { on(event: "message", listener: () => void): unknown },
): Ask {
  let next = (): void => {};
  there.on("message", () => next());
  return (callback) => {
    next = callback;
    here.postMessage(0);
  };
}

function byWebPort(): Ask {
  const { port1, port2 } = new globalThis.MessageChannel();
  let next = (): void => {};
  port2.onmessage = () => next();
  return (callback) => {
    next = callback;
    port1.postMessage(0);
  };
}

function byWaitAsync(): Ask {
  const words = new Int32Array(new SharedArrayBuffer(4));
  return (callback) => {
    const waiting = Atomics.waitAsync(words, 0, 0);
    if (waiting.async) void waiting.value.then(callback);
    Atomics.notify(words, 0);
  };
}

/** Microseconds per turn. */
async function turnUs(ask: Ask, count: number): Promise<number> {
  // A waitAsync keeps no program alive.
  const alive = setInterval(() => {}, 60_000);
  const began = performance.now();
  await new Promise<void>((resolve) => {
    let left = count;
    const step = (): void => --left > 0 ? ask(step) : resolve();
    ask(step);
  });
  clearInterval(alive);
  return (performance.now() - began) * 1e3 / count;
}
