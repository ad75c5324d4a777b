import { MAX_BATCH } from "../../ring/task_ring.ts";
import { equal, is, ok, throws } from "../support/assert.ts";
import { suite } from "../support/suite.ts";
import { Ring, take } from "./index_ring.ts";
import { Death, everyStep, FIRSTS, interrupted } from "./play.ts";

const test = suite("TaskProducer when entries without a task fill the ring");
const mine = new Int32Array(MAX_BATCH);

test("stage() keeps every queued task when entries of cancelled ones fill the ring", () => {
  for (const first of FIRSTS) {
    const ring = new Ring(2, first);
    ring.send(0, 1);
    ring.cancel(1);
    ring.send(1);
    equal(take(ring.consumer(0, true)), [0, 1]);
    is(ring.length, 0);
  }
});

test("stage() keeps the order of tasks it queues anew", () => {
  for (const first of FIRSTS) {
    const ring = new Ring(8, first);
    ring.send(0, 1, 2, 3, 4, 5, 6, 7);
    for (const cell of [2, 5, 7]) ring.cancel(cell);
    ring.send(5, 2);
    equal(take(ring.consumer(0, true)), [0, 1, 3, 4, 6, 5, 2]);
  }
});

test("stage() drops entries of tasks that were cancelled before they were published", () => {
  const ring = new Ring(4, -3);
  for (let i = 0; i < 50; i++) {
    ring.producer.stage(i % 4);
    ring.cancel(i % 4);
  }
  ring.producer.stage(2);
  ring.producer.publish();
  equal(take(ring.consumer(0)), [2]);
  is(ring.length, 0);
});

// Regression: with one cell the ring stayed full until somebody walked.
test("stage() has room after a claimer died before it moved HEAD", () => {
  const ring = new Ring(1);
  ring.send(0);
  // Operation 4 would move HEAD.
  ok(interrupted(() => ring.consumer(0).claim(mine, 1), 4, () => {
    throw new Death();
  }));
  is(ring.length, 1);
  ring.send(0);
  equal(take(ring.consumer(1)), [0]);
});

test("stage() makes room while a worker claims, at every operation of either", async () => {
  for (const alone of [true, false]) {
    for (const hostActs of [true, false]) {
      const steps = await everyStep(() => {
        const ring = new Ring(4, -2);
        ring.send(0, 1, 2, 3);
        ring.cancel(2);
        const consumer = ring.consumer(0, alone);
        const taken: number[] = [];
        const host = () => {
          ring.producer.stage(2);
          ring.producer.publish();
        };
        const worker = () => void taken.push(...take(consumer, 2));
        return {
          actor: hostActs ? host : worker,
          meanwhile: hostActs ? worker : host,
          check: () => {
            for (let i = 0; i < 4; i++) taken.push(...take(consumer));
            equal(taken.sort(), [0, 1, 2, 3]);
            is(ring.length, 0);
          },
        };
      });
      ok(steps >= 4);
    }
  }
});

test("stage() refuses a cell that is queued already", () => {
  const ring = new Ring(2);
  ring.send(0, 1);
  throws(() => ring.producer.stage(1), Error, /queued already/);
});
