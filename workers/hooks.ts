/**
 * What a program asks a worker to do beside its tasks: the finalizer and the
 * exception handler. One that fails is reported to the program as a warning
 * and changes nothing else.
 */
import type { RingWorker } from "../ring/worker.ts";
import { Decoder } from "../src/codec/mod.ts";
import type { BootRecord, Hook } from "../src/mail.ts";
import { isThenable } from "./chunk.ts";
import type { Loader } from "./loader.ts";
import type { Mailbox } from "./mailbox.ts";

type Action = (...more: unknown[]) => unknown;

/** Loads and runs the hooks of one worker. */
export class Hooks {
  /** Exception handlers that have not settled: the worker does not leave before. */
  pending = 0;
  /** Called when {@link pending} falls. */
  onSettled: () => void = () => {};
  readonly #record: BootRecord;
  readonly #ring: RingWorker;
  readonly #loader: Loader;
  readonly #mailbox: Mailbox;
  #finalizer: Action | null = null;
  #handler: Action | null = null;

  constructor(
    record: BootRecord,
    parts: { ring: RingWorker; loader: Loader; mailbox: Mailbox },
  ) {
    this.#record = record;
    this.#ring = parts.ring;
    this.#loader = parts.loader;
    this.#mailbox = parts.mailbox;
  }

  /** Runs the initializer and loads the others. @throws what fails */
  async initialize(): Promise<void> {
    const { initializer, finalizer, exceptionHandler } = this.#record;
    await (await this.#load(initializer))?.();
    this.#finalizer = await this.#load(finalizer);
    this.#handler = await this.#load(exceptionHandler);
  }

  /** Whether there is a finalizer to run. */
  get finalizes(): boolean {
    return this.#finalizer !== null;
  }

  /** Runs the finalizer; settles when it has, and never rejects. */
  async finalize(): Promise<void> {
    try {
      await this.#finalizer?.();
    } catch (error) {
      this.#warn("finalize", this.#record.finalizer, error);
    }
  }

  /** Shows the handler what a task threw. */
  handle(error: unknown): void {
    if (this.#handler === null) return;
    try {
      const result = this.#handler(error);
      if (isThenable(result)) this.#await(result);
    } catch (failure) {
      this.#refused(failure);
    }
  }

  #await(result: PromiseLike<unknown>): void {
    this.pending++;
    const settled = (): void => {
      this.pending--;
      this.onSettled();
    };
    Promise.resolve(result).then(settled, (failure) => {
      this.#refused(failure);
      settled();
    });
  }

  #refused(failure: unknown): void {
    const { exceptionHandler } = this.#record;
    this.#warn("handle an error in", exceptionHandler, failure);
  }

  async #load(hook: Hook | null): Promise<Action | null> {
    if (hook === null) return null;
    const decoder = new Decoder(this.#mailbox);
    decoder.begin(hook.args, 0, hook.args.length, hook.values);
    const args = decoder.value() as unknown[];
    const fn = await this.#loader.load(hook);
    return (...more) => fn(...args, ...more);
  }

  #warn(action: string, hook: Hook | null, error: unknown): void {
    const [shown, detail] = describe(error);
    this.#mailbox.post({
      kind: "warning",
      message:
        `Cannot ${action} worker ${this.#record.workerId}: ${hook?.name} failed with ${shown}`,
      detail,
    });
    this.#ring.done.posted();
  }
}

// Whatever was thrown: nothing in here may throw again.
function describe(error: unknown): [shown: string, detail: string] {
  try {
    const shown = String(error);
    const stack = error instanceof Error ? error.stack : undefined;
    return [shown, typeof stack === "string" ? stack : shown];
  } catch {
    return ["a value that cannot be shown", ""];
  }
}
