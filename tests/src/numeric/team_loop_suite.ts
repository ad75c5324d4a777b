/** Which workers a loop calls, and when. */
import { type Attention, RangeCounter } from "../../../ring/mod.ts";
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
import { open, sharedWords } from "../../support/words.ts";

const test = suite("TeamLoop");
const loops = tasks<typeof import("../../fixtures/loops.ts")>(
  new URL("../../fixtures/loops.ts", import.meta.url),
);
const kernel = loops.visit as unknown as Task;

interface Sent {
  readonly call: SingleCall;
  readonly order: LoopOrder;
}

/** A pool of four workers that run nothing until told. */
class Stage {
  /** Places that were called, in order. */
  readonly called: number[] = [];
  readonly costs = new LoopCosts();
  /** Counters of loops that are over. */
  readonly counters: RangeCounter[] = [];
  places: Attention[] = ["asleep", "asleep", "asleep", "asleep"];
  /** Called in the middle of every call. */
  submitting: () => void = () => {};
  #heard: () => void = () => {};
  #calls: Sent[] = [];

  /** A loop over ten items, each of which `micros` was needed for. */
  loop(
    micros: number | null,
    { members = 4, args = [] as unknown[] } = {},
  ): Promise<unknown> {
    this.called.length = 0;
    if (micros !== null) this.costs.learn(kernel, 10, micros);
    const parts = {
      intake: {
        nextId: () => 1,
        submitOrder: (call: SingleCall, _args: unknown, order: LoopOrder) => {
          this.called.push(order.taker);
          this.#calls.push({ call, order });
          this.submitting();
          this.#heard();
        },
      },
      dispatcher: {
        withdraw: (call: SingleCall, why: Error) => this.#withdraw(call, why),
      },
      defaults: { timeout: 0 },
      counters: this.counters,
      newCounter: () => new RangeCounter(RangeCounter.allot(4)),
      costs: this.costs,
      attention: () => this.places,
    };
    const shape = {
      from: 0,
      to: 10,
      grain: 1,
      members,
      shares: { total: 10, step: 1, guide: 0 },
    };
    const job = { kind: "for", task: kernel, args, shape, options: {} };
    return new Promise((resolve, reject) => {
      new TeamLoop(
        parts as unknown as LoopParts,
        job as unknown as LoopJob,
        resolve,
        reject,
      );
    });
  }

  #withdraw(call: SingleCall, why: Error): boolean {
    const known = this.#calls.length;
    this.#calls = this.#calls.filter((one) => one.call !== call);
    if (this.#calls.length === known) return false;
    call.fail(why);
    return true;
  }

  /** Resolves when so many members were called. */
  async count(members: number): Promise<void> {
    while (this.called.length < members) {
      await new Promise<void>((resolve) => this.#heard = resolve);
    }
  }

  /** The first that was called runs all that is left, in half a millisecond. */
  run(): void {
    const { call, order } = this.#calls.shift() as Sent;
    const counter = new RangeCounter(order.counter, order.taker);
    let grains = 0;
    while (counter.takeRun() >= 0) grains++;
    counter.finish(grains, 0.5);
    call.fulfil(undefined);
  }
}

test("of a kernel that nobody measured it calls all, and learns what it took", async () => {
  const stage = new Stage();
  const loop = stage.loop(null);
  equal(stage.called, [0, 1, 2, 3]);
  stage.run();
  await loop;
  is(stage.costs.begin(kernel, 2), 100);
});

test("of a quick one it calls one sleeper, and the others if that was not enough", async () => {
  const stage = new Stage();
  const loop = stage.loop(50);
  equal(stage.called, [0]);
  await stage.count(4);
  equal(stage.called, [0, 1, 2, 3]);
  stage.run();
  await loop;
});

test("it calls as many sleepers as its work is worth, and nobody once it is over", async () => {
  const stage = new Stage();
  const loop = stage.loop(250);
  equal(stage.called, [0, 1, 2]);
  stage.run();
  await loop;
  // Due later than the call that would have been made.
  await new Promise((resolve) => setTimeout(resolve, 2));
  equal(stage.called, [0, 1, 2]);
});

test("who is awake is called first, who computes does not count, who boots comes last", async () => {
  const rows: [Attention[], number[]][] = [
    [["asleep", "idle", "asleep", "idle"], [1, 3]],
    [["busy", "asleep", "asleep", "asleep"], [1, 0]],
    [["booting", "busy", "booting", "booting"], [1, 0]],
    [["booting", "booting", "booting", "asleep"], [3]],
  ];
  for (const [places, called] of rows) {
    const stage = new Stage();
    stage.places = places;
    const loop = stage.loop(50);
    equal(stage.called, called, places.join());
    stage.run();
    await loop;
  }
});

test("a loop for one member takes the worker that is soonest there", async () => {
  const stage = new Stage();
  stage.places = ["busy", "asleep", "idle", "idle"];
  const loop = stage.loop(null, { members: 1 });
  equal(stage.called, [2]);
  stage.run();
  await loop;
});

test("what its caller may change is sent to all at once", async () => {
  const shared = new Float64Array(new SharedArrayBuffer(8));
  const steady = [1, "text", null, undefined, 1n, shared, shared.buffer];
  for (const value of [...steady, [1], { a: 1 }, new Float64Array(1)]) {
    const stage = new Stage();
    const loop = stage.loop(50, { args: [value] });
    is(stage.called.length, steady.includes(value as never) ? 1 : 4);
    stage.run();
    await loop;
  }
});

test("a late call in the middle of which the loop ends leaves its counter to the next one once", async () => {
  const stage = new Stage();
  const loop = stage.loop(50);
  stage.submitting = () => stage.run();
  await loop;
  equal(stage.called, [0, 1]);
  is(stage.counters.length, 1);
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

test("what is done is reported while a range waits", async () => {
  await using pool = new Pool({ workers: 1 });
  const words = sharedWords(2);
  await pool.parallelFor(loops.waitAtLast, 10, [words, 9], {
    grain: 1,
    onProgress: (done) => {
      if (done === 9) open(words, 1);
    },
  });
});
