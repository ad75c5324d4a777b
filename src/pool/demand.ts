/**
 * How many workers the calls under way are worth. A wake costs as much as many
 * quick tasks, and one thread submits and settles all of them: workers whose
 * tasks take less than it does wait for it, and on few cores take its time.
 */
import type { Task } from "../task.ts";
import { type Call, SingleCall } from "./call.ts";

/** A worker is worth waking for so much work (microseconds). */
export const WAKE_MICROS = 50;
/**
 * One worker more is worth its core when tasks take so much longer (microseconds):
 * the host does about 1 per call, and each change of threads costs some. With
 * less, two workers were slower than one (alternatives, crowds).
 */
const HOST_MICROS = 4;
/** The estimate for a task that nobody measured: worth a worker. */
const UNKNOWN_MICROS = 2 ** 20;

/** What the calls under way will take, as far as anybody knows. */
export class Demand {
  #calls = 0;
  #micros = 0;
  readonly #estimates = new WeakMap<Task, number>();
  // The task of the last call and its estimate, since most are of one task.
  #task: Task | null = null;
  #estimate = 0;

  /** A call was accepted. */
  enter(call: Call): void {
    if (call instanceof SingleCall) call.micros = this.#of(call);
    else if (call.micros === 0) call.micros = UNKNOWN_MICROS;
    this.#micros += call.micros;
    this.#calls++;
  }

  /** It has settled. */
  leave(call: Call): void {
    this.#micros -= call.micros;
    // Sums of estimates come back to 0 only nearly.
    if (--this.#calls === 0) this.#micros = 0;
  }

  /**
   * It took so long. The geometric mean with what was known, and no more than
   * twice that: one call during which its thread did not run makes little
   * difference, several slow ones do.
   */
  learn(call: Call, micros: number): void {
    if (!(call instanceof SingleCall)) return;
    const known = this.#estimates.get(call.task) ?? micros;
    const mean = Math.sqrt((known + 1) * (micros + 1)) - 1;
    this.#estimates.set(call.task, Math.min(mean, 2 * known + 1));
    this.#task = null;
  }

  /** How many workers should be awake; no more than there are calls. */
  get workers(): number {
    const byWork = Math.ceil(this.#micros / WAKE_MICROS);
    const each = this.#micros / Math.max(1, this.#calls);
    const byHost = 1 + Math.floor(each / HOST_MICROS);
    return Math.max(1, Math.min(byWork, byHost, this.#calls));
  }

  #of({ task }: Call): number {
    if (task !== this.#task) {
      this.#task = task;
      this.#estimate = this.#estimates.get(task) ?? UNKNOWN_MICROS;
    }
    return this.#estimate;
  }
}
