import { CELL_WORDS, LOAD, UNREADY } from "../../ring/layout.ts";
import { RingHost } from "../../ring/host.ts";
import { running } from "../../ring/state.ts";
import { RingWorker } from "../../ring/worker.ts";
import { equal, is, ok, throws } from "../support/assert.ts";
import { suite } from "../support/suite.ts";
import { Crew } from "./crew.ts";
import { everyStep } from "./play.ts";

const test = suite("RingWorker");

test("start() succeeds once, and only for the worker that claimed the task", () => {
  const crew = new Crew(2);
  const [one, other] = [crew.worker(), crew.worker()];
  const [cell = -1] = crew.send(1);
  ok(!one.start(cell));
  is(one.claim(1), 1);
  ok(!other.start(cell));
  ok(one.start(cell));
  is(crew.host.stateOf(cell), running(one.slot));
  ok(!one.start(cell));
});

test("start() against recovery, at every operation of either: one of them has it", async () => {
  for (const hostActs of [true, false]) {
    await everyStep(() => {
      const crew = new Crew(1);
      const worker = crew.worker();
      const [cell = -1] = crew.send(1);
      worker.claim(1);
      let started = false;
      const start = () => void (started = worker.start(cell));
      const fence = () => crew.fence(worker);
      return {
        actor: hostActs ? fence : start,
        meanwhile: hostActs ? start : fence,
        check: () => {
          equal(crew.waiting, started ? [] : [0]);
          equal(crew.ends, [started ? ["lost"] : []]);
        },
      };
    });
  }
});

test("exited() ends what the worker publishes and posts: its slot may be another's", () => {
  const crew = new Crew(1);
  const worker = crew.worker();
  const { host } = crew;
  const own = host.layout.slot(worker.slot);
  const block = (): number[] => [...host.words.subarray(own, own + 32)];
  crew.send(1);
  worker.claim(1);
  ok(worker.start(worker.mine[0] as number));
  worker.done.stage(worker.mine[0] as number);
  crew.fence(worker);
  worker.exited();
  const before = block();
  worker.done.publish();
  worker.done.posted();
  equal(block(), before);
  ok(host.hasExited(worker.slot));
});

test("listen() answers false when the host asked to leave since the last look", () => {
  const crew = new Crew(1);
  const worker = crew.worker();
  ok(!worker.stopped());
  ok(worker.listen());
  crew.host.dismiss(worker.slot);
  ok(!worker.listen());
  // It has seen that, and may wait for what it still holds.
  ok(worker.stopped());
  ok(worker.listen());
  crew.fence(worker);
  ok(!worker.listen());
});

test("claim() serves the private ring first, and the shared one after eight in a row", () => {
  const crew = new Crew(32);
  const worker = crew.worker();
  crew.send(4);
  crew.send(12, worker.slot);
  const order: number[] = [];
  for (let i = 0; i < 16; i++) {
    is(worker.claim(1), 1);
    order.push(crew.taskOf(worker.mine[0] as number));
  }
  equal(order, [4, 5, 6, 7, 8, 9, 10, 11, 0, 12, 13, 14, 15, 1, 2, 3]);
  is(worker.claim(1), 0);
});

test("claim() finds private work when it is the shared ring's turn and that is empty", () => {
  const crew = new Crew(32);
  const worker = crew.worker();
  crew.send(20, worker.slot);
  is(crew.work(worker, 1), 20);
});

test("stopped() is seen after dismiss() and by sleepy()", () => {
  const crew = new Crew(2);
  const worker = crew.worker();
  ok(!worker.stopped());
  crew.host.dismiss(worker.slot);
  ok(worker.stopped());
  ok(!worker.sleepy());
});

test("sleepy() is false while either ring has work, and leaves no announcement", () => {
  const crew = new Crew(4);
  const [worker, other] = [crew.worker(), crew.worker()];
  for (const slot of [-1, worker.slot]) {
    crew.send(1, slot);
    ok(!worker.sleepy());
    ok(worker.bell.wait(0));
    crew.work(worker);
    crew.drain();
  }
  crew.send(1, other.slot);
  ok(worker.sleepy());
});

test("awake() counts a sleep that ran out with work waiting, and no other", () => {
  const crew = new Crew(4);
  const worker = crew.worker();
  ok(worker.sleepy());
  worker.awake(true);
  is(crew.host.rescued(worker.slot), 0);
  ok(worker.sleepy());
  // Published without a wake: what a lost wake-up looks like.
  worker.bell.withdraw();
  crew.send(1);
  worker.awake(false);
  is(crew.host.rescued(worker.slot), 0);
  worker.awake(true);
  is(crew.host.rescued(worker.slot), 1);
});

test("hasNews() sees tasks of both rings", () => {
  const crew = new Crew(4);
  const worker = crew.worker();
  worker.claim(1);
  ok(!worker.hasNews());
  for (const slot of [-1, worker.slot]) {
    crew.send(1, slot);
    ok(worker.hasNews());
    crew.work(worker);
    crew.drain();
    worker.claim(1);
    ok(!worker.hasNews());
  }
});

test("waitAsync() is resolved by a new task", async () => {
  const crew = new Crew(4);
  const worker = crew.worker();
  ok(worker.sleepy());
  const wait = worker.waitAsync();
  crew.send(1);
  await wait;
  worker.awake(false);
  is(crew.work(worker), 1);
});

test("hasLessBusyPeer() compares with live workers of the same ring that booted", () => {
  const host = new RingHost({ cells: 2, slots: 4, queues: 2 });
  const { buffer } = host;
  const enlist = (queue: number) =>
    new RingWorker({ buffer, queue, slot: host.enlist(queue) });
  const [one, other, stranger] = [enlist(0), enlist(0), enlist(1)];
  one.ready();
  stranger.ready();
  ok(one.hasBootingPeer());
  ok(!one.hasLessBusyPeer(5));
  other.ready();
  ok(!one.hasBootingPeer());
  ok(one.hasLessBusyPeer(1));
  other.setLoad(3);
  ok(!one.hasLessBusyPeer(3));
  ok(one.hasLessBusyPeer(4));
  is(host.words[host.layout.slot(other.slot) + LOAD], 3);
  host.dismiss(other.slot);
  ok(!one.hasLessBusyPeer(4));
});

test("ready() is what isReady() reads; before it the load says UNREADY", () => {
  const host = new RingHost({ cells: 2, slots: 1, queues: 1 });
  const slot = host.enlist(0);
  const worker = new RingWorker({ buffer: host.buffer, slot, queue: 0 });
  is(host.words[host.layout.slot(slot) + LOAD], UNREADY);
  ok(!host.isReady(slot));
  worker.ready();
  ok(host.isReady(slot));
  ok(!host.hasExited(slot));
  worker.exited();
  ok(host.hasExited(slot));
});

test("awakeWorkers counts the members of all rings that do not sleep", () => {
  const host = new RingHost({ cells: 2, slots: 3, queues: 2 });
  const { buffer } = host;
  const [one, , third] = [0, 0, 1].map((queue) =>
    new RingWorker({ buffer, slot: host.enlist(queue), queue })
  ) as [RingWorker, RingWorker, RingWorker];
  is(one.awakeWorkers, 3);
  ok(third.sleepy());
  is(one.awakeWorkers, 2);
  is(host.awakeWorkers, 2);
  third.awake(false);
  host.dismiss(third.slot);
  is(one.awakeWorkers, 2, "one that is told to leave is none");
});

test("mail() is the count the host has set", () => {
  const crew = new Crew(2);
  const worker = crew.worker();
  is(worker.mail(), 0);
  crew.host.setMail(worker.slot, 3);
  is(worker.mail(), 3);
});

test("RingWorker refuses a buffer without rings", () => {
  const buffer = new SharedArrayBuffer(CELL_WORDS * 4);
  throws(() => new RingWorker({ buffer, slot: 0, queue: 0 }), TypeError);
});
