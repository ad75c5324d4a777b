/** At which operations a thread was preempted, killed or fenced, and how often. */
import type { Watch } from "./explorer.ts";
import { KILL, OPTIONS, TIMEOUT } from "./threads.ts";

/** Counts for one label. */
export interface Counts {
  executed: number;
  preempted: number;
  killed: number;
  fenced: number;
}

/** Coverage of all searches of one run of the script. */
export class Coverage {
  readonly labels: Map<string, Counts> = new Map();

  /** To be called before every move. */
  readonly watch: Watch = (machine, move) => {
    const { current, threads } = machine;
    if (move >= TIMEOUT) return;
    if (move >= KILL) {
      this.#at(threads[move - KILL]?.pending?.label).killed++;
      return;
    }
    const thread = threads[Math.floor(move / OPTIONS)];
    const label = thread?.pending?.label;
    this.#at(label).executed++;
    if (current && current !== thread && current.state === "ready") {
      if (!current.waiting) this.#at(current.pending?.label).preempted++;
    }
    if (label !== "F1" || thread?.pending?.a !== 2) return;
    for (const each of threads) {
      if (each.id > 0 && each.state === "ready") {
        this.#at(each.pending?.label).fenced++;
      }
    }
  };

  #at(label = "end"): Counts {
    let counts = this.labels.get(label);
    if (!counts) {
      counts = { executed: 0, preempted: 0, killed: 0, fenced: 0 };
      this.labels.set(label, counts);
    }
    return counts;
  }
}
