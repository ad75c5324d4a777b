import { HostBell, Sleepers, WorkerBell } from "../../ring/doorbell.ts";
import { ARMED, Layout, LOAD, MASK, PARK } from "../../ring/layout.ts";
import { equal, is, ok } from "../support/assert.ts";
import { suite } from "../support/suite.ts";
import { Crew } from "./crew.ts";
import { everyStep, watched } from "./play.ts";

const test = suite("WorkerBell, Sleepers and HostBell");

function bells(slots = 40): {
  words: Int32Array;
  layout: Layout;
  sleepers: Sleepers;
  bell: (slot: number) => WorkerBell;
} {
  const layout = new Layout({ cells: 2, slots, queues: 1 });
  const words = new Int32Array(layout.create());
  return {
    words,
    layout,
    sleepers: new Sleepers(words, layout),
    bell: (slot) => new WorkerBell(words, layout, slot),
  };
}

/** A worker that announced a sleep would sleep for ever: nobody called. */
const sleepsOn = (bell: WorkerBell): boolean => !bell.wait(0);

test("announce() raises one bit and withdraw() takes exactly that one back", () => {
  const { words, sleepers, bell } = bells();
  for (const slot of [0, 5, 31, 32, 39]) bell(slot).announce();
  equal([sleepers.bits(0), sleepers.bits(1)], [
    (1 | 1 << 5 | 1 << 31) | 0,
    1 | 1 << 7,
  ]);
  bell(31).withdraw();
  bell(32).withdraw();
  equal([words[MASK], words[MASK + 1]], [1 | 1 << 5, 1 << 7]);
});

test("wake() takes the bit and wakes; a second wake finds nobody", () => {
  const { sleepers, bell } = bells();
  for (const slot of [0, 31, 32]) {
    const one = bell(slot);
    ok(!sleepers.wake(slot));
    one.announce();
    ok(sleepsOn(one));
    ok(sleepers.wake(slot));
    ok(!sleepsOn(one));
    ok(!sleepers.wake(slot));
  }
});

test("wake() between announce() and wait() is not missed", () => {
  const { sleepers, bell } = bells();
  const one = bell(3);
  one.announce();
  sleepers.wake(3);
  ok(one.wait(60_000));
});

test("wake() of one worker leaves the others asleep", () => {
  const { sleepers, bell } = bells();
  const [one, other] = [bell(1), bell(2)];
  one.announce();
  other.announce();
  ok(sleepers.wake(1));
  ok(sleepsOn(other) && !sleepsOn(one));
});

test("knock() wakes whether a sleep was announced or not", () => {
  const { words, layout, sleepers, bell } = bells();
  const one = bell(4);
  one.announce();
  sleepers.knock(4);
  ok(!sleepsOn(one));
  is(words[layout.slot(4) + PARK], 0);
});

test("forget() clears the announcement", () => {
  const { sleepers, bell } = bells();
  bell(4).announce();
  sleepers.forget(4);
  is(sleepers.bits(0), 0);
  ok(!sleepers.wake(4));
});

test("load() reads what the worker says", () => {
  const { words, layout, sleepers } = bells();
  words[layout.slot(7) + LOAD] = 12;
  is(sleepers.load(7), 12);
});

test("waitAsync() of a worker resolves on wake() and registers once", async () => {
  const { sleepers, bell } = bells();
  const one = bell(0);
  one.announce();
  const wait = one.waitAsync();
  ok(wait !== null);
  is(one.waitAsync(), null);
  sleepers.wake(0);
  await wait;
  one.withdraw();
  one.announce();
  const next = one.waitAsync();
  ok(next !== null && next !== wait);
  sleepers.wake(0);
  await next;
});

test("waitAsync() of a worker that was called already resolves at once", async () => {
  const { sleepers, bell } = bells();
  const one = bell(0);
  one.announce();
  sleepers.wake(0);
  await one.waitAsync();
});

test("a promise left from an earlier sleep is resolved by the next wake", async () => {
  const { sleepers, bell } = bells();
  const one = bell(0);
  one.announce();
  const wait = one.waitAsync();
  one.withdraw();
  one.announce();
  is(one.waitAsync(), null);
  sleepers.wake(0);
  await wait;
});

// A stale promise would eat a single notification (ring.md M11).
test("knock() wakes all waiters of a word", async () => {
  const { sleepers, bell } = bells();
  const [stale, live] = [bell(0), bell(0)];
  stale.announce();
  const waits = [stale.waitAsync(), live.waitAsync()];
  sleepers.wake(0);
  await Promise.all(waits);
});

// ---- the two eventcounts, every order ------------------------------------------

test("a worker that goes to sleep never misses a task, at every operation of it", async () => {
  const steps = await everyStep(() => {
    const crew = new Crew(2);
    const worker = crew.worker();
    let asleep = false;
    return {
      actor: () => void (asleep = worker.sleepy()),
      meanwhile: () => void crew.send(1),
      check: () => ok(!asleep || !sleepsOn(worker.bell), "lost wake-up"),
    };
  });
  ok(steps >= 6, String(steps));
});

test("a worker woken while it announces is still woken for the next task", async () => {
  const steps = await everyStep(() => {
    const crew = new Crew(2);
    const [worker, other] = [crew.worker(), crew.worker()];
    let asleep = false;
    return {
      actor: () => void (asleep = worker.sleepy()),
      // Another one is quicker, so that the second look finds nothing.
      meanwhile: () => {
        crew.send(1);
        crew.work(other);
      },
      check: () => {
        if (asleep && !sleepsOn(worker.bell)) worker.awake(false);
        else if (asleep) {
          crew.send(1);
          ok(!sleepsOn(worker.bell), "it sleeps without a bit");
        }
      },
    };
  });
  ok(steps >= 6, String(steps));
});

test("a worker that goes to sleep never misses a task, at every operation of the host", async () => {
  for (const privately of [false, true]) {
    const steps = await everyStep(() => {
      const crew = new Crew(2);
      const worker = crew.worker();
      let asleep = false;
      return {
        actor: () => void crew.send(1, privately ? worker.slot : -1),
        meanwhile: () => void (asleep = worker.sleepy()),
        check: () => ok(!asleep || !sleepsOn(worker.bell), "lost wake-up"),
      };
    });
    ok(steps >= 3, String(steps));
  }
});

test("a worker that goes to sleep never misses its dismissal", async () => {
  for (const hostActs of [true, false]) {
    await everyStep(() => {
      const crew = new Crew(2);
      const worker = crew.worker();
      let asleep = false;
      const sleep = () => void (asleep = worker.sleepy());
      const dismiss = () => crew.host.dismiss(worker.slot);
      return {
        actor: hostActs ? dismiss : sleep,
        meanwhile: hostActs ? sleep : dismiss,
        check: () => {
          ok(worker.stopped());
          ok(!asleep || !sleepsOn(worker.bell), "lost dismissal");
        },
      };
    });
  }
});

test("a host that goes to sleep never misses a result, at every operation of either", async () => {
  for (const hostActs of [true, false]) {
    const steps = await everyStep(() => {
      const crew = new Crew(2);
      const worker = crew.worker();
      crew.send(1);
      let sleep = { again: true, wait: null as Promise<unknown> | null };
      const host = () => void (sleep = crew.host.sleep());
      const work = () => void crew.work(worker);
      return {
        actor: hostActs ? host : work,
        meanwhile: hostActs ? work : host,
        check: async () => {
          is(crew.host.words[ARMED], 0, "nobody will notify the host");
          if (!sleep.again) await sleep.wait;
          is(crew.drain(), 1);
        },
      };
    });
    ok(steps >= 3, String(steps));
  }
});

test("a worker that goes to sleep never misses urgent mail, at every operation of either", async () => {
  for (const hostActs of [true, false]) {
    const steps = await everyStep(() => {
      const crew = new Crew(2);
      const worker = crew.worker();
      let asleep = false;
      const sleep = () => void (asleep = worker.sleepy());
      const post = () => crew.host.setMail(worker.slot, 1, true);
      return {
        actor: hostActs ? post : sleep,
        meanwhile: hostActs ? sleep : post,
        check: () => {
          ok(!asleep || !sleepsOn(worker.bell), "lost mail");
          ok(worker.hasMail());
          ok(!worker.hasMail());
        },
      };
    });
    ok(steps >= 2, String(steps));
  }
});

test("a host that goes to sleep never misses what a worker posted, at every operation of either", async () => {
  for (const hostActs of [true, false]) {
    const steps = await everyStep(() => {
      const crew = new Crew(2);
      const worker = crew.worker();
      let sleep = { again: true, wait: null as Promise<unknown> | null };
      const host = () => void (sleep = crew.host.sleep());
      const post = () => worker.done.posted();
      return {
        actor: hostActs ? host : post,
        meanwhile: hostActs ? post : host,
        check: async () => {
          is(crew.host.words[ARMED], 0, "nobody will notify the host");
          if (!sleep.again) await sleep.wait;
          const posted: number[] = [];
          is(crew.host.drain(crew.settle, (slot) => posted.push(slot)), 1);
          equal(posted, [worker.slot]);
          ok(!crew.host.hasResults());
        },
      };
    });
    ok(steps >= 2, String(steps));
  }
});

test("sleep() arms again although a promise is pending (ring.md M08)", async () => {
  const crew = new Crew(2);
  const worker = crew.worker();
  const first = crew.host.sleep();
  ok(first.wait !== null);
  // A worker took the request (R8) and died before it notified (R9).
  crew.host.words[ARMED] = 0;
  const second = crew.host.sleep();
  equal(second, { again: false, wait: null });
  is(crew.host.words[ARMED], 1);
  crew.send(1);
  crew.work(worker);
  await first.wait;
  is(crew.drain(), 1);
});

test("disarm() leaves the promise to be reused", async () => {
  const layout = new Layout({ cells: 1, slots: 1, queues: 1 });
  const words = new Int32Array(layout.create());
  const bell = new HostBell(words);
  bell.arm();
  const wait = bell.waitAsync();
  bell.disarm();
  is(words[ARMED], 0);
  bell.arm();
  is(bell.waitAsync(), null);
  Atomics.store(words, ARMED, 0);
  Atomics.notify(words, ARMED);
  await wait;
});

test("end() resolves what a host waits for", async () => {
  const layout = new Layout({ cells: 1, slots: 1, queues: 1 });
  const words = new Int32Array(layout.create());
  const bell = new HostBell(words);
  bell.arm();
  const wait = bell.waitAsync();
  bell.end();
  is(words[ARMED], 0);
  await wait;
  bell.end();
});

test("a busy host notifies nobody", () => {
  const crew = new Crew(8);
  const worker = crew.worker();
  let calls = 0;
  watched(() => {
    for (let i = 0; i < 100; i++) {
      crew.send(4);
      crew.work(worker);
      crew.drain();
    }
  }, (name) => {
    if (name === "notify") calls++;
  });
  is(calls, 0);
  crew.checkQuiet();
});
