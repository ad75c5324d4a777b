import { MASK } from "../../ring/layout.ts";
import { isClaimed } from "../../ring/state.ts";
import { equal, is, ok } from "../support/assert.ts";
import { suite } from "../support/suite.ts";
import { Crew } from "./crew.ts";
import { Death, everyStep, FIRSTS, interrupted } from "./play.ts";

const test = suite("RingHost recovery");

// ---- fence, sweep, certify ------------------------------------------------------

test("fence() delivers what was published before it, and only then sweeps", () => {
  const crew = new Crew(4);
  const worker = crew.worker();
  crew.send(1);
  crew.work(worker);
  crew.fence(worker);
  equal(crew.ends, [["result"]]);
  crew.bury(worker);
  crew.checkQuiet();
});

test("fence() gives back what was claimed, oldest in front, and reports what was started", () => {
  const crew = new Crew(8);
  const worker = crew.worker();
  // Cells are numbered against the order of the tasks.
  const cells = Array.from({ length: 8 }, () => crew.host.acquire());
  for (const cell of cells) crew.host.release(cell);
  const sent = crew.send(8);
  ok((sent[0] as number) > (sent[7] as number));
  while (worker.claim(32) > 0);
  crew.run(worker, sent[3] as number);
  crew.fence(worker);
  equal(crew.waiting, [0, 1, 2, 4, 5, 6, 7]);
  equal(crew.ends[3], ["lost"]);
  equal(crew.quarantine, [sent[3]]);
  is(crew.host.freeCells, 7);
});

test("fence() gives back tasks queued for that worker alone, published or not", () => {
  const crew = new Crew(4);
  const worker = crew.worker();
  crew.send(2, worker.slot);
  crew.place(crew.accept(), worker.slot);
  crew.fence(worker);
  equal(crew.waiting, [0, 1, 2]);
  crew.bury(worker);
  // Regression: the next owner of the slot found HEAD above TAIL.
  const next = crew.worker();
  is(next.slot, worker.slot);
  ok(next.sleepy());
  next.awake(false);
  crew.resend();
  is(crew.work(next), 3);
  crew.drain();
  crew.checkQuiet();
});

test("fence() twice is once", () => {
  const crew = new Crew(2);
  const worker = crew.worker();
  crew.send(1);
  worker.claim(1);
  crew.fence(worker);
  crew.fence(worker);
  equal(crew.waiting, [0]);
});

// Regression (ring.md M05): a wake that died with its worker was not repeated.
test("fence() wakes another sleeper for a task whose wake died with the worker", () => {
  const crew = new Crew(2);
  const [one, other] = [crew.worker(), crew.worker()];
  ok(one.sleepy() && other.sleepy());
  crew.send(1);
  const woken = one.bell.wait(0) ? one : other;
  const asleep = woken === one ? other : one;
  ok(!asleep.bell.wait(0));
  crew.fence(woken);
  ok(asleep.bell.wait(0), "the task waits and nobody is awake");
});

test("dismiss() spends no further wake on the leaving worker and repeats a spent one", () => {
  const crew = new Crew(4);
  const [one, other] = [crew.worker(), crew.worker()];
  ok(one.sleepy() && other.sleepy());
  crew.send(1);
  const woken = one.bell.wait(0) ? one : other;
  const asleep = woken === one ? other : one;
  crew.host.dismiss(woken.slot);
  ok(asleep.bell.wait(0));
  asleep.awake(false);
  crew.work(asleep);
  ok(asleep.sleepy());
  // The leaving one has not withdrawn yet: its bit may still be set.
  woken.bell.announce();
  crew.send(1);
  ok(asleep.bell.wait(0));
});

test("certify() frees the slot, not before; enlist() answers -1 when none is left", () => {
  const crew = new Crew(2, 0, 1);
  const worker = crew.worker();
  is(crew.host.enlist(0), -1);
  crew.host.certify(worker.slot);
  is(crew.host.enlist(0), -1);
  crew.fence(worker);
  is(crew.host.enlist(0), -1);
  crew.host.certify(worker.slot);
  is(crew.host.enlist(0), worker.slot);
});

// Regression: the bit of the last owner drew a wake to a worker not yet booted.
test("enlist() clears a sleep that a zombie announced after it was fenced", () => {
  const crew = new Crew(2, 0, 2);
  const [one, other] = [crew.worker(), crew.worker()];
  crew.fence(one);
  one.bell.announce();
  crew.bury(one);
  is(crew.host.enlist(0), one.slot);
  is(crew.host.words[MASK], 0);
  ok(other.sleepy());
  crew.send(1);
  ok(other.bell.wait(0), "the wake went to a worker that has not booted");
});

test("a killed worker, at every operation: nothing lost, nothing twice", async () => {
  for (const cells of [1, 2, 4]) {
    for (const [i, first] of FIRSTS.entries()) {
      const steps = await everyStep(() => {
        const crew = new Crew(cells, first);
        const [one, other] = [crew.worker(), crew.worker()];
        crew.send(Math.min(cells, 3));
        return {
          actor: () => {
            crew.work(one, 2);
            if (one.sleepy()) one.awake(false);
          },
          meanwhile: () => {
            throw new Death();
          },
          check: () => {
            crew.bury(one);
            crew.resend();
            crew.work(other);
            crew.drain();
            crew.checkQuiet();
            ok(other.sleepy(), "something is left in a ring");
          },
        };
      });
      ok(steps > 8 + i, String(steps));
    }
  }
});

test("a worker fenced while it lives, at every operation: nothing lost, nothing twice", async () => {
  for (const cells of [1, 2, 4]) {
    for (const first of FIRSTS) {
      await everyStep(() => {
        const crew = new Crew(cells, first);
        const [zombie, other] = [crew.worker(), crew.worker()];
        crew.send(Math.min(cells, 3));
        return {
          actor: () => {
            crew.work(zombie, 2);
            if (zombie.sleepy()) zombie.awake(false);
          },
          meanwhile: () => {
            crew.fence(zombie);
            crew.resend();
            crew.work(other);
            crew.drain();
          },
          check: () => {
            // What it claimed after the fence is swept until it is dead.
            crew.bury(zombie);
            crew.resend();
            crew.work(other);
            crew.drain();
            crew.checkQuiet();
          },
        };
      });
    }
  }
});

test("a task cancelled while its worker dies, at every operation, ends once", async () => {
  await everyStep(() => {
    const crew = new Crew(2);
    const [one, other] = [crew.worker(), crew.worker()];
    const cells = crew.send(2);
    return {
      actor: () => void crew.work(one, 2),
      meanwhile: () => {
        crew.cancel(cells[0] as number);
        throw new Death();
      },
      check: () => {
        crew.bury(one);
        crew.resend();
        crew.work(other);
        crew.drain();
        crew.checkQuiet();
      },
    };
  });
});

// ---- zombies ---------------------------------------------------------------------

test("a zombie that wakes later can start, publish and overwrite nothing", () => {
  const crew = new Crew(2);
  const [zombie, other] = [crew.worker(), crew.worker()];
  crew.send(2);
  zombie.claim(1);
  const [held = -1] = zombie.mine;
  ok(isClaimed(crew.host.stateOf(held)));
  crew.fence(zombie);
  crew.resend();
  is(crew.work(other), 2);
  ok(!crew.run(zombie, held), "it started a task that was taken back");
  zombie.done.stage(held);
  zombie.done.publish();
  is(crew.drain(), 2);
  is(crew.drain(), 0);
  crew.checkQuiet();
});

test("a cell a zombie may write to is given to nobody before its certificate", () => {
  const crew = new Crew(2);
  const [zombie, other] = [crew.worker(), crew.worker()];
  const [cell = -1] = crew.send(1);
  zombie.claim(1);
  ok(crew.run(zombie, cell));
  crew.fence(zombie);
  for (let i = 0; i < 5; i++) {
    const sent = crew.send(crew.host.freeCells);
    ok(!sent.includes(cell), "a quarantined cell was used again");
    crew.work(other);
    crew.drain();
  }
  zombie.done.publish();
  is(crew.drain(), 0);
  crew.bury(zombie);
  crew.checkQuiet();
});

test("what a zombie claims after the fence is swept again and again", () => {
  const crew = new Crew(4);
  const [zombie, other] = [crew.worker(), crew.worker()];
  crew.fence(zombie);
  crew.send(2);
  is(zombie.claim(1), 1);
  crew.host.sweep(zombie.slot, crew.found);
  is(crew.waiting.length, 1);
  crew.resend();
  is(crew.work(other), 2);
  crew.drain();
  crew.bury(zombie);
  crew.checkQuiet();
});

test("the next worker of a slot ignores what the last one left", () => {
  const crew = new Crew(2, 0, 1);
  const dead = crew.worker();
  crew.send(2, dead.slot);
  dead.claim(1);
  crew.run(dead, dead.mine[0] as number);
  crew.fence(dead);
  dead.done.publish();
  dead.exited();
  ok(crew.host.hasExited(dead.slot));
  crew.bury(dead);
  const next = crew.worker();
  is(next.slot, dead.slot);
  ok(!crew.host.hasExited(next.slot) && !next.stopped());
  is(crew.drain(), 0);
  crew.resend();
  is(crew.work(next), 1);
  crew.drain();
  crew.checkQuiet();
});

test("a claimed task of a dead worker can be sent again with a single cell", () => {
  const crew = new Crew(1);
  const [one, other] = [crew.worker(), crew.worker()];
  crew.send(1);
  // Two operations on the private ring, then as in task_ring: 6 would move HEAD.
  ok(interrupted(() => one.claim(1), 6, () => {
    throw new Death();
  }));
  crew.bury(one);
  crew.resend();
  is(crew.waiting.length, 0, "the ring stayed full");
  is(crew.work(other), 1);
  crew.drain();
  crew.checkQuiet();
});
