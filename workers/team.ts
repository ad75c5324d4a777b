/**
 * This worker's part in loops: it takes ranges of a loop from the counter that
 * all members share and runs the kernel over them, until none is left.
 */
import { RangeCounter } from "../ring/range_counter.ts";
import { running } from "../src/running.ts";
import { nextTurn } from "../src/runtime/mod.ts";
import type { FoldOrder, LoopOrder, Order, Part } from "../src/team.ts";
import { isThenable, QUICK_CALL_MS, TURN_MS } from "./chunk.ts";
import { type ItemLoop, itemLoop, slowItemLoop } from "./item_loop.ts";
import type { Loader, TaskFunction } from "./loader.ts";
import type { Mailbox } from "./mailbox.ts";
import { ReductionTree } from "./reduction_tree.ts";

/**
 * Grains that are counted and timed together while that many take no longer: an
 * atomic store and a look at the clock take as long as a small one. If they are
 * slow all of a sudden, the event loop waits for so many of them, once.
 */
const STRIDE = 4;
const QUICK_MS = 0.05;

/** Runs the orders one worker gets. */
export class Team {
  readonly #loader: Loader;
  readonly #mailbox: Mailbox;
  readonly #ran: (ms: number) => void;

  /** `ran` hears of the milliseconds of every turn after the first. */
  constructor(loader: Loader, mailbox: Mailbox, ran: (ms: number) => void) {
    this.#loader = loader;
    this.#mailbox = mailbox;
    this.#ran = ran;
  }

  /** Does with `task` what an order says; answers the result of the call. */
  run(
    task: TaskFunction,
    args: readonly unknown[],
    order: Order,
  ): Promise<unknown> {
    const within = sameTask();
    if (order.kind === "fold") return fold(within(task), order);
    const member = new Member(order, this.#ran);
    const kernel = within(
      order.kind === "map"
        ? member.mapped(task, order, args)
        : (from, to) => task(from, to, ...args),
    );
    return member.failing(
      order.kind === "reduce"
        ? this.#loader.load(this.#mailbox.task(order.combine))
          .then((combine) => member.work(kernel, within(combine)))
        : member.work(kernel, null),
    );
  }
}

/** One member of one loop. */
class Member {
  readonly #order: LoopOrder;
  readonly #counter: RangeCounter;
  readonly #ran: (ms: number) => void;
  #turns: number;
  /** Whether the latest items were; see QUICK_CALL_MS. */
  #quick = true;
  // Grains are counted so many together.
  #stride = 1;
  #uncounted = 0;
  #lookedAt = 0;

  constructor(order: LoopOrder, ran: (ms: number) => void) {
    this.#order = order;
    this.#ran = ran;
    // A reduction begins in a turn of its own.
    this.#turns = order.kind === "reduce" ? 1 : 0;
    this.#counter = new RangeCounter(order.counter, order.taker);
  }

  /** The kernel of a map: `args` are the output and the input. */
  mapped(
    task: TaskFunction,
    { indexed }: LoopOrder,
    args: readonly unknown[],
  ): TaskFunction {
    const [output, input] = args as [ArrayBufferView, ArrayBufferView | null];
    const shape = { output, input, indexed };
    const quick = itemLoop(task, shape);
    let slow: ItemLoop | undefined;
    const at = (index: number): void => this.#counter.place(index, index + 1);
    return (from, to) => {
      const loop = this.#quick ? quick : slow ??= slowItemLoop(task, shape);
      loop(from as number, to as number, output as never, input as never, at);
    };
  }

  /** The same promise; if it fails, all members stop before their next grain. */
  async failing<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      this.#counter.close();
      throw error;
    }
  }

  /** Runs ranges until none is left; of a reduction the answer are its parts. */
  async work(
    kernel: TaskFunction,
    combine: TaskFunction | null,
  ): Promise<readonly Part[] | undefined> {
    const counter = this.#counter;
    const parts: Part[] = [];
    let turnBegan = this.#lookedAt = performance.now();
    for (let first = counter.takeRun(); first >= 0; first = counter.takeRun()) {
      const { count } = counter;
      const tree = combine === null ? null : new ReductionTree(combine);
      for (let grain = first; grain < first + count; grain++) {
        if (grain > first && counter.isClosed()) return;
        let value = this.#call(kernel, grain);
        if (isThenable(value)) {
          // Grains that are done are counted before one that may take long.
          this.#count();
          this.#stride = 1;
          value = await value;
        }
        // From here on an error is not the kernel's, nor a death in its range.
        counter.place(0, 0);
        const joined = tree?.add(1, value);
        if (joined !== undefined) await joined;
        if (++this.#uncounted < this.#stride) continue;
        const now = this.#count();
        if (now - turnBegan < TURN_MS) continue;
        this.#turned(turnBegan);
        // Mail, timers, sockets, and the other tasks of this worker.
        await new Promise<void>(nextTurn);
        turnBegan = this.#lookedAt = performance.now();
      }
      if (tree !== null) {
        parts.push({ first, count, value: await tree.total() });
      }
    }
    this.#count();
    this.#turned(turnBegan);
    return combine === null ? undefined : parts;
  }

  /** Counts the grains since it last did; answers when that was. */
  #count(): number {
    const now = performance.now();
    const took = now - this.#lookedAt;
    const items = this.#uncounted * this.#order.grain;
    this.#counter.finish(this.#uncounted, took);
    this.#quick = took < QUICK_CALL_MS * items;
    this.#stride = took < QUICK_MS ? Math.min(2 * this.#stride, STRIDE) : 1;
    this.#uncounted = 0;
    return this.#lookedAt = now;
  }

  // Who called the member measures its first turn.
  #turned(began: number): void {
    if (this.#turns++ > 0) this.#ran(performance.now() - began);
  }

  #call(kernel: TaskFunction, grain: number): unknown {
    const order = this.#order;
    const from = order.from + grain * order.grain;
    const to = Math.min(order.to, from + order.grain);
    this.#counter.place(from, to);
    return kernel(from, to);
  }
}

async function fold(
  combine: TaskFunction,
  { parts, initial }: FoldOrder,
): Promise<unknown> {
  const tree = new ReductionTree(combine);
  for (const { count, value } of parts) await tree.add(count, value);
  const total = await tree.total();
  return initial.length === 0 ? total : await combine(initial[0], total);
}

/** Makes functions, called at any time, see the task that runs now. */
function sameTask(): (fn: TaskFunction) => TaskFunction {
  const { task, cell } = running;
  return (fn) => (...args) => {
    running.task = task;
    running.cell = cell;
    try {
      return fn(...args);
    } finally {
      running.task = null;
    }
  };
}
