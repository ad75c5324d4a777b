/** Arguments in the arena: the host allocates, writes and frees. */
import { type Block, offsetOf, segmentOf } from "../../ring/mod.ts";
import type { Machine } from "./machine.ts";
import { type ArenaSteps, ringsOf } from "./rings.ts";

/** One run's arena. Segments are known to all threads at once. */
export class ArgumentArena {
  readonly #machine: Machine;
  readonly #arena: ArenaSteps;
  readonly #segments = new Map<number, Int32Array>();
  readonly #blocks = new Map<number, Block>();

  constructor(machine: Machine) {
    this.#machine = machine;
    const { Arena } = ringsOf(machine);
    this.#arena = new Arena({
      added: (segment, buffer) =>
        void this.#segments.set(segment, new Int32Array(buffer)),
    });
  }

  /** All of it, for the key of a state. */
  state(): unknown {
    return [this.#arena, this.#blocks, [...this.#segments.keys()]];
  }

  /** Blocks in use. */
  get used(): number {
    return this.#blocks.size;
  }

  /** Writes the arguments of a task; answers where they are. */
  write(task: number, value: number): { segment: number; offset: number } {
    const length = lengthOf(task);
    const block = this.#arena.allocate(length);
    this.#blocks.set(task, block);
    const [segment, offset] = [segmentOf(block), offsetOf(block)];
    const words = this.#segments.get(segment) as Int32Array;
    this.#machine.put(words, offset / 4, value);
    this.#machine.put(words, offset / 4 + length / 4 - 1, value);
    return { segment, offset };
  }

  read(task: number, segment: number, offset: number, value: number): boolean {
    const words = this.#segments.get(segment) as Int32Array;
    const last = lengthOf(task) / 4 - 1;
    return this.#machine.get(words, offset / 4) === value &&
      this.#machine.get(words, offset / 4 + last) === value;
  }

  /** Nobody reads the arguments of this task any more. */
  free(task: number): void {
    const block = this.#blocks.get(task) as Block;
    this.#blocks.delete(task);
    this.#machine.atOnce(this.#arena.free(block));
  }
}

// Every third task needs a block of another class.
function lengthOf(task: number): number {
  return task % 3 === 2 ? 200 : 100;
}
