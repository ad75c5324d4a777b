/**
 * Whether a worker's heap met its limit and the worker goes on: Deno cuts off
 * the microtask that met it, drops those that waited behind it, and says
 * nothing. In a turn of its own it ends the thread, as other runtimes always do.
 */
import { runtime } from "./detect.ts";
import { every } from "./loop.ts";

const LOOK_MS = 200;

/** Looks now and then, while it is told that something runs. */
export class HeapWatch {
  readonly #exhausted: () => void;
  readonly #limit: number;
  #end: (() => void) | null = null;
  #runs = false;

  /** `exhausted`: the heap met its limit, and whatever ran was cut off. */
  constructor(exhausted: () => void) {
    this.#exhausted = exhausted;
    this.#limit = limit();
  }

  /** Something runs. */
  start(): void {
    this.#runs = true;
    if (this.#end !== null || !runtime.outlivesHeapLimit) return;
    this.#end = every(LOOK_MS, () => this.#look());
  }

  /** Nothing runs. The next look is the last: a timer for every call costs more than that. */
  stop(): void {
    this.#runs = false;
  }

  #look(): void {
    // It is raised to let the thread go on, and for nothing else.
    if (limit() > this.#limit) this.#exhausted();
    if (this.#runs) return;
    this.#end?.();
    this.#end = null;
  }
}

function limit(): number {
  if (!runtime.outlivesHeapLimit) return 0;
  // Imported, it would cost every worker of the other runtimes memory.
  return process.getBuiltinModule("node:v8").getHeapStatistics()
    .heap_size_limit;
}
