/**
 * The counter of a loop alone: takers take its grains, the host counts what is
 * done, and may close the loop at any time or because a taker died.
 */
import type { RangeCounter, Shares } from "../../ring/mod.ts";
import type { Machine } from "./machine.ts";
import { ringsOf, type Stepped } from "./rings.ts";
import type { Scenario } from "./run.ts";
import { Failure, op, type Option, type Steps } from "./threads.ts";

/** One instance. */
export interface LoopOptions extends Shares {
  readonly name: string;
  /** `done of all`, with "closed" where the host ended the loop early. */
  readonly ends: readonly string[];
  readonly takers: number;
  readonly kills?: number;
  /** The host may close the loop whenever it likes. */
  readonly closes?: boolean;
}

class Loop {
  readonly machine: Machine;
  readonly options: LoopOptions;
  readonly host: Stepped<RangeCounter>;
  /** What the kernel of each grain writes, plain. */
  readonly data: Int32Array;
  /** Who took each grain, and whether it is done. */
  readonly owners: number[];
  readonly done: boolean[];
  closed = false;
  /** The host found all of them done. */
  counted = false;
  looks = 1;

  constructor(machine: Machine, options: LoopOptions) {
    const { RangeCounter, createResultRing } = ringsOf(machine);
    this.machine = machine;
    this.options = options;
    const buffer = RangeCounter.allot(options.takers);
    this.host = new RangeCounter(buffer, -1);
    this.host.begin(options);
    this.data = new Int32Array(createResultRing(64));
    this.owners = new Array(options.total).fill(-1);
    this.done = new Array(options.total).fill(false);
    machine.spawn("host", this.#host());
    for (let taker = 0; taker < options.takers; taker++) {
      machine.spawn(`taker ${taker}`, this.#taker(taker));
    }
    machine.world = () => [this.owners, this.done, this.closed, this.looks];
    machine.quiet = () => {
      const waits = machine.threads.find(({ state }) => state === "ready");
      if (waits) throw new Failure(`stuck: ${waits.name} waits`);
    };
  }

  *#host(): Steps<void> {
    yield op("boot");
    for (;;) {
      const event = yield op("choose", () => this.#events());
      if (event === "close") {
        this.closed = true;
        yield* this.host.close();
      } else if (event === "count") {
        this.looks--;
        this.counted = yield* this.host.complete();
        if (this.counted) this.#look();
      } else return;
    }
  }

  #events(): Option[] {
    const { machine, options } = this;
    const open: Option[] = [];
    const takers = machine.threads.slice(1);
    const died = takers.some(({ state }) => state === "dead");
    if (!this.closed && (died || options.closes)) {
      open.push({ name: "close", must: died });
    }
    const ended = takers.every(({ state }) => state !== "ready");
    // Once in the middle if it likes, and once more where all have ended.
    const last = ended && !died;
    if (!this.counted && !this.closed && (last || this.looks > 0)) {
      open.push({ name: "count", must: last });
    }
    if (ended && (this.counted || this.closed)) {
      open.push({ name: "end", must: true });
    }
    return open;
  }

  /** The host counted all of them: what they wrote is there. */
  #look(): void {
    const { machine, options, data } = this;
    for (let grain = 0; grain < options.total; grain++) {
      if (machine.get(data, 32 + grain) !== grain + 1) {
        throw new Failure(`grain ${grain} was counted and is not done`);
      }
    }
  }

  *#taker(taker: number): Steps<void> {
    yield op("boot");
    const { machine } = this;
    const { RangeCounter } = ringsOf(machine);
    const counter = new RangeCounter(this.host.buffer, taker);
    for (;;) {
      const first = yield* counter.takeRun();
      if (first < 0) return;
      const { count } = counter;
      for (let grain = first; grain < first + count; grain++) {
        this.#own(grain, taker);
      }
      for (let grain = first; grain < first + count; grain++) {
        if (grain > first && (yield* counter.isClosed())) return;
        counter.place(grain, grain + 1);
        machine.put(this.data, 32 + grain, grain + 1);
        this.done[grain] = true;
        yield* counter.finish(1, 0);
      }
    }
  }

  #own(grain: number, taker: number): void {
    if (!(grain < this.options.total)) {
      throw new Failure(`there is no grain ${grain}`);
    }
    if (this.owners[grain] !== -1) {
      throw new Failure(`grain ${grain} has two owners`);
    }
    this.owners[grain] = taker;
  }

  get outcome(): string {
    const done = this.done.filter(Boolean).length;
    const all = `${done} of ${this.options.total}`;
    return this.closed ? `${all}, closed` : all;
  }
}

/** A scenario of one loop. */
export function loopScenario(options: LoopOptions): Scenario {
  let loop: Loop;
  const forbidden: Record<string, string> = {};
  for (let done = 0; done <= options.total; done++) {
    for (const each of [`${done} of ${options.total}`]) {
      forbidden[each] = "grains were lost, and nobody closed the loop";
      forbidden[`${each}, closed`] = "the loop was closed, and nobody did it";
    }
  }
  return {
    name: options.name,
    kills: options.kills ?? 0,
    outcomes: { expected: options.ends, forbidden },
    start: (machine) => void (loop = new Loop(machine, options)),
    outcome: () => loop.outcome,
  };
}
