import { sleepersIn, WorkerBell } from "../../ring/doorbell.ts";
import {
  Layout,
  LOAD,
  MAIL,
  MEMBERS,
  QUEUE,
  READY,
  STOP,
} from "../../ring/layout.ts";
import { Roster } from "../../ring/roster.ts";
import { TaskProducer } from "../../ring/task_ring.ts";
import { equal, is, ok } from "../support/assert.ts";
import { suite } from "../support/suite.ts";

const test = suite("Roster");

function make(slots = 4, queues = 2): {
  words: Int32Array;
  layout: Layout;
  roster: Roster;
  tasks: TaskProducer[];
  bell: (slot: number) => WorkerBell;
} {
  const layout = new Layout({ cells: 4, slots, queues });
  const words = new Int32Array(layout.create());
  const tasks = Array.from(
    { length: queues },
    (_, ring) => new TaskProducer(words, layout, ring),
  );
  return {
    words,
    layout,
    tasks,
    roster: new Roster(words, layout, tasks),
    bell: (slot) => new WorkerBell(words, layout, slot),
  };
}

const sleepsOn = (bell: WorkerBell): boolean => !bell.wait(0);

test("enlist() gives every slot once and tells a ring how many serve it", () => {
  const { words, layout, roster } = make();
  equal([0, 0, 1, 0].map((queue) => roster.enlist(queue)), [0, 1, 2, 3]);
  is(roster.enlist(0), -1);
  is(words[layout.ring(0) + MEMBERS], 3);
  is(words[layout.ring(1) + MEMBERS], 1);
  is(words[layout.slot(2) + QUEUE], 2);
  equal(roster.live.map(({ index }) => index), [0, 1, 2, 3]);
});

test("strike() and dismiss() take a worker off once each, in either order", () => {
  for (const dismissFirst of [true, false]) {
    const { words, layout, roster } = make();
    for (let i = 0; i < 3; i++) roster.enlist(0);
    if (dismissFirst) roster.dismiss(1);
    ok(roster.strike(1));
    ok(!roster.strike(1));
    roster.dismiss(1);
    roster.dismiss(1);
    equal(roster.live.map(({ index }) => index), [0, 2]);
    is(words[layout.ring(0) + MEMBERS], 2);
    is(words[layout.slot(1) + QUEUE], 0);
    is(words[layout.slot(1) + STOP], 1);
  }
});

test("a slot is reused after certify() and its words are fresh", () => {
  const { words, layout, roster } = make(1);
  const slot = roster.enlist(0);
  roster.dismiss(slot);
  roster.setMail(slot, 9);
  roster.certify(slot);
  is(roster.enlist(1), -1);
  roster.strike(slot);
  roster.certify(slot);
  is(roster.enlist(1), slot);
  is(words[layout.slot(slot) + STOP], 0);
  is(words[layout.slot(slot) + MAIL], 0);
  is(words[layout.slot(slot) + QUEUE], 2);
});

test("wake() wakes the least loaded sleeper of the ring, then the warmest", () => {
  const { words, layout, roster, bell } = make();
  const bells = [0, 0, 0, 1].map((queue) => bell(roster.enlist(queue)));
  for (const one of bells) one.announce();
  words[layout.slot(0) + LOAD] = 1;
  words[layout.slot(1) + LOAD] = 0;
  words[layout.slot(2) + LOAD] = 0;
  roster.slot(1).lastDone = 5;
  roster.slot(2).lastDone = 7;
  const asleep = () => bells.map((one) => sleepsOn(one));
  roster.wake(0, 1);
  equal(asleep(), [true, true, false, true]);
  roster.wake(0, 1);
  equal(asleep(), [true, false, false, true]);
  roster.wake(0, 5);
  equal(asleep(), [false, false, false, true]);
});

test("a worker that boots is none of those that are awake for a task", () => {
  const { words, layout, roster, bell } = make();
  const one = bell(roster.enlist(0));
  roster.enlist(0);
  words[layout.slot(0) + READY] = 1;
  one.announce();
  roster.wake(0, 1, 1);
  ok(!sleepsOn(one), "the one that boots takes nothing");
  one.withdraw();
  words[layout.slot(1) + READY] = 1;
  one.announce();
  roster.wake(0, 1, 1);
  ok(sleepsOn(one), "the other is awake now");
});

test("wake() of nobody is nothing", () => {
  const { roster } = make();
  roster.wake(0, 3);
  roster.enlist(0);
  roster.wake(0, 3);
  ok(!roster.anyParked());
});

test("anyParked() and anyIdle() see sleepers beyond the first word of the mask", () => {
  const { roster, bell } = make(40);
  for (let i = 0; i < 40; i++) roster.enlist(i === 39 ? 1 : 0);
  bell(39).announce();
  ok(roster.anyParked());
  ok(!roster.anyIdle(0) && roster.anyIdle(1));
});

test("awake counts the live workers that do not sleep, in every word of the mask", () => {
  const { words, layout, roster, bell } = make(40);
  for (let i = 0; i < 40; i++) roster.enlist(0);
  is(roster.awakeWorkers, 40);
  for (const slot of [0, 31, 32, 39]) bell(slot).announce();
  is(roster.awakeWorkers, 36);
  is(sleepersIn(words, layout), 4);
  bell(31).withdraw();
  roster.strike(39);
  roster.forget(39);
  is(roster.awakeWorkers, 37);
  roster.strike(5);
  is(roster.awakeWorkers, 36);
});

test("dismiss() wakes another sleeper for what waits in the ring", () => {
  const { roster, tasks, bell } = make();
  const [one, other] = [bell(roster.enlist(0)), bell(roster.enlist(0))];
  tasks[0]?.stage(0);
  tasks[0]?.publish();
  other.announce();
  one.announce();
  roster.dismiss(0);
  ok(!sleepsOn(one) && !sleepsOn(other));
});

test("dismiss() wakes nobody else when nothing waits", () => {
  const { roster, bell } = make();
  roster.enlist(0);
  const other = bell(roster.enlist(0));
  other.announce();
  roster.dismiss(0);
  ok(sleepsOn(other));
});
