/**
 * Loops over shared memory on all workers of a pool: checks what is asked, and
 * starts them. What a worker does in one is in workers/team.ts.
 */
import { RangeCounter } from "../../ring/mod.ts";
import { UnsupportedError } from "../errors.ts";
import type { CallSites } from "../pool/call_site.ts";
import { SingleCall } from "../pool/call.ts";
import { list } from "../pool/checks.ts";
import type { Settings } from "../pool/options.ts";
import { willOf } from "../pool/will.ts";
import { runtime } from "../runtime/mod.ts";
import { type Task, toTask } from "../task.ts";
import type { FoldOrder, Part } from "../team.ts";
import { LoopCosts } from "./loop_costs.ts";
import {
  assertLoopOptions,
  type LoopOptions,
  type ReduceOptions,
  shapeLoop,
} from "./loop_options.ts";
import { operandsOf, outputFor } from "./operands.ts";
import { type LoopJob, type LoopParts, TeamLoop } from "./team_loop.ts";

/** What is asked of a team; nothing of it is checked yet. */
interface Request {
  readonly task: unknown;
  /** The public method, whose caller is the call site. */
  readonly method: (...args: never[]) => unknown;
}

/** A loop over a range. */
export interface LoopRequest extends Request {
  readonly range: unknown;
  readonly rest: readonly [args?: unknown, options?: LoopOptions];
}

/** A map into memory. */
export interface MapRequest extends Request {
  readonly input: unknown;
  readonly options: LoopOptions;
}

/** What a team has of its pool. */
export interface TeamParts
  extends Pick<LoopParts, "intake" | "dispatcher" | "watch" | "attention"> {
  readonly sites: CallSites;
  /** @throws StateError when the pool takes no work */
  assertOpen(action: string): void;
}

type Reduction = LoopJob & { readonly combine: Task };

/** The loops of one pool. */
export class Team {
  readonly #workers: number;
  readonly #apart: boolean;
  readonly #pool: TeamParts;
  readonly #parts: LoopParts;

  constructor(settings: Settings, pool: TeamParts) {
    const { workers } = settings;
    this.#workers = workers;
    this.#apart = settings.context.apart;
    this.#pool = pool;
    this.#parts = {
      intake: pool.intake,
      dispatcher: pool.dispatcher,
      watch: pool.watch,
      defaults: settings,
      attention: pool.attention,
      costs: new LoopCosts(),
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
  async reduce(combining: unknown, request: LoopRequest): Promise<unknown> {
    const job = this.#job("parallelReduce", request);
    const combine = toTask(combining, "combine with");
    const { initial } = job.options as ReduceOptions;
    if (initial !== undefined) this.#assertTravels(initial);
    if (job.shape.members > 0) {
      return await this.#reduce({ ...job, combine }, initial);
    }
    if (initial !== undefined) return initial;
    throw new RangeError(
      "Cannot parallelReduce a task: the range is empty, give initial or at least one item",
    );
  }

  /** As `Pool.mapInto`. */
  async mapInto<O>(output: O, request: MapRequest): Promise<O> {
    return await this.#map("mapInto", request, () => output) as O;
  }

  /** As `Pool.map` with `into`. */
  async mapTo<O>(
    into: O | { readonly prototype: O },
    request: MapRequest,
  ): Promise<O> {
    const { input } = request;
    const output = (action: string) => outputFor(into, input, action);
    return await this.#map("map", request, output) as O;
  }

  async #map(
    verb: "mapInto" | "map",
    { task, input, options, method }: MapRequest,
    outputOf: (action: string) => unknown,
  ): Promise<unknown> {
    const action = `${verb} a task`;
    this.#assertReady(action, options, []);
    const handle = toTask(task, verb);
    const result = outputOf(action);
    const { output, input: items, finish } = operandsOf(result, input, action);
    const shape = shapeLoop(output.length, options, this.#workers, action);
    const label = `pool.${verb}`;
    const job: LoopJob = {
      kind: "map",
      label,
      task: handle,
      args: [output, items],
      shape,
      options,
      indexed: verb === "mapInto",
      site: this.#pool.sites.of(handle, label, method),
    };
    if (shape.members > 0) await this.#run(job);
    finish();
    return result;
  }

  #job(
    verb: "parallelFor" | "parallelReduce",
    { task, range, rest, method }: LoopRequest,
  ): LoopJob {
    const action = `${verb} a task`;
    const reduces = verb === "parallelReduce";
    const [args = [], options = {}] = rest;
    this.#assertReady(action, options, reduces ? ["initial"] : []);
    const handle = toTask(task, verb);
    const label = `pool.${verb}`;
    return {
      kind: reduces ? "reduce" : "for",
      label,
      task: handle,
      // Some members may be called when the caller's list is another.
      args: [...list(args, action, "args")],
      shape: shapeLoop(range, options, this.#workers, action, reduces),
      options,
      site: this.#pool.sites.of(handle, label, method),
    };
  }

  #assertReady(
    action: string,
    options: LoopOptions,
    more: readonly string[],
  ): void {
    this.#pool.assertOpen(action);
    assertLoopOptions(options, more, action);
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

  #reduce(job: Reduction, initial: unknown): Promise<unknown> {
    job.options.signal?.throwIfAborted();
    return new Promise((resolve, reject) => {
      new TeamLoop(this.#parts, job, (parts) => {
        const first = initial === undefined ? [] : [initial];
        if (first.length + parts.length === 1) return resolve(parts[0]?.value);
        const order: FoldOrder = { kind: "fold", parts, initial: first };
        try {
          this.#fold(job, order, resolve, reject);
        } catch (error) {
          reject(error);
        }
      }, reject);
    });
  }

  /** Joins the parts, on some worker. */
  #fold(
    { combine, options, site }: Reduction,
    order: FoldOrder,
    ...settle: [(value: unknown) => void, (error: unknown) => void]
  ): void {
    const { intake, defaults } = this.#parts;
    const taskId = intake.nextId();
    const call = new SingleCall({ task: combine, taskId, site }, ...settle);
    const { signal, timeout = defaults.timeout } = options;
    const wishes = signal === undefined ? {} : { signal };
    call.will = willOf(wishes, { timeout, retries: 0 });
    intake.submitOrder(call, [], order);
  }
}
