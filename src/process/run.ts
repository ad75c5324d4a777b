/**
 * One worker that runs one task and leaves: a crew of one place, which is never
 * filled again. What it did is kept, whoever asks for it and when.
 */
import type { Context, Link, Signal } from "../context/mod.ts";
import { WorkerLostError } from "../errors.ts";
import { SingleCall } from "../pool/call.ts";
import type { SiteReference } from "../pool/call_site.ts";
import { Courier } from "../pool/courier.ts";
import { Crew } from "../pool/crew.ts";
import { crewOptions, type CrewOwner } from "../pool/crew_options.ts";
import { Dispatcher } from "../pool/dispatcher.ts";
import { Intake } from "../pool/intake.ts";
import { Watch } from "../pool/watch.ts";
import { lostError } from "../pool/member.ts";
import type { Settings } from "../pool/options.ts";
import { Requests } from "../pool/requests.ts";
import { RoundRobin } from "../scheduler/mod.ts";
import type { ProcessSettings } from "./options.ts";

/** What came of the task. */
export type Outcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: unknown };

const SHAPE = { cells: 1, slots: 1, queues: 1 };

/** A started process. */
export class Run {
  /** How it ended, or null while it runs. */
  exitCode: number | null = null;
  /** Its end; never rejects, so that nobody has to listen. */
  readonly ended: Promise<void>;
  readonly #settings: ProcessSettings;
  readonly #dispatcher: Dispatcher;
  readonly #crew: Crew;
  readonly #daemon: boolean;
  #end: () => void = () => {};
  #link: Link | null = null;
  #outcome: Outcome | null = null;
  /** What the runtime said of its end; the task's outcome says more. */
  #code: number | null = null;
  #waiting = 0;

  /** @throws CodecError when an argument does not travel, and what the runtime throws when it refuses */
  constructor(settings: ProcessSettings, site: SiteReference) {
    this.#settings = settings;
    this.#daemon = settings.daemon;
    this.ended = new Promise((resolve) => this.#end = resolve);
    const courier = new Courier(settings.context.apart);
    const pool = this.#poolOfOne();
    this.#crew = new Crew(crewOptions(pool, courier), this.#owner());
    this.#dispatcher = new Dispatcher(SHAPE, courier, this.#crew);
    const watch = new Watch(this.#dispatcher, this.#crew, pool.gracePeriod);
    const intake = new Intake(pool, this.#dispatcher, watch);
    courier.reception = new Requests({
      intake,
      dispatcher: this.#dispatcher,
      watch,
      defaults: pool,
      closed: () => this.#outcome !== null,
    });
    this.#crew.start(this.#dispatcher);
    try {
      this.#submit(intake, site);
    } catch (error) {
      this.#crew.terminate();
      throw error;
    }
    this.#hold();
  }

  /** The operating system's number of the process it runs in. */
  get pid(): number {
    return (this.#link as Link).pid;
  }

  /** The runtime's number of its thread. */
  get threadId(): number {
    return (this.#link as Link).threadId;
  }

  /** What came of the task, once {@link exitCode} is there. */
  get outcome(): Outcome | null {
    return this.exitCode === null ? null : this.#outcome;
  }

  /** Waits with `wait` for the end; the program goes on until then, also for a daemon. */
  async awaited<T>(wait: Promise<T>): Promise<T> {
    this.#waiting++;
    this.#hold();
    try {
      return await wait;
    } finally {
      this.#waiting--;
      this.#hold();
    }
  }

  /** Sends a signal; a no-op after the end. */
  signal(name: Signal): void {
    if (this.exitCode !== null) return;
    // It is leaving by itself, and two ends at once do not go together on Deno:
    // the crew knows how to do it.
    if (this.#outcome !== null) this.#crew.terminate();
    else this.#link?.signal(name);
  }

  #poolOfOne(): Settings {
    return {
      ...this.#settings,
      context: this.#watched(this.#settings.context),
      workers: 1,
      concurrency: 1,
      queueCount: 1,
      maxTasksPerWorker: 0,
      scheduler: new RoundRobin(),
      scheduled: false,
      timeout: 0,
      retries: 0,
      gracePeriod: 0,
      ringCapacity: 1,
    };
  }

  #submit(intake: Intake, site: SiteReference): void {
    const { target: task, args } = this.#settings;
    const call = new SingleCall(
      { task, taskId: intake.nextId(), site },
      (value) => this.#outcome = { ok: true, value },
      (error) => this.#outcome = { ok: false, error },
    );
    intake.submit(call, args);
  }

  #hold(): void {
    if (this.exitCode !== null) return;
    this.#dispatcher.pulse.ref(!this.#daemon || this.#waiting > 0);
  }

  /** The context, and what it says to us before it says it to the crew. */
  #watched(context: Context): Context {
    const { name } = this.#settings;
    return {
      ...context,
      start: (record, options, onExit) =>
        this.#link = context.start(
          record,
          { ...options, name },
          (code, error) => {
            this.#code = code;
            onExit(code, error);
          },
        ),
    };
  }

  #owner(): CrewOwner {
    return {
      needsWorkers: false,
      bootFailed: (cause) => this.#fail(cause),
      broken: (_reason, cause) => this.#fail(cause),
      idle: () => {
        if (this.#code === null) this.#crew.dismiss();
      },
      gone: () => this.#gone(),
    };
  }

  // The task never ran, and nobody else will run it.
  #fail(error: Error): void {
    for (const call of [...this.#dispatcher.pending()]) {
      this.#dispatcher.reject(call, error);
    }
  }

  #gone(): void {
    if (this.exitCode !== null) return;
    this.#fail(lostError({
      workerId: 1,
      exitCode: this.#code,
      reason: `it ended with exit code ${this.#code} while it booted`,
      started: false,
      cause: null,
    }, this.#settings.target.name));
    this.exitCode = this.#judge();
    this.#dispatcher.pulse.end();
    this.#end();
  }

  #judge(): number {
    const outcome = this.#outcome;
    if (outcome?.ok) return 0;
    return outcome?.error instanceof WorkerLostError ? this.#code ?? 1 : 1;
  }
}
