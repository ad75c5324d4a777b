/** How a worker takes tasks: shared with peers, never starving its event loop. */
import { Pool, tasks } from "../../mod.ts";
import { cores } from "../../src/runtime/mod.ts";
import { Loop, type LoopParts } from "../../workers/loop.ts";
import { equal, is, ok } from "../support/assert.ts";
import { suite } from "../support/suite.ts";
import { open, reached, sharedWords } from "../support/words.ts";

const test = suite("loop");
const counting = tasks<typeof import("../fixtures/counting.ts")>(
  new URL("../fixtures/counting.ts", import.meta.url),
);
const serving = tasks<typeof import("../fixtures/serving.ts")>(
  new URL("../fixtures/serving.ts", import.meta.url),
);
const sleeping = tasks<typeof import("../fixtures/sleeping.ts")>(
  new URL("../fixtures/sleeping.ts", import.meta.url),
);
const turning = tasks<typeof import("../fixtures/turning.ts")>(
  new URL("../fixtures/turning.ts", import.meta.url),
);
const math = tasks<typeof import("../fixtures/arithmetic.ts")>(
  new URL("../fixtures/arithmetic.ts", import.meta.url),
);

/** How many of the tasks each thread ran. */
function shares(threads: readonly number[]): number[] {
  const counts = new Map<number, number>();
  for (const thread of threads) {
    counts.set(thread, (counts.get(thread) ?? 0) + 1);
  }
  return [...counts.values()].sort();
}

for (const warm of [false, true]) {
  const when = warm ? "idle" : "booting";
  test(`six tasks that hold the thread are shared 3 to 3 by two ${when} workers`, async () => {
    await using pool = new Pool({ workers: 2 });
    if (warm) await meetOnce(pool, counting.meet);
    // Each waits for one on the other worker: taken greedily, they wait for ever.
    const words = sharedWords(1);
    const threads = await Promise.all(
      Array.from({ length: 6 }, () => pool.apply(counting.meet, [words, 2])),
    );
    equal(shares(threads), [3, 3]);
  });

  test(`six tasks that compute after an await are shared 3 to 3 by two ${when} workers`, async () => {
    await using pool = new Pool({ workers: 2 });
    if (warm) await meetOnce(pool, counting.meetLater);
    const words = sharedWords(1);
    const threads = await Promise.all(
      Array.from(
        { length: 6 },
        () => pool.apply(counting.meetLater, [words, 2]),
      ),
    );
    equal(shares(threads), [3, 3]);
  });
}

async function meetOnce(pool: Pool, task: typeof counting.meet): Promise<void> {
  const words = sharedWords(1);
  await Promise.all([
    pool.apply(task, [words, 2]),
    pool.apply(task, [words, 2]),
  ]);
}

test("N blocking tasks on N workers all start", async () => {
  await using pool = new Pool({ workers: 4 });
  const gate = sharedWords(2);
  const calls = Array.from(
    { length: 4 },
    () => pool.apply(sleeping.blockOn, [gate]),
  );
  await reached(gate, 1, 4);
  open(gate, 0);
  await Promise.all(calls);
});

test("a blocked worker keeps no task from the others", async () => {
  await using pool = new Pool({ workers: 2 });
  const words = sharedWords(3);
  const blocked = pool.apply(counting.countAndBlock, [words, 0, 1]);
  await reached(words, 0, 1);
  const others = Array.from(
    { length: 200 },
    () => pool.apply(counting.count, [words, 2]),
  );
  await Promise.all(others);
  is(words[2], 200);
  open(words, 1);
  await blocked;
});

test("a timer that a task left behind keeps firing while the worker is idle", async () => {
  await using pool = new Pool({ workers: 1 });
  const words = sharedWords(1);
  await pool.apply(counting.keepsCounting, [words]);
  await reached(words, 0, 20);
  is(await pool.apply(math.increment, [1]), 2);
  await reached(words, 0, (words[0] as number) + 20);
});

test("a server that a task left behind answers while the worker is idle", async () => {
  await using pool = new Pool({ workers: 1 });
  const port = await pool.apply(serving.listen);
  for (let i = 0; i < 3; i++) {
    const response = await fetch(`http://127.0.0.1:${port}/`);
    is(await response.text(), `request ${i + 1}`);
  }
  await pool.apply(serving.close);
});

test("synchronous tasks do not starve an asynchronous one", async () => {
  await using pool = new Pool({ workers: 1 });
  const words = sharedWords(2);
  await pool.apply(counting.compute, [words]);
  let fired = false;
  const timer = pool.apply(counting.countsTurns, [words])
    .then(() => fired = true);
  // As many as there are cells, for as long as it takes.
  const lane = async (): Promise<void> => {
    while (!fired) await pool.apply(counting.compute, [words]);
  };
  await Promise.all([timer, ...Array.from({ length: 1024 }, lane)]);
});

test("where one task settles another begins before the event loop goes on", async () => {
  await using pool = new Pool({ workers: 1, concurrency: 5 });
  const seats = [0, 1, 2, 3];
  const waiting = seats.map((n) => pool.apply(turning.play, ["wait", n]));
  const order = pool.apply(turning.play, ["release"]);
  await Promise.all(
    seats.map((n) => pool.apply(turning.play, ["begin", n])),
  );
  await Promise.all(waiting);
  equal(
    await order,
    seats.flatMap((n) => [`${n} ends`, `${n} begins`]),
  );
});

for (const task of [turning.settleInMicrotask, turning.settleInTick]) {
  test(`tasks do not starve the event loop: ${task.name}`, async () => {
    await using pool = new Pool({ workers: 1, concurrency: 2 });
    let turned = false;
    const turn = pool.apply(turning.turn).then(() => turned = true);
    const lane = async (): Promise<void> => {
      while (!turned) await pool.apply(task);
    };
    await Promise.all([turn, ...Array.from({ length: 16 }, lane)]);
  });
}

test("what settles in a microtask lets nothing begin before the event loop goes on", async () => {
  await using pool = new Pool({ workers: 1, concurrency: 2 });
  const task = turning.settleInMicrotask;
  await Promise.all([pool.apply(turning.turn), pool.apply(task)]);
  const turn = pool.apply(turning.turn);
  await Promise.all(Array.from({ length: 4 }, () => pool.apply(task)));
  const before = await turn;
  ok(before <= 1, `${before} of 4 came before`);
});

test("the items of one chunk do not starve a timer that one of them set", async () => {
  await using pool = new Pool({ workers: 1 });
  const words = sharedWords(2);
  const lists = Array.from({ length: 20_000 }, (): [Int32Array] => [words]);
  // Starved, each item computes, which is a second in all. A turn of the event
  // loop is owed after four milliseconds, and how busy the machine is does not
  // count: who computes slower computes less of them in that time.
  await pool.starmap(counting.computesUntilFired, lists, {
    chunkSize: lists.length,
  });
  const computed = words[1] as number;
  ok(computed < lists.length, `${computed} items came before the timer`);
});

test("a worker woken many times loses no task", async () => {
  await using pool = new Pool({ workers: 2 });
  for (let i = 0; i < 300; i++) {
    is(await pool.apply(math.increment, [i]), i + 1);
    // Longer than any spin now and then: both sides sleep.
    if (i % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  }
});

test("a worker that was declared dead touches no ring after it raised EXITED", () => {
  const calls: string[] = [];
  const note = (name: string, answer: boolean) => () => {
    calls.push(name);
    return answer;
  };
  const nothing = (): void => {};
  const parts = {
    ring: {
      ...{ stopped: note("stopped", true), fenced: note("fenced", true) },
      exited: note("exited", true),
    },
    runner: {
      ...{ uplink: { outstanding: 0 }, inflight: 0, turnStart: 0 },
      abandon: nothing,
    },
    hooks: { pending: 0 },
    keepAlive: { hold: nothing, release: nothing, end: nothing },
    ...{ handOver: note("handed over", true), leave: note("left", true) },
  };
  new Loop(parts as unknown as LoopParts).start();
  // Its slot may be another worker's by then, and with it every word.
  is(calls.indexOf("exited"), calls.length - 1, calls.join());
});

test("a worker looks for news before it sleeps only where the host and all who are awake have a core", () => {
  for (const awakeWorkers of [cores() - 1, cores()]) {
    let looked = false;
    let slept = false;
    const nothing = (): void => {};
    const parts = {
      ring: {
        ...{ awakeWorkers, stopped: () => false, claim: () => 0 },
        ...{ setLoad: nothing, setBusy: nothing, hasMail: () => false },
        hasNews: () => {
          looked = true;
          return false;
        },
        sleepy: () => slept = true,
        waitAsync: () => null,
      },
      runner: {
        ...{ uplink: { outstanding: 0 }, inflight: 0, turnStart: 0 },
        ...{ left: 1, concurrency: 1, resume: () => true, paused: [] },
      },
      ...{ hooks: {}, heap: { stop: nothing }, spins: true },
      keepAlive: { hold: nothing, release: nothing },
      handOver: nothing,
    };
    new Loop(parts as unknown as LoopParts).start();
    is(looked, awakeWorkers < cores());
    ok(slept);
  }
});
