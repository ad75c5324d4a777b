/** The threads of a pool get their orders, and outlive their end if that is to be. */
import { type Context, threadContext } from "../../src/context/mod.ts";

/** The context of threads, changed until it is disposed of. */
export class Afterlife {
  /** Of each thread: when it really ended. */
  readonly ended: Promise<void>[] = [];
  readonly #restore: () => void;

  /**
   * `lives`: a thread that is asked to end is said to have ended, and goes on:
   * what Deno does of itself.
   */
  constructor(orders: Int32Array, lives: boolean) {
    const context = threadContext as {
      -readonly [K in keyof Context]: Context[K];
    };
    const { start, exitIsCertain } = context;
    this.#restore = () => Object.assign(context, { start, exitIsCertain });
    const pretends = lives && exitIsCertain;
    if (pretends) context.exitIsCertain = false;
    context.start = (record, options, onExit) => {
      let told = false;
      const tell = (code: number, error: unknown): void => {
        if (!told) onExit(code, error);
        told = true;
      };
      let end: () => void = () => {};
      this.ended.push(new Promise((resolve) => end = resolve));
      const link = start.call(
        context,
        { ...record, orders } as typeof record,
        options,
        (code, error) => {
          end();
          tell(code, error);
        },
      );
      if (!pretends) return link;
      return {
        ...link,
        terminate: () => void queueMicrotask(() => tell(1, undefined)),
      };
    };
  }

  [Symbol.dispose](): void {
    this.#restore();
  }
}
