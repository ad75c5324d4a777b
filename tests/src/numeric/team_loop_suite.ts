/** Which workers a loop calls, and when. */
import { RangeCounter } from "../../../ring/mod.ts";
import { LoopCosts } from "../../../src/numeric/loop_costs.ts";
import {
  type LoopJob,
  type LoopParts,
  TeamLoop,
} from "../../../src/numeric/team_loop.ts";
import type { SingleCall } from "../../../src/pool/call.ts";
import type { LoopOrder } from "../../../src/team.ts";
import { Pool, type Task, tasks } from "../../../mod.ts";
import { equal, is } from "../../support/assert.ts";
import { suite } from "../../support/suite.ts";
import { sharedWords } from "../../support/words.ts";

const test = suite("TeamLoop");
const loops = tasks<typeof import("../../fixtures/loops.ts")>(
  new URL("../../fixtures/loops.ts", import.meta.url),
);
const kernel = loops.visit as unknown as Task;
const MEMBERS = 4;

/** What a loop of four members did; nobody runs it until told. */
class Stage {
  /** Places that were called, in order. */
  readonly called: number[] = [];
  readonly costs = new LoopCosts();
  readonly awake: Set<number> = new Set();
  #heard: () => void = () => {};
  #calls: (() => void)[] = [];

  /** Starts a loop over so many items, each of which `ms` is taken for. */
  loop(items: number, ms: number): Promise<unknown> {
    const parts = {
      intake: {
        nextId: () => 1,
        submitOrder: (call: SingleCall, _args: unknown, order: LoopOrder) => {
          this.called.push(order.taker);
          this.#calls.push(() => this.#run(call, order, items, ms));
          this.#heard();
        },
      },
      dispatcher: { withdraw: () => false },
      defaults: { timeout: 0 },
      counters: [],
      newCounter: () => new RangeCounter(RangeCounter.allot(MEMBERS)),
      costs: this.costs,
      isAwake: (place: number) => this.awake.has(place),
    };
    const shape = {
      from: 0,
      to: items,
      grain: 1,
      members: MEMBERS,
      shares: { total: items, step: 1, guide: 0 },
    };
    const job = { kind: "for", task: kernel, args: [], shape, options: {} };
    return new Promise((resolve, reject) => {
      new TeamLoop(
        parts as unknown as LoopParts,
        job as unknown as LoopJob,
        resolve,
        reject,
      );
    });
  }

  #run(call: SingleCall, order: LoopOrder, items: number, ms: number): void {
    const counter = new RangeCounter(order.counter, order.taker);
    let grains = 0;
    while (counter.takeRun() >= 0) grains++;
    counter.finish(grains, grains / items * ms);
    call.fulfil(undefined);
  }

  /** Resolves when so many members were called. */
  async count(members: number): Promise<void> {
    while (this.called.length < members) {
      await new Promise<void>((resolve) => this.#heard = resolve);
    }
  }

  /** Whoever was called runs what is left. */
  run(): void {
    for (const call of this.#calls.splice(0)) call();
  }
}

test("of a kernel that nobody measured it calls all, and learns what it took", async () => {
  const stage = new Stage();
  const loop = stage.loop(10, 0.5);
  equal(stage.called, [0, 1, 2, 3]);
  stage.run();
  await loop;
  is(stage.costs.begin(kernel, 2), 100);
});

test("of a quick one it calls who is awake, or else one; the others if that was not enough", async () => {
  const stage = new Stage();
  stage.costs.learn(kernel, 10, 50);
  const loop = stage.loop(10, 0.5);
  equal(stage.called, [0]);
  await stage.count(4);
  equal(stage.called, [0, 1, 2, 3]);
  stage.run();
  await loop;

  stage.called.length = 0;
  stage.costs.learn(kernel, 10, 50);
  stage.awake.add(3).add(1);
  const next = stage.loop(10, 0.5);
  equal(stage.called, [1, 3]);
  stage.run();
  await next;
});

test("it calls as many sleepers as its work is worth", async () => {
  const stage = new Stage();
  stage.costs.learn(kernel, 10, 250);
  const loop = stage.loop(10, 0.5);
  equal(stage.called, [0, 1, 2]);
  stage.run();
  await loop;
  equal(stage.called, [0, 1, 2]);
});

test("a kernel that was quick and needs two workers gets them", async () => {
  await using pool = new Pool({ workers: 2 });
  const words = sharedWords(1);
  for (let i = 0; i < 100; i++) {
    await pool.parallelFor(loops.meet, 2, [words, 0], { grain: 1 });
  }
  // Each range waits for the other, on the other worker.
  await pool.parallelFor(loops.meet, 2, [words, 2], { grain: 1 });
  is(words[0], 2);
});
