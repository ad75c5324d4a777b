import { ARMED, HEAD, TAIL } from "../../ring/layout.ts";
import { RingHost } from "../../ring/host.ts";
import { isQueued } from "../../ring/state.ts";
import { RingWorker } from "../../ring/worker.ts";
import { equal, is, ok, throws } from "../support/assert.ts";
import { rng } from "../support/rng.ts";
import { suite } from "../support/suite.ts";
import { Crew } from "./crew.ts";
import { everyStep, FIRSTS } from "./play.ts";

const test = suite("RingHost");

/** A worker that claimed everything and started nothing. */
function holder(crew: Crew): RingWorker {
  const worker = crew.worker();
  // More members, smaller batches: claim until nothing is left.
  while (worker.claim(32) > 0);
  return worker;
}

test("cells come and go: acquire() answers -1 when all are in use", () => {
  const crew = new Crew(2);
  const cells = crew.send(2);
  equal([...cells].sort(), [0, 1]);
  is(crew.host.acquire(), -1);
  is(crew.host.freeCells, 0);
  ok(crew.cancel(cells[0] as number));
  is(crew.host.acquire(), cells[0]);
});

test("tasks go round at every capacity and first position", () => {
  for (const first of FIRSTS) {
    for (const cells of [1, 2, 4, 8]) {
      const crew = new Crew(cells, first);
      const workers = [crew.worker(), crew.worker()];
      const random = rng(`round ${cells} ${first}`);
      for (let i = 0; i < 200; i++) {
        crew.send(random.below(crew.host.freeCells + 1));
        crew.work(random.pick(workers), 1 + random.below(4));
        crew.drain();
      }
      crew.checkQuiet();
    }
  }
});

test("private tasks go to their worker and to nobody else", () => {
  const crew = new Crew(4);
  const [one, other] = [crew.worker(), crew.worker()];
  crew.send(3, one.slot);
  is(crew.work(other), 0);
  is(crew.work(one), 3);
  crew.drain();
  crew.checkQuiet();
});

test("stageFor() refuses a worker that was fenced", () => {
  const crew = new Crew(2);
  const worker = crew.worker();
  crew.fence(worker);
  const cell = crew.host.acquire();
  ok(!crew.host.stageFor(worker.slot, cell));
  crew.host.release(cell);
  is(crew.host.freeCells, 2);
});

test("publish() wakes one sleeper per task, and none when there is nothing", () => {
  const crew = new Crew(8);
  const workers = [crew.worker(), crew.worker(), crew.worker()];
  const asleep = () => workers.filter(({ bell }) => !bell.wait(0)).length;
  for (const worker of workers) ok(worker.sleepy());
  crew.host.publish();
  is(asleep(), 3);
  crew.send(2);
  is(asleep(), 1);
  crew.send(2);
  is(asleep(), 0);
});

test("publish() wakes until so many are awake; sleep() wakes the others for what is left", () => {
  const crew = new Crew(8);
  const workers = [crew.worker(), crew.worker(), crew.worker()];
  const asleep = () => workers.filter(({ bell }) => !bell.wait(0)).length;
  const stage = (count: number) => {
    for (let n = 0; n < count; n++) crew.place(crew.accept());
  };
  for (const worker of workers) ok(worker.sleepy());
  stage(3);
  crew.host.publish(1);
  is(asleep(), 2, "one was woken");
  stage(1);
  crew.host.publish(1);
  is(asleep(), 2, "one is awake already");
  crew.host.sleep();
  is(asleep(), 0, "four tasks wait");
});

test("publish() of a private task wakes its worker only", () => {
  const crew = new Crew(8);
  const [one, other] = [crew.worker(), crew.worker()];
  ok(one.sleepy() && other.sleepy());
  crew.send(2, other.slot);
  ok(!one.bell.wait(0));
  ok(other.bell.wait(0));
});

// ---- cancel --------------------------------------------------------------------

test("cancel() takes back queued and claimed tasks, shared and private, not started ones", () => {
  for (const privately of [false, true]) {
    const crew = new Crew(4);
    const worker = crew.worker();
    const slot = privately ? worker.slot : -1;
    const [queued = -1] = crew.send(1, slot);
    ok(crew.cancel(queued));
    const [claimed = -1] = crew.send(1, slot);
    is(worker.claim(1), 1);
    ok(crew.cancel(claimed));
    ok(!worker.start(claimed));
    const [started = -1] = crew.send(1, slot);
    is(worker.claim(1), 1);
    ok(crew.run(worker, started));
    ok(!crew.cancel(started));
    worker.done.publish();
    crew.drain();
    is(crew.work(worker), 0);
    crew.checkQuiet();
  }
});

test("cancel() of a cell that holds no task is false", () => {
  const crew = new Crew(2);
  ok(!crew.host.cancel(0));
  const cell = crew.host.acquire();
  ok(!crew.host.cancel(cell));
});

test("cancel() of a task in quarantine is false", () => {
  const crew = new Crew(2);
  const worker = crew.worker();
  const [cell = -1] = crew.send(1);
  worker.claim(1);
  worker.start(cell);
  crew.fence(worker);
  ok(!crew.host.cancel(cell));
});

test("cancel() against a worker, at every operation of either", async () => {
  for (const privately of [false, true]) {
    for (const hostActs of [true, false]) {
      await everyStep(() => {
        const crew = new Crew(1, -1);
        const worker = crew.worker();
        const [cell = -1] = crew.send(1, privately ? worker.slot : -1);
        const cancel = () => void crew.cancel(cell);
        const work = () => void crew.work(worker);
        return {
          actor: hostActs ? cancel : work,
          meanwhile: hostActs ? work : cancel,
          check: () => {
            crew.work(worker);
            crew.drain();
            crew.checkQuiet();
          },
        };
      });
    }
  }
});

test("entries of cancelled tasks never keep a free cell from being queued", () => {
  for (const privately of [false, true]) {
    const crew = new Crew(4, -6);
    const worker = crew.worker();
    const slot = privately ? worker.slot : -1;
    const [first = -1] = crew.send(1, slot);
    // Nobody walks: the worker is busy with something else or asleep.
    for (let i = 0; i < 40; i++) ok(crew.cancel(crew.send(1, slot)[0]!));
    ok(isQueued(crew.host.stateOf(first)));
    crew.send(3, slot);
    is(crew.work(worker), 4);
    crew.drain();
    crew.checkQuiet();
  }
});

test("a sleeper is woken for tasks that were queued anew to make room", () => {
  const crew = new Crew(2);
  const worker = crew.worker();
  ok(worker.sleepy());
  crew.place(crew.accept());
  ok(crew.cancel(crew.place(crew.accept())));
  crew.place(crew.accept());
  crew.host.publish();
  ok(worker.bell.wait(0), "nobody was woken");
  worker.awake(false);
  is(crew.work(worker), 2);
});

// ---- steal ------------------------------------------------------------------------

test("steal() takes claimed, unstarted tasks back when a peer sleeps", () => {
  const crew = new Crew(8);
  crew.send(8);
  const busy = holder(crew);
  const idle = crew.worker();
  is(crew.host.steal(crew.found.unstarted), 0);
  ok(idle.sleepy());
  is(crew.host.steal(crew.found.unstarted), 8);
  equal(crew.waiting, [0, 1, 2, 3, 4, 5, 6, 7]);
  crew.resend();
  ok(idle.bell.wait(0));
  idle.awake(false);
  is(crew.work(idle), 8);
  is(crew.work(busy), 0);
  crew.drain();
  crew.checkQuiet();
});

test("steal() leaves private tasks, and rings nobody idle serves, alone", () => {
  const host = new RingHost({ cells: 4, slots: 3, queues: 2 });
  const { buffer } = host;
  const worker = (queue: number) =>
    new RingWorker({ buffer, queue, slot: host.enlist(queue) });
  const [busy, idle] = [worker(0), worker(1)];
  for (const slot of [-1, busy.slot]) {
    const cell = host.acquire();
    if (slot < 0) host.stage(0, cell);
    else host.stageFor(slot, cell);
  }
  host.publish();
  while (busy.claim(1) > 0);
  ok(idle.sleepy());
  is(host.steal(() => {}), 0);
  ok(worker(0).sleepy());
  is(host.steal(() => {}), 1);
});

test("steal() from a worker at work, at every operation of either", async () => {
  for (const hostActs of [true, false]) {
    await everyStep(() => {
      const crew = new Crew(4);
      const [busy, idle] = [crew.worker(), crew.worker()];
      ok(idle.sleepy());
      crew.send(3);
      idle.bell.announce();
      const steal = () => void crew.host.steal(crew.found.unstarted);
      const work = () => void crew.work(busy, 2);
      return {
        actor: hostActs ? steal : work,
        meanwhile: hostActs ? work : steal,
        check: () => {
          crew.resend();
          crew.work(busy);
          crew.work(idle);
          crew.drain();
          crew.checkQuiet();
        },
      };
    });
  }
});

// ---- the rest ----------------------------------------------------------------------

test("sleep() does not wait while results are there", () => {
  const crew = new Crew(2);
  const worker = crew.worker();
  crew.send(1);
  crew.work(worker);
  equal(crew.host.sleep(), { again: true, wait: null });
  is(crew.host.words[ARMED], 0);
});

test("at the end every ring is empty", () => {
  const crew = new Crew(4, -3);
  const worker = crew.worker();
  for (let i = 0; i < 30; i++) {
    crew.send(3, i % 2 === 0 ? worker.slot : -1);
    crew.work(worker);
    crew.drain();
  }
  const { layout, words } = crew.host;
  for (const ring of [0, layout.privateRing(worker.slot)]) {
    const base = layout.ring(ring);
    is(words[base + HEAD], words[base + TAIL]);
  }
  crew.checkQuiet();
});

test("runnerOf() names the worker that started a task", () => {
  const crew = new Crew(2);
  const worker = crew.worker();
  const [cell = -1] = crew.send(1);
  is(crew.host.runnerOf(cell), -1);
  worker.claim(1);
  is(crew.host.runnerOf(cell), -1);
  worker.start(cell);
  is(crew.host.runnerOf(cell), worker.slot);
});

test("RingHost refuses shapes out of range", () => {
  throws(() => new RingHost({ cells: 3, slots: 1, queues: 1 }), RangeError);
});

test("drain() attends a worker before it settles what that published after", () => {
  const crew = new Crew(2);
  const worker = crew.worker();
  const order: string[] = [];
  const settle = (cell: number): void => {
    order.push("settled");
    crew.settle(cell);
  };
  crew.send(1);
  worker.done.posted();
  crew.work(worker);
  is(crew.host.drain(settle, () => order.push("attended")), 2);
  equal(order, ["attended", "settled"]);
});

test("the next worker of a slot has posted nothing", () => {
  const crew = new Crew(2, 0, 1);
  const dead = crew.worker();
  dead.done.posted();
  crew.bury(dead);
  const next = crew.worker();
  is(next.slot, dead.slot);
  ok(!crew.host.hasResults());
  next.done.posted();
  ok(crew.host.hasResults());
});
