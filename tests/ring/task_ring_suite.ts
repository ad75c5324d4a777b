import { ENTRY } from "../../ring/layout.ts";
import { claimed, isClaimed, ownerOf } from "../../ring/state.ts";
import { MAX_BATCH, TaskProducer } from "../../ring/task_ring.ts";
import { equal, is, ok } from "../support/assert.ts";
import { rng } from "../support/rng.ts";
import { suite } from "../support/suite.ts";
import { Ring, take } from "./index_ring.ts";
import { Death, everyStep, FIRSTS, interrupted } from "./play.ts";

const test = suite("TaskProducer and TaskConsumer");
const mine = new Int32Array(MAX_BATCH);

for (const first of FIRSTS) {
  for (const cells of [1, 2, 4, 8]) {
    test(`${cells} cells from position ${first} come out once each and in order`, () => {
      const ring = new Ring(cells, first);
      const consumer = ring.consumer(2, true);
      const random = rng(`order ${cells} ${first}`);
      const free = Array.from({ length: cells }, (_, cell) => cell);
      const queued: number[] = [];
      for (let i = 0; i < 200; i++) {
        const count = random.between(0, free.length);
        const sent = free.splice(0, count);
        is(ring.send(...sent), count);
        queued.push(...sent);
        const limit = random.between(1, cells + 1);
        const got = take(consumer, limit);
        equal(got, queued.splice(0, Math.min(limit, queued.length)));
        for (const cell of got) is(ring.state(cell), claimed(2));
        free.push(...got);
        is(consumer.hasWork(), queued.length > 0);
      }
    });
  }
}

test("publish() makes staged tasks visible, not stage()", () => {
  const ring = new Ring(4);
  const consumer = ring.consumer(0, true);
  ring.producer.stage(3);
  ring.producer.stage(1);
  is(ring.producer.staged, 2);
  equal(take(consumer), []);
  ok(!consumer.hasWork() && !consumer.hasNews());
  is(ring.producer.publish(), 2);
  is(ring.producer.publish(), 0);
  ok(consumer.hasWork());
  equal(take(consumer), [3, 1]);
});

test("hasNews() says that TAIL moved since the last claim", () => {
  const ring = new Ring(4);
  const consumer = ring.consumer(0);
  take(consumer);
  ok(!consumer.hasNews());
  ring.send(0);
  ok(consumer.hasNews());
  take(consumer);
  ok(!consumer.hasNews());
});

test("claim() walks over cancelled entries and gives the rest", () => {
  const ring = new Ring(8);
  ring.send(0, 1, 2, 3);
  ring.cancel(0);
  ring.cancel(2);
  const consumer = ring.consumer(0, true);
  equal(take(consumer), [1, 3]);
  is(ring.length, 0);
});

test("claim() advances HEAD also when it got nothing", () => {
  const ring = new Ring(4);
  ring.send(0, 1);
  ring.cancel(0);
  ring.cancel(1);
  const consumer = ring.consumer(0);
  equal(take(consumer), []);
  is(ring.length, 0);
  ok(!consumer.hasWork());
});

test("claim() gives half a fair share when others serve the ring", () => {
  const ring = new Ring(64);
  ring.producer.setMembers(4);
  ring.send(...Array.from({ length: 64 }, (_, cell) => cell));
  is(take(ring.consumer(0)).length, 8);
  is(take(ring.consumer(1)).length, 7);
  is(take(ring.consumer(2), 3).length, 3);
  is(take(ring.consumer(3, true)).length, 32);
});

test("claim() gives at least one and at most MAX_BATCH", () => {
  const ring = new Ring(128);
  ring.producer.setMembers(100);
  ring.send(...Array.from({ length: 128 }, (_, cell) => cell));
  is(take(ring.consumer(0)).length, 1);
  ring.producer.setMembers(1);
  is(take(ring.consumer(0), 1000).length, MAX_BATCH);
});

test("a claimer that died before it moved HEAD blocks nobody", async () => {
  const steps = await everyStep(() => {
    const ring = new Ring(2, -1);
    ring.send(0, 1);
    const got: number[] = [];
    return {
      actor: () => void ring.consumer(0, true).claim(mine, 1),
      meanwhile: () => {
        throw new Death();
      },
      check: () => {
        got.push(...take(ring.consumer(1, true)));
        const owners = [0, 1].map((cell) => ownerOf(ring.state(cell)));
        ok(isClaimed(ring.state(0)) && isClaimed(ring.state(1)));
        equal(got, [0, 1].filter((cell) => owners[cell] === 1));
        is(ring.length, 0);
      },
    };
  });
  is(steps, 5);
});

test("two claimers interleaved at every operation share without loss or double", async () => {
  for (const first of FIRSTS) {
    const steps = await everyStep(() => {
      const ring = new Ring(4, first);
      ring.send(0, 1, 2);
      const one = ring.consumer(0, true);
      const other = ring.consumer(1, true);
      const taken: number[] = [];
      return {
        actor: () => void taken.push(...take(one, 2)),
        meanwhile: () => void taken.push(...take(other, 2)),
        check: () => {
          taken.push(...take(other));
          equal(taken.sort(), [0, 1, 2]);
          is(ring.length, 0);
        },
      };
    });
    ok(steps > 5);
  }
});

test("a walker that comes late does not move HEAD back", () => {
  for (const first of FIRSTS) {
    const ring = new Ring(4, first);
    ring.send(0, 1, 2);
    // Operation 4 would move HEAD from 0 to 1; the other one moves it to 3.
    ok(interrupted(() => take(ring.consumer(0, true), 1), 4, () => {
      equal(take(ring.consumer(1, true)), [1, 2]);
    }));
    is(ring.length, 0);
  }
});

test("a walker lapped at any operation takes nothing twice", async () => {
  for (const first of FIRSTS) {
    const steps = await everyStep(() => {
      const ring = new Ring(1, first);
      ring.send(0);
      const stale = ring.consumer(0);
      const quick = ring.consumer(1);
      let [sent, claimed] = [1, 0];
      return {
        actor: () => {
          const count = take(stale).length;
          claimed += count;
        },
        meanwhile: () => {
          const count = take(quick).length;
          claimed += count;
          // Finished and sent again: the next position.
          if (count > 0) sent += ring.send(0);
        },
        check: () => {
          const count = take(quick).length;
          is(claimed + count, sent);
          is(ring.length, 0);
        },
      };
    });
    is(steps, 5);
  }
});

// The claimer reads an entry, sleeps, and finds the same cell queued again.
test("a stale walker does not take a task of a later lap", () => {
  for (const first of FIRSTS) {
    const ring = new Ring(1, first);
    ring.send(0);
    let got: number[] = [];
    ok(interrupted(() => got = take(ring.consumer(0)), 3, () => {
      equal(take(ring.consumer(1)), [0]);
      ring.send(0);
    }));
    equal(got, []);
    equal(take(ring.consumer(1)), [0]);
  }
});

// Regression: tickets were positions only.
test("a stale walker does not take the task at the same position of another ring", () => {
  const ring = new Ring(1);
  const elsewhere = new TaskProducer(ring.words, ring.layout, 1);
  ring.send(0);
  const stale = ring.consumer(0);
  let got: number[] = [];
  // Operation 3 is the compare-and-swap: HEAD, TAIL and the entry are read.
  ok(interrupted(() => got = take(stale), 3, () => {
    equal(take(ring.consumer(1)), [0]);
    elsewhere.stage(0);
    elsewhere.publish();
  }));
  equal(got, []);
});

test("waiting() counts what was published and not walked over", () => {
  const ring = new Ring(4);
  is(ring.producer.waiting(), 0);
  ring.send(0, 1, 2);
  ring.producer.stage(3);
  is(ring.producer.waiting(), 3);
  take(ring.consumer(0, true), 2);
  is(ring.producer.waiting(), 1);
});

// Regression: HEAD stood above TAIL and the next owner never slept.
test("reset() leaves nothing to do, also when tasks were staged and not published", () => {
  const ring = new Ring(4);
  ring.send(0);
  ring.producer.stage(1);
  ring.producer.reset();
  const next = ring.consumer(3, true);
  is(ring.length, 0);
  ok(!next.hasWork());
  ring.send(2);
  equal(take(next), [2]);
});

test("entries stand at their position modulo the capacity, also below zero", () => {
  const ring = new Ring(4, -2);
  ring.send(0, 1, 2, 3);
  const at = ring.layout.ring(0) + ENTRY;
  equal([...ring.words.subarray(at, at + 4)], [2, 3, 0, 1]);
});
