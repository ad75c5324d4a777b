/** What happened to every task, and what must never happen to one. */
import { Failure } from "./threads.ts";

/**
 * How a task ended: with a result, lost with its worker, cancelled, or given
 * up unstarted when all workers were terminated.
 */
export type End = "R" | "L" | "C" | "U";

/** The books of one run. */
export class Books {
  readonly runs: number[];
  readonly ends: (End | "")[];
  /** Tasks whose result was published while the host still listened. */
  readonly #published = new Set<number>();
  /** By slot: tasks between `stage` and R6. */
  readonly #staged = new Map<number, number[]>();
  readonly #bound: number[] = [];
  /** The slot that is being fenced, and those whose ring was looked at last. */
  #fencing = -1;
  readonly #deaf = new Set<number>();

  constructor(tasks: number) {
    this.runs = new Array(tasks).fill(0);
    this.ends = new Array(tasks).fill("");
  }

  /** All of it, for the key of a state. */
  state(): unknown {
    const { runs, ends } = this;
    return [
      ...[runs, ends, this.#published, this.#staged, this.#bound],
      ...[this.#fencing, this.#deaf],
    ];
  }

  get settled(): boolean {
    return this.ends.every((end) => end !== "");
  }

  /** How all tasks ended, as one word. */
  get outcome(): string {
    return this.ends.map((end) => end || "-").join("");
  }

  /** A task may run in this slot alone; -1: in any. */
  bind(task: number, slot: number): void {
    this.#bound[task] = slot;
  }

  /** User code of a task runs in a slot. */
  run(task: number, slot: number, right: boolean): void {
    const bound = this.#bound[task] ?? -1;
    if (bound >= 0 && bound !== slot) {
      throw new Failure(`task ${task} of worker ${bound} ran in ${slot}`);
    }
    if (!right) throw new Failure(`task ${task} got other arguments`);
    (this.runs[task] as number)++;
    if ((this.runs[task] as number) > 1) {
      throw new Failure(`task ${task} ran twice`);
    }
    if (this.ends[task] === "C" || this.ends[task] === "U") {
      throw new Failure(`task ${task} ran after it was cancelled`);
    }
  }

  /** A task gets its outcome. */
  end(task: number, how: End): void {
    if (this.ends[task] !== "") {
      throw new Failure(
        `task ${task} was settled as ${this.ends[task]} and as ${how}`,
      );
    }
    if (how === "R" && this.runs[task] !== 1) {
      throw new Failure(`task ${task} has a result and never ran`);
    }
    if ((how === "C" || how === "U") && this.runs[task] !== 0) {
      const what = how === "C" ? "cancelled" : "given up as unstarted";
      throw new Failure(`task ${task} ran and was ${what}`);
    }
    if (how === "L" && this.#published.has(task)) {
      throw new Failure(`the published result of task ${task} was thrown away`);
    }
    this.ends[task] = how;
  }

  /** A task goes back into the queue. */
  giveBack(task: number): void {
    if (this.ends[task] !== "" || this.runs[task] !== 0) {
      throw new Failure(`task ${task} was given back after it ran`);
    }
  }

  staged(slot: number, task: number): void {
    const tasks = this.#staged.get(slot) ?? [];
    tasks.push(task);
    this.#staged.set(slot, tasks);
  }

  /** R6 of the worker in this slot. */
  published(slot: number): void {
    const tasks = this.#staged.get(slot) ?? [];
    for (const task of tasks.splice(0)) {
      if (!this.#deaf.has(slot)) this.#published.add(task);
    }
  }

  fences(slot: number): void {
    this.#fencing = slot;
  }

  /** H1 of the host: while it fences, its last look at that worker's ring. */
  looked(): void {
    if (this.#fencing >= 0) this.#deaf.add(this.#fencing);
    this.#fencing = -1;
  }

  /** A new worker in a slot. */
  enlisted(slot: number): void {
    this.#deaf.delete(slot);
    this.#staged.delete(slot);
  }
}
