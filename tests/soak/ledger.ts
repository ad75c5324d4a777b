/** How often tasks ran, as they counted it themselves. */
import {
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StartMethod } from "../../mod.ts";
import { sharedWords } from "../support/words.ts";
import { ATTEMPTS, type Counter } from "./tasks.ts";

/** The counts of one round. */
export class Ledger {
  /** What tasks get. */
  readonly counter: Counter;
  readonly #folder: string = "";
  #counts: Int32Array;

  /** For ids below `ids`. */
  constructor(startMethod: StartMethod, ids: number) {
    this.#counts = sharedWords(ids * ATTEMPTS);
    if (startMethod === "thread") {
      this.counter = this.#counts;
      return;
    }
    this.#folder = mkdtempSync(join(tmpdir(), "whorl-soak-"));
    this.counter = join(this.#folder, "counts");
    writeFileSync(this.counter, "");
  }

  /** Grows with every start that was counted. */
  progress(): number {
    return typeof this.counter === "string"
      ? statSync(this.counter).size
      : this.#counts.reduce((sum, count) => sum + count, 0);
  }

  /** Every worker is gone: reads what they left. */
  close(): void {
    if (typeof this.counter !== "string") return;
    for (const line of readFileSync(this.counter, "utf8").split("\n")) {
      if (line !== "") (this.#counts[Number(line)] as number)++;
    }
    rmSync(this.#folder, { recursive: true });
  }

  /** How often each attempt at a task ran. */
  runs(id: number): number[] {
    return [...this.#counts.slice(id * ATTEMPTS, (id + 1) * ATTEMPTS)];
  }
}
