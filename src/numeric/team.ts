/**
 * Loops over shared memory on all workers of a pool: checks what is asked, and
 * starts them. What a worker does in one is in workers/team.ts.
 */
import { RangeCounter } from "../../ring/mod.ts";
import { UnsupportedError } from "../errors.ts";
import type { SiteReference } from "../pool/call_site.ts";
import { SingleCall } from "../pool/call.ts";
import { list } from "../pool/checks.ts";
import type { Settings } from "../pool/options.ts";
import { willOf } from "../pool/will.ts";
import { runtime } from "../runtime/mod.ts";
import { type Task, toTask } from "../task.ts";
import type { FoldOrder, Part } from "../team.ts";
import {
  assertLoopOptions,
  type LoopOptions,
  type ReduceOptions,
  shapeLoop,
} from "./loop_options.ts";
import { type LoopJob, type LoopParts, TeamLoop } from "./team_loop.ts";

/** What a loop is asked to do; nothing of it is checked yet. */
export interface LoopRequest {
  readonly task: unknown;
  readonly range: unknown;
  readonly args: unknown;
  readonly options: LoopOptions;
  /** Where it is asked, once the task is known. */
  readonly site: (task: Task, label: string) => SiteReference;
}

/** The loops of one pool. */
export class Team {
  readonly #workers: number;
  readonly #apart: boolean;
  readonly #parts: LoopParts;

  constructor(
    settings: Settings,
    parts: Pick<LoopParts, "intake" | "dispatcher" | "watch">,
  ) {
    const { workers } = settings;
    this.#workers = workers;
    this.#apart = settings.context.apart;
    this.#parts = {
      ...parts,
      defaults: settings,
      counters: [],
      newCounter: () => new RangeCounter(RangeCounter.allot(workers)),
    };
  }

  /** As `Pool.parallelFor`. */
  async each(request: LoopRequest): Promise<void> {
    const job = this.#job("parallelFor", request);
    if (job.shape.members > 0) await this.#run(job);
  }

  /** As `Pool.parallelReduce`. */
  async reduce(request: LoopRequest & { combine: unknown }): Promise<unknown> {
    const combine = toTask(request.combine, "combine with");
    const job = { ...this.#job("parallelReduce", request), combine };
    const { initial } = job.options as ReduceOptions;
    if (initial !== undefined) this.#assertTravels(initial);
    if (job.shape.members > 0) return await this.#reduce(job, initial);
    if (initial !== undefined) return initial;
    throw new RangeError(
      "Cannot parallelReduce a task: the range is empty, give initial or at least one item",
    );
  }

  #job(verb: "parallelFor" | "parallelReduce", request: LoopRequest): LoopJob {
    const action = `${verb} a task`;
    const reduces = verb === "parallelReduce";
    const { options } = request;
    this.assertShared(action);
    assertLoopOptions(options, reduces ? ["initial"] : [], action);
    const task = toTask(request.task, verb);
    const label = `pool.${verb}`;
    return {
      kind: reduces ? "reduce" : "for",
      label,
      task,
      args: list(request.args, action, "args"),
      shape: shapeLoop(request.range, options, this.#workers, action, reduces),
      options,
      site: request.site(task, label),
    };
  }

  /** @throws UnsupportedError where workers share no memory */
  assertShared(action: string): void {
    if (!this.#apart) return;
    throw new UnsupportedError(
      "shared_memory",
      `Cannot ${action}: processes share no memory, use startMethod "thread"`,
      { runtime: runtime.name },
    );
  }

  #assertTravels(initial: unknown): void {
    const { dispatcher } = this.#parts;
    const encoder = dispatcher.encoder();
    encoder.begin();
    encoder.value(initial, "initial");
    dispatcher.courier.takeMet();
  }

  #run(job: LoopJob): Promise<Part[]> {
    job.options.signal?.throwIfAborted();
    return new Promise((resolve, reject) => {
      new TeamLoop(this.#parts, job, resolve, reject);
    });
  }

  #reduce(
    job: LoopJob & { readonly combine: Task },
    initial: unknown,
  ): Promise<unknown> {
    job.options.signal?.throwIfAborted();
    return new Promise((resolve, reject) => {
      new TeamLoop(this.#parts, job, (parts) => {
        const first = initial === undefined ? [] : [initial];
        if (first.length + parts.length === 1) return resolve(parts[0]?.value);
        try {
          this.#fold(
            job,
            { kind: "fold", parts, initial: first },
            resolve,
            reject,
          );
        } catch (error) {
          reject(error);
        }
      }, reject);
    });
  }

  /** Joins the parts, on some worker. */
  #fold(
    { combine, options, site }: LoopJob & { readonly combine: Task },
    order: FoldOrder,
    ...settle: [(value: unknown) => void, (error: unknown) => void]
  ): void {
    const { intake, defaults } = this.#parts;
    const taskId = intake.nextId();
    const call = new SingleCall({ task: combine, taskId, site }, ...settle);
    const { signal, timeout = defaults.timeout } = options;
    call.will = willOf(signal === undefined ? {} : { signal }, {
      timeout,
      retries: 0,
    });
    intake.submitOrder(call, [], order);
  }
}
