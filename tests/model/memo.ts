/**
 * From what a thread was told to what it has: the first decides the second, so
 * a way that was gone before is not looked at again.
 */
import { digest } from "./digest.ts";
import type { History } from "./hashes.ts";

/** Of one search. */
export class Memo {
  readonly #known = new Map<number, History>();
  readonly #checked: boolean;

  /** `checked`: looks every time, and throws where the first does not decide. */
  constructor(checked: boolean = false) {
    this.#checked = checked;
  }

  /** Makes the history of a thread that of what it has. */
  replace(told: History, has: () => unknown): void {
    // 53 of the 64 bits.
    const key = (told.h1 >>> 0) * 0x20_0000 + (told.h2 >>> 11);
    let now = this.#known.get(key);
    if (now === undefined || this.#checked) {
      const fresh = { h1: 0x51, h2: 0x27 };
      digest(fresh, has());
      if (now && (now.h1 !== fresh.h1 || now.h2 !== fresh.h2)) {
        throw new Error("A thread knows what it was never told");
      }
      this.#known.set(key, now = fresh);
    }
    told.h1 = now.h1;
    told.h2 = now.h2;
  }
}
