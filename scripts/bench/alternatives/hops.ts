/**
 * What does each way to a later turn cost on this runtime, and what do the
 * calls cost that a hot loop makes? Run it with each runtime; it prints µs and ns.
 */
import { setImmediate, setTimeout } from "node:timers";
import { MessageChannel } from "node:worker_threads";
import { runtimeName } from "../machine.ts";
import { digits } from "../figures.ts";

type Ask = (callback: () => void) => void;

console.log(runtimeName);
for (const [name, count, ask] of ways()) {
  await turns(ask, 200);
  console.log(`${name.padEnd(44)} ${digits(await turns(ask, count))} µs`);
}
for (const [name, call] of calls()) {
  loop(call, 100_000);
  console.log(`${name.padEnd(44)} ${digits(loop(call, 1_000_000))} ns`);
}

function ways(): [string, number, Ask][] {
  const global = globalThis as unknown as {
    MessageChannel: typeof MessageChannel;
  };
  return [
    ["MessageChannel of node:worker_threads, on", 20_000, byNodePort()],
    ["MessageChannel of the web, onmessage", 20_000, byWebPort(global)],
    ["setImmediate", 20_000, (callback) => setImmediate(callback)],
    ["setTimeout 0", 300, (callback) => setTimeout(callback, 0)],
    ["queueMicrotask", 200_000, (callback) => queueMicrotask(callback)],
    ["Promise then", 200_000, (callback) => Promise.resolve().then(callback)],
    ["waitAsync notified by oneself", 5_000, byWaitAsync()],
  ];
}

function byNodePort(): Ask {
  const { port1, port2 } = new MessageChannel();
  let next = (): void => {};
  port2.on("message", () => next());
  port2.unref();
  return (callback) => {
    next = callback;
    port1.postMessage(0);
  };
}

function byWebPort(global: { MessageChannel: typeof MessageChannel }): Ask {
  const { port1, port2 } = new global.MessageChannel() as unknown as {
    port1: { postMessage(value: number): void };
    port2: { onmessage: () => void; unref?(): void };
  };
  let next = (): void => {};
  port2.onmessage = () => next();
  port2.unref?.();
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
async function turns(ask: Ask, count: number): Promise<number> {
  // Something that is waited for, or an unreferenced port ends the program.
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

function calls(): [string, (i: number) => number][] {
  const words = new Int32Array(new SharedArrayBuffer(64));
  return [
    ["an empty loop", (i) => i],
    ["plain load", () => words[3] ?? 0],
    ["Atomics.load", () => Atomics.load(words, 3)],
    ["Atomics.store", (i) => Atomics.store(words, 3, i)],
    ["Atomics.compareExchange", (i) => Atomics.compareExchange(words, 3, i, i)],
    ["Atomics.notify with nobody asleep", () => Atomics.notify(words, 3, 1)],
    ["performance.now", () => performance.now()],
    ["Date.now", () => Date.now()],
  ];
}

/** Nanoseconds per call. */
function loop(call: (i: number) => number, count: number): number {
  let sum = 0;
  const began = performance.now();
  for (let i = 0; i < count; i++) sum += call(i);
  const took = performance.now() - began;
  return sum === Infinity ? NaN : took * 1e6 / count;
}
