/** What pools run while their workers die: each task counts itself first. */
import { appendFileSync } from "node:fs";
import { taskContext, tasks } from "../../mod.ts";
import { open } from "../support/words.ts";
import * as deaths from "./gap.ts";

/** Where tasks count: in shared memory, or in a file that only grows. */
export type Counter = Int32Array | string;

/** How a task comes to its answer. */
export const KINDS = [
  "number",
  "text",
  "large",
  "waits",
  "nests",
  "looks",
  "encodes",
] as const;
export type Kind = typeof KINDS[number];

/** Tasks that found the arguments of others count here. */
export const FOREIGN = 0;

const own = tasks<typeof import("./tasks.ts")>(new URL(import.meta.url));

/** Counts itself as `id`; `load` must be full of it. */
export function meets(
  counter: Counter,
  id: number,
  kind: Kind,
  load: Uint8Array,
  _cloned?: Blob,
): unknown {
  count(counter, id);
  if (!same(load, id & 255)) count(counter, FOREIGN);
  deaths.gap(deaths.USER_CODE);
  switch (kind) {
    case "waits":
      return new Promise((resolve) =>
        setTimeout(resolve, 1, answer(id, kind, load.length))
      );
    case "nests":
      return taskContext().pool.apply(own.meets, [
        counter,
        id + 1,
        "number",
        load.map(() => (id + 1) & 255),
      ]);
    case "looks":
      return taskContext().signal.aborted
        ? "stopped"
        : answer(id, kind, load.length);
    case "encodes":
      return {
        get id() {
          deaths.gap(deaths.RESULT_ENCODE);
          return id;
        },
      };
  }
  return answer(id, kind, load.length);
}

/** What {@link meets} answers. */
export function answer(id: number, kind: Kind, load: number): unknown {
  switch (kind) {
    case "text":
      return `text ${id}`;
    case "large":
      return new Uint8Array(1000 + load).fill(id);
    case "nests":
      return (id + 1) * 2;
    case "encodes":
      return { id };
  }
  return id * 2;
}

function count(counter: Counter, id: number): void {
  if (typeof counter === "string") appendFileSync(counter, `${id}\n`);
  else Atomics.add(counter, id, 1);
}

/** Whether all bytes are that one; every 1000th of many. */
function same(load: Uint8Array, byte: number): boolean {
  const step = load.length > 100_000 ? 1000 : 1;
  for (let i = 0; i < load.length; i += step) {
    if (load[i] !== byte) return false;
  }
  return true;
}

/** Never ends, and keeps its worker from leaving. */
export function stays(counter: Int32Array, id: number): Promise<never> {
  open(counter, id);
  return new Promise(() => {});
}

/** Keeps its thread until `gate` changes. */
export function holds(
  counter: Int32Array,
  id: number,
  gate: Int32Array,
): void {
  const closed = Atomics.load(gate, 0);
  open(counter, id);
  Atomics.wait(gate, 0, closed);
}

/** Gives orders to the process it runs in. */
export function arms(point: number, skip: number, way: number): void {
  deaths.arm(point, skip, way);
}

/** A finalizer. */
export function leaves(): void {
  deaths.gap(deaths.FINALIZER);
}
