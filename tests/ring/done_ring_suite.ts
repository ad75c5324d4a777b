import { DoneConsumer, DoneProducer } from "../../ring/done_ring.ts";
import { ARMED, Layout } from "../../ring/layout.ts";
import { equal, is, ok } from "../support/assert.ts";
import { rng } from "../support/rng.ts";
import { suite } from "../support/suite.ts";
import { FIRSTS, watched } from "./play.ts";

const test = suite("DoneProducer and DoneConsumer");

function pair(cells: number, first = 0): {
  words: Int32Array;
  layout: Layout;
  producer: DoneProducer;
  consumer: DoneConsumer;
} {
  const layout = new Layout({ cells, slots: 2, queues: 1 });
  const words = new Int32Array(layout.create(first));
  return {
    words,
    layout,
    consumer: new DoneConsumer(words, layout, 1),
    producer: new DoneProducer(words, layout, 1),
  };
}

function takeAll(consumer: DoneConsumer): number[] {
  const cells: number[] = [];
  if (!consumer.look()) return cells;
  for (let cell = consumer.take(); cell >= 0; cell = consumer.take()) {
    cells.push(cell);
  }
  return cells;
}

for (const cells of [1, 2, 4, 8]) {
  test(`${cells} cells go through in order, whatever the first position`, () => {
    for (const first of FIRSTS) {
      const { producer, consumer } = pair(cells, first);
      const random = rng(`done ${cells}`);
      const waiting: number[] = [];
      for (let i = 0; i < 300; i++) {
        const room = cells - waiting.length;
        for (let n = random.between(0, room); n > 0; n--) {
          const cell = random.below(cells);
          producer.stage(cell);
          waiting.push(cell);
        }
        producer.publish();
        if (random.below(2) === 0) continue;
        equal(takeAll(consumer), waiting.splice(0));
      }
    }
  });
}

test("stage() shows nothing before publish()", () => {
  const { producer, consumer } = pair(4);
  producer.stage(2);
  is(producer.staged, 1);
  ok(!consumer.look());
  is(consumer.take(), -1);
  producer.publish();
  is(producer.staged, 0);
  equal(takeAll(consumer), [2]);
});

test("take() answers no more than the last look() saw", () => {
  const { producer, consumer } = pair(4);
  producer.stage(0);
  producer.publish();
  ok(consumer.look());
  producer.stage(1);
  producer.publish();
  is(consumer.take(), 0);
  is(consumer.take(), -1);
  ok(consumer.look());
  is(consumer.take(), 1);
});

test("publish() notifies only a host that is armed, and only once", () => {
  const { words, producer } = pair(4);
  const counts: number[] = [];
  for (const armed of [0, 1, 0]) {
    if (armed === 1) words[ARMED] = 1;
    let notified = 0;
    producer.stage(0);
    watched(() => producer.publish(), (name) => {
      if (name === "notify") notified++;
    });
    counts.push(notified);
    is(words[ARMED], 0);
  }
  equal(counts, [0, 1, 0]);
});

test("publish() of nothing touches nothing", () => {
  const { words, producer } = pair(4);
  words[ARMED] = 1;
  watched(() => producer.publish(), (name) => {
    throw new Error(name);
  });
  is(words[ARMED], 1);
});

test("two workers never both notify one request", () => {
  const { words, layout, producer } = pair(2);
  const other = new DoneProducer(words, layout, 0);
  words[ARMED] = 1;
  producer.stage(0);
  other.stage(1);
  let notified = 0;
  let nested = false;
  watched(() => producer.publish(), (name) => {
    if (name === "notify") notified++;
    // The other one is quicker, after we saw that the host is armed.
    if (name !== "compareExchange" || nested) return;
    nested = true;
    other.publish();
  });
  is(words[ARMED], 0);
  is(notified, 0);
});

test("skip() forgets what a dead worker published after it was fenced", () => {
  const { words, layout, producer, consumer } = pair(4, -1);
  producer.stage(3);
  producer.publish();
  consumer.skip();
  ok(!consumer.look());
  const next = new DoneProducer(words, layout, 1);
  next.stage(2);
  next.publish();
  equal(takeAll(consumer), [2]);
});
