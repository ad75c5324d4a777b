/** How much of what a test made is still held: the collector tells. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

const { Bun } = globalThis as { Bun?: { gc(sync: boolean): void } };
let collect: (() => void) | undefined = Bun && (() => Bun.gc(true));

/** Collects all garbage, and lets registries hear of it. */
export async function collectGarbage(): Promise<void> {
  if (collect === undefined) {
    setFlagsFromString("--expose-gc");
    collect = runInNewContext("gc") as () => void;
  }
  collect();
  // Registries call back in a later turn.
  await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Counts the objects it was shown that somebody still holds. */
export class Held {
  #shown = 0;
  #gone = 0;
  readonly #registry = new FinalizationRegistry<null>(() => this.#gone++);

  /** Begins to count an object. */
  show(object: object): void {
    this.#shown++;
    this.#registry.register(object, null);
  }

  /** Resolves when the collector has left at most `most` of them. */
  async atMost(most: number): Promise<void> {
    while (this.#shown - this.#gone > most) await collectGarbage();
  }
}
