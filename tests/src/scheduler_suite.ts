/** Which queue a task goes to. */
import {
  Pool,
  type QueueId,
  RoundRobin,
  type Scheduler,
  type TaskId,
  tasks,
} from "../../mod.ts";
import { equal, is, ok, rejects } from "../support/assert.ts";
import { suite } from "../support/suite.ts";

const test = suite("Scheduler");
const math = tasks<typeof import("../fixtures/arithmetic.ts")>(
  new URL("../fixtures/arithmetic.ts", import.meta.url),
);
const counting = tasks<typeof import("../fixtures/counting.ts")>(
  new URL("../fixtures/counting.ts", import.meta.url),
);
const failing = tasks<typeof import("../fixtures/failing.ts")>(
  new URL("../fixtures/failing.ts", import.meta.url),
);

test("RoundRobin with one queue and one worker always names that queue", () => {
  const scheduler = new RoundRobin();
  const queue = scheduler.registerQueue();
  scheduler.registerProcess(queue);
  for (let i = 0; i < 10; i++) is(scheduler.scheduleTask(), queue);
});

test("RoundRobin with two queues names them by turns", () => {
  const scheduler = new RoundRobin();
  const [one, two] = [scheduler.registerQueue(), scheduler.registerQueue()];
  scheduler.registerProcess(one);
  scheduler.registerProcess(two);
  const named = Array.from({ length: 10 }, () => scheduler.scheduleTask());
  equal(named, [one, two, one, two, one, two, one, two, one, two]);
  scheduler.completeTask();
});

test("RoundRobin gives a queue with more workers more", () => {
  const scheduler = new RoundRobin();
  const [one, two] = [scheduler.registerQueue(), scheduler.registerQueue()];
  for (const queue of [one, two, one]) scheduler.registerProcess(queue);
  const named = Array.from({ length: 6 }, () => scheduler.scheduleTask());
  equal(named, [one, two, one, one, two, one]);
});

test("with two queues and two workers tasks go to both by turns", async () => {
  await using pool = new Pool({ workers: 2, queueCount: 2 });
  const threads: number[] = [];
  for (let i = 0; i < 10; i++) threads.push(await pool.apply(counting.thread));
  is(new Set(threads).size, 2);
  ok(threads.every((thread, i) => thread === threads[i % 2]));
});

class Recorder implements Scheduler {
  readonly log: string[] = [];
  readonly completed: TaskId[] = [];
  queues = 0;
  answer: QueueId | null = null;

  registerQueue(): QueueId {
    this.log.push("queue");
    return 10 + this.queues++;
  }
  registerProcess(queue: QueueId): void {
    this.log.push(`worker ${queue}`);
  }
  scheduleTask(
    id: TaskId,
    task: { name: string },
    args: readonly unknown[],
  ): QueueId {
    this.log.push(`${id} ${task.name} ${args.join()}`);
    return this.answer ?? 10 + id % this.queues;
  }
  completeTask(id: TaskId): void {
    this.completed.push(id);
  }
}

test("a scheduler of one's own sees queues, workers, tasks and their ends", async () => {
  const scheduler = new Recorder();
  await using pool = new Pool({ workers: 3, queueCount: 2, scheduler });
  is(pool.scheduler, scheduler);
  is(await pool.apply(math.add, [1, 2]), 3);
  await rejects(pool.apply(failing.throwsRange, [5]));
  is(await pool.apply(math.increment, [3]), 4);
  equal(scheduler.log, [
    "queue",
    "queue",
    "worker 10",
    "worker 11",
    "worker 10",
    "1 add 1,2",
    "2 throwsRange 5",
    "3 increment 3",
  ]);
  equal(scheduler.completed, [1, 2, 3]);
});

test("a scheduler that names no queue fails the call, and nothing is queued", async () => {
  const scheduler = new Recorder();
  await using pool = new Pool({ workers: 1, scheduler });
  scheduler.answer = 99;
  await rejects(
    pool.apply(math.increment, [1]),
    RangeError,
    "the scheduler named queue 99, there are 10",
  );
  await rejects(pool.apply(math.echo, ["text"]), RangeError, "named queue 99");
  scheduler.answer = null;
  is(await pool.apply(math.echo, ["text"]), "text");
  pool.close();
  await pool.join();
});
