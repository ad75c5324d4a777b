/** What a round that hangs looks like from below: the control words of its rings, and its children. */
import { readFileSync } from "node:fs";
import {
  ARMED,
  CANCELLED,
  DTAIL,
  ENTRY,
  EXITED,
  FN,
  FREE,
  HEAD,
  isClaimed,
  isQueued,
  isRunning,
  Layout,
  LOAD,
  MAIL,
  MASK,
  ownerOf,
  PARK,
  POSTED,
  QUEUE,
  READY,
  RESCUED,
  STATE,
  STOP,
  TAIL,
  TASK_NUMBER,
} from "../../ring/mod.ts";
import { childrenOf, threadsOf } from "./gauges.ts";

const OF_A_WORKER = {
  DTAIL,
  READY,
  EXITED,
  LOAD,
  RESCUED,
  POSTED,
  PARK,
  STOP,
  QUEUE,
  MAIL,
};

/** Makes something that has rings; `wreck` tells what stands in them. */
export function watched<T>(make: () => T): { made: T; wreck: () => string } {
  const rings: SharedArrayBuffer[] = [];
  const Plain = SharedArrayBuffer;
  globalThis.SharedArrayBuffer = class extends Plain {
    constructor(length?: number, options?: { maxByteLength?: number }) {
      super(length ?? 0, options);
      rings.push(this);
    }
  };
  try {
    return {
      made: make(),
      wreck: () => [...rings.flatMap(words), ...children()].join("\n"),
    };
  } finally {
    globalThis.SharedArrayBuffer = Plain;
  }
}

function words(buffer: SharedArrayBuffer): string[] {
  let layout: Layout;
  try {
    layout = Layout.of(buffer);
  } catch {
    // Of results or arguments.
    return [];
  }
  const words = new Int32Array(buffer);
  const at = (index: number): number => Atomics.load(words, index);
  const ring = (number: number): string => {
    const base = layout.ring(number);
    const [head, tail] = [at(base + HEAD), at(base + TAIL)];
    const entries = Array.from(
      { length: Math.min(layout.cells, (tail - head) | 0) },
      (_, i) => at(base + ENTRY + ((head + i) & (layout.cells - 1))),
    );
    return `HEAD ${head} TAIL ${tail} entries [${entries}]`;
  };
  const lines = [`ARMED ${at(ARMED)} MASK ${at(MASK).toString(2)}`];
  for (let queue = 0; queue < layout.queues; queue++) {
    lines.push(`ring ${queue}: ${ring(queue)}`);
  }
  for (let slot = 0; slot < layout.slots; slot++) {
    const base = layout.slot(slot);
    const told = Object.entries(OF_A_WORKER)
      .map(([name, word]) => `${name} ${at(base + word)}`).join(" ");
    if (at(base + QUEUE) === 0 && at(base + STOP) === 0) continue;
    lines.push(
      `worker ${slot}: ${told}, alone: ${ring(layout.privateRing(slot))}`,
    );
  }
  for (let cell = 0; cell < layout.cells; cell++) {
    const base = layout.cell(cell);
    const state = stateOf(at(base + STATE));
    if (state === "") continue;
    const [task, number] = [at(base + FN), at(base + TASK_NUMBER)];
    lines.push(`cell ${cell}: ${state}, task ${task}, number ${number}`);
  }
  return lines;
}

function stateOf(state: number): string {
  if (state === FREE) return "";
  if (state === CANCELLED) return "cancelled";
  if (isQueued(state)) return `queued at ${state.toString(16)}`;
  if (isClaimed(state)) return `claimed by ${ownerOf(state)}`;
  return isRunning(state) ? `running in ${ownerOf(state)}` : `state ${state}`;
}

function children(): string[] {
  return childrenOf("self").map((pid: string) => {
    const told = read(`/proc/${pid}/stat`).split(") ").at(-1) ?? "";
    const threads = threadsOf(pid).map((task) => {
      const name = read(`/proc/${pid}/task/${task}/comm`).trim();
      return `${name} in ${read(`/proc/${pid}/task/${task}/wchan`)}`;
    });
    return `child ${pid}: ${told[0]}, threads: ${threads.join(", ")}`;
  });
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
