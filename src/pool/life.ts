/**
 * The life of a pool: what may be asked when, and how it ends. It starts no
 * work and stops no worker itself; it says when.
 */
import { StateError, WorkerLostError } from "../errors.ts";
import { alike } from "./alike.ts";
import type { Crew } from "./crew.ts";
import type { CrewOwner } from "./crew_options.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { Maps } from "./maps.ts";
import { until } from "./until.ts";

/** What a pool has that ends with it. */
export interface Mortals {
  readonly crew: Crew;
  readonly dispatcher: Dispatcher;
  readonly maps: Maps;
}

/** Decides when a pool takes work and when it is over. */
export class Life implements CrewOwner {
  #state: "open" | "closing" | "closed" = "open";
  #breakage: { reason: string; cause: Error } | null = null;
  #gone = false;
  #onGone: (() => void) | null = null;
  readonly #ended: Promise<void>;
  #parts!: Mortals;

  constructor() {
    this.#ended = new Promise((resolve) => this.#onGone = resolve);
  }

  /** Starts the workers. @throws what the runtime throws when it refuses */
  begin(parts: Mortals): void {
    this.#parts = parts;
    parts.crew.start(parts.dispatcher);
  }

  /** @throws StateError unless the pool takes work */
  assertOpen(action: string): void {
    if (this.#state === "open") return;
    const why = this.#breakage === null
      ? "pool is closed"
      : `pool is closed, ${this.#breakage.reason}`;
    throw new StateError(
      "pool_closed",
      `Cannot ${action}: ${why}`,
      this.#breakage === null ? undefined : { cause: this.#breakage.cause },
    );
  }

  /** Whether nothing can run any more. */
  get over(): boolean {
    return this.#state === "closed";
  }

  /** As `Pool.close`. */
  close(): void {
    if (this.#state !== "open") return;
    this.#state = "closing";
    this.idle();
  }

  /** As `Pool.terminate`. */
  terminate(): void {
    if (this.#gone) return;
    // Told to leave, a worker that still boots may never come to hear it.
    if (this.#state === "closed") return this.#parts.crew.terminate();
    this.#end(() =>
      new StateError(
        "pool_closed",
        "Cannot finish the task: pool is terminated",
      )
    );
  }

  /** As `Pool.join`. */
  async join(signal: AbortSignal | undefined): Promise<void> {
    if (this.#state === "open") {
      throw new StateError("pool_open", "Cannot join: pool is still open");
    }
    signal?.throwIfAborted();
    if (this.#gone) return;
    // Somebody waits for it, so it keeps the program alive.
    this.keepAlive(true);
    await until(this.#ended, signal);
  }

  /** Whether the pool keeps the program alive, whatever it does. */
  keepAlive(wanted: boolean): void {
    if (!this.#gone) this.#parts.dispatcher.pulse.ref(wanted);
  }

  // ---- what the crew asks and tells ---------------------------------------------

  get needsWorkers(): boolean {
    return this.#state === "open" || this.#busy;
  }

  broken(reason: string, cause: Error): void {
    if (this.#breakage !== null || this.#state === "closed") return;
    this.#breakage = { reason, cause };
    this.#end((call, started) =>
      new WorkerLostError(
        `Cannot finish ${call}: ${reason}: ${cause.message}`,
        { workerId: 0, exitCode: null, reason, started, cause },
      )
    );
  }

  idle(): void {
    if (this.#state !== "closing" || this.#busy) return;
    this.#state = "closed";
    this.#parts.dispatcher.pulse.ref(true);
    this.#parts.crew.dismiss();
  }

  gone(): void {
    if (this.#gone || this.#state === "open") return;
    this.#gone = true;
    this.#state = "closed";
    this.#parts.dispatcher.pulse.end();
    this.#onGone?.();
  }

  get #busy(): boolean {
    const { dispatcher, maps } = this.#parts;
    return this.#state !== "closed" &&
      (dispatcher.outstanding > 0 || maps.size > 0);
  }

  #end(why: (task: string, started: boolean) => Error): void {
    this.#state = "closed";
    const error = alike(why);
    const { crew, dispatcher, maps } = this.#parts;
    // Results that are there are delivered; the rest learns why it is not.
    dispatcher.turn();
    maps.cancelAll((task) => error(task, false));
    const { host } = dispatcher;
    for (const call of [...dispatcher.pending()]) {
      const started = call.cell >= 0 && host.runnerOf(call.cell) >= 0;
      dispatcher.reject(call, error(call.task.name, started));
    }
    dispatcher.pulse.ref(true);
    crew.terminate();
  }
}
