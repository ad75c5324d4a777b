/**
 * The rings alone under real threads: every task run at most once and settled
 * once, nobody rescued, whatever dies.
 */
import { Worker } from "node:worker_threads";
import { ARGS, RESULT, RingHost, TASK_NUMBER } from "../../ring/mod.ts";
import { equal, is, ok } from "../support/assert.ts";
import { type Rng, rng } from "../support/rng.ts";
import { suite } from "../support/suite.ts";
import { FIRSTS } from "./play.ts";
import type { Orders } from "./stress_thread.ts";

const test = suite("the rings under threads");
const ENTRY = new URL("./stress_thread.ts", import.meta.url);
/** A worker that sleeps so long with work waiting was not woken. */
const SLICE_MS = 5_000;

interface Plan {
  readonly workers: number;
  readonly cells: number;
  readonly tasks: number;
  readonly deaths: number;
  readonly cancels: boolean;
  readonly first: number;
}

class Storm {
  readonly plan: Plan;
  readonly host: RingHost;
  readonly random: Rng;
  readonly books: Int32Array;
  readonly ends: Uint8Array;
  readonly lost: number[] = [];
  readonly cancelled: number[] = [];
  readonly waiting: number[] = [];
  deaths = 0;
  rescued = 0;
  settled = 0;
  #running = 0;
  #next = 0;
  #orders = 0;
  #changed: () => void = () => {};

  constructor(plan: Plan, label: string) {
    this.plan = plan;
    this.random = rng(label);
    const slots = plan.workers + 1;
    this.host = new RingHost(
      { cells: plan.cells, slots, queues: 1 },
      plan.first,
    );
    this.books = new Int32Array(
      new SharedArrayBuffer(4 * (plan.tasks + 1)),
    );
    this.ends = new Uint8Array(plan.tasks);
  }

  async run(): Promise<void> {
    for (let i = 0; i < this.plan.workers; i++) this.#start();
    while (this.settled < this.plan.tasks) {
      const exit = new Promise<void>((resolve) => this.#changed = resolve);
      if (this.#refill()) continue;
      const count = this.host.drain((cell) => this.#settle(cell));
      if (count > 0) continue;
      const { again, wait } = this.host.sleep();
      // A promise that is pending still is only reused: it was awaited in a
      // turn that an exit ended, and tells us through #changed.
      if (!again) await Promise.race([this.#pend(wait), exit]);
    }
    const gone = new Promise<void>((resolve) => this.#changed = resolve);
    for (let slot = 0; slot < this.host.layout.slots; slot++) {
      this.host.dismiss(slot);
    }
    while (this.#running > 0) {
      await Promise.race([
        gone,
        new Promise<void>((resolve) => this.#changed = resolve),
      ]);
    }
  }

  #pending: Promise<unknown> | null = null;

  #pend(wait: Promise<unknown> | null): Promise<unknown> {
    return this.#pending = wait ?? this.#pending as Promise<unknown>;
  }

  #start(): void {
    const slot = this.host.enlist(0);
    ok(slot >= 0, "no slot is free");
    const dies = this.deaths < this.plan.deaths;
    if (dies) this.deaths++;
    const orders: Orders = {
      buffer: this.host.buffer,
      slot,
      books: this.books.buffer as SharedArrayBuffer,
      dieBefore: dies ? this.random.between(20, 3_000) : 0,
      sliceMs: SLICE_MS,
    };
    this.#running++;
    const worker = new Worker(ENTRY, { workerData: orders });
    let reported: Error | undefined;
    worker.on("error", (error) => reported = error as Error);
    worker.once("exit", () => {
      if (reported && !/as ordered/.test(reported.message)) throw reported;
      this.#bury(slot);
      this.#running--;
      if (this.settled < this.plan.tasks) this.#start();
      this.#changed();
    });
  }

  #bury(slot: number): void {
    const { host } = this;
    const held: number[] = [];
    host.fence(slot, (cell) => this.#settle(cell), {
      unstarted: (cell) => void this.waiting.unshift(this.#taskOf(cell)),
      started: (cell) => {
        this.#end(cell);
        this.lost.push(this.#taskOf(cell));
        held.push(cell);
      },
    });
    this.rescued += host.rescued(slot);
    for (const cell of held) host.release(cell);
    host.certify(slot);
  }

  /** Sends what fits; true when a cancel made room for more. */
  #refill(): boolean {
    const { host, plan } = this;
    const sent: number[] = [];
    while (this.waiting.length > 0 || this.#next < plan.tasks) {
      const cell = host.acquire();
      if (cell < 0) break;
      const base = host.layout.cell(cell);
      host.words[base + TASK_NUMBER] = this.waiting.shift() ?? this.#next++;
      host.words[base + ARGS] = ++this.#orders;
      host.stage(0, cell);
      sent.push(cell);
    }
    host.publish();
    if (!plan.cancels || sent.length === 0) return false;
    const cell = this.random.pick(sent);
    if (this.random.below(3) > 0 || !host.cancel(cell)) return false;
    this.#end(cell);
    this.cancelled.push(this.#taskOf(cell));
    host.release(cell);
    return true;
  }

  #settle(cell: number): void {
    const base = this.host.layout.cell(cell);
    const task = this.#taskOf(cell);
    const order = this.host.words[base + ARGS] as number;
    is(this.host.words[base + RESULT], Math.imul(task, 31) ^ order);
    is(this.books[task], 1, `task ${task}`);
    this.#end(cell);
    this.host.release(cell);
  }

  #end(cell: number): void {
    const task = this.#taskOf(cell);
    (this.ends[task] as number)++;
    this.settled++;
  }

  #taskOf(cell: number): number {
    return this.host.words[
      this.host.layout.cell(cell) + TASK_NUMBER
    ] as number;
  }

  check(): void {
    const { plan, books, ends } = this;
    for (let task = 0; task < plan.tasks; task++) {
      is(ends[task], 1, `task ${task} was settled ${ends[task]} times`);
      ok((books[task] as number) <= 1, `task ${task} ran ${books[task]} times`);
    }
    for (const task of this.cancelled) is(books[task], 0, "cancelled and run");
    is(this.rescued, 0, "wake-ups were lost");
    is(this.host.freeCells, plan.cells);
    // Tasks queued anew to make room may be met out of order; others not.
    if (!plan.cancels) is(books[plan.tasks], 0, "claimed out of order");
  }
}

async function storm(plan: Plan, label: string): Promise<Storm> {
  const made = new Storm(plan, label);
  await made.run();
  made.check();
  return made;
}

const LONG = { deadlineMs: 120_000 };

for (const cells of [1, 2, 8, 64]) {
  for (const workers of [1, 2, 3]) {
    const label = `${workers} workers and ${cells} cells`;
    const first = FIRSTS[workers - 1] as number;
    const plan = { cells, workers, tasks: 20_000, cancels: false, first };
    test(`${label} run 20,000 tasks once each, in order`, LONG, async () => {
      const { lost } = await storm({ ...plan, deaths: 0 }, label);
      equal(lost, []);
    });
  }
  test(
    `workers that die at random lose no task of ${cells} cells`,
    LONG,
    async () => {
      const plan = {
        cells,
        workers: 3,
        tasks: 20_000,
        cancels: false,
        first: -2,
      };
      const { lost, deaths } = await storm(
        { ...plan, deaths: 12 },
        `deaths ${cells}`,
      );
      is(deaths, 12);
      ok(lost.length <= 12 * 8, `${lost.length} tasks were lost`);
    },
  );
  test(
    `cancels and deaths together keep ${cells} cells going`,
    LONG,
    async () => {
      const plan = { cells, workers: 2, tasks: 5_000, cancels: true, first: 0 };
      const { cancelled } = await storm(
        { ...plan, deaths: 6 },
        `cancels ${cells}`,
      );
      ok(cancelled.length > 0);
    },
  );
}
