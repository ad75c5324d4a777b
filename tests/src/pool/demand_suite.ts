/** How many workers calls are worth, by what is known of their tasks. */
import { SingleCall } from "../../../src/pool/call.ts";
import { ChunkCall } from "../../../src/pool/chunk_call.ts";
import { Demand } from "../../../src/pool/demand.ts";
import { type Task, tasks } from "../../../mod.ts";
import { is, ok } from "../../support/assert.ts";
import { suite } from "../../support/suite.ts";

const test = suite("Demand");
const MANY = 16;
const nowhere = tasks<Record<string, () => void>>("file:///nowhere.js");
const handles: Record<string, Task> = {};

function single(name: string, demand: Demand): SingleCall {
  const task = handles[name] ??= nowhere[name] as unknown as Task;
  const where = { task, taskId: 1, site: null };
  const call = new SingleCall(where, () => {}, () => {});
  demand.enter(call);
  return call;
}
/** Calls of a task that took so long each time, under way. */
function calls(demand: Demand, micros: number, count: number): SingleCall[] {
  const name = `takes${micros}`;
  demand.learn(single(name, new Demand()), micros);
  return Array.from({ length: count }, () => single(name, demand));
}

test("each call and each chunk of which nothing is known is worth a worker", () => {
  const demand = new Demand();
  is(demand.workers, 1);
  const chunks = new Demand();
  for (let count = 1; count <= MANY; count++) {
    single("unknown", demand);
    is(demand.workers, count);
    const where = { task: handles["unknown"] as Task, taskId: 2, start: 0 };
    chunks.enter(new ChunkCall(where, [1, 2], { chunkDone: () => {} }));
    is(chunks.workers, count);
  }
});

test("a chunk of which something is known is worth its work", () => {
  const demand = new Demand();
  for (const micros of [10, 10, 200]) {
    const where = { task: nowhere["any"] as unknown as Task, taskId: 2 };
    const chunk = new ChunkCall({ ...where, start: 0 }, [1, 2], {
      chunkDone: () => {},
    });
    chunk.micros = micros;
    demand.enter(chunk);
    is(demand.workers, micros === 10 ? 1 : 3);
  }
});

test("calls of a task that takes no time are worth one worker, however many", () => {
  const demand = new Demand();
  for (const count of [1, 64, 10_000]) {
    calls(demand, 0, count);
    is(demand.workers, 1, `${count} more`);
  }
});

test("workers are worth waking for work, and for tasks that take longer than the host's part", () => {
  const demand = new Demand();
  calls(demand, 10, 4);
  is(demand.workers, 1, "40 µs");
  calls(demand, 10, 11);
  is(demand.workers, 3, "150 µs");
  calls(demand, 10, 1000);
  is(demand.workers, 3, "one for each 4 µs, and one");
  calls(demand, 40, 10_000);
  is(demand.workers, 10, "the same");
});

test("calls that settled are worth nothing", () => {
  const demand = new Demand();
  for (const call of calls(demand, 1000, 100)) demand.leave(call);
  is(demand.workers, 1);
});

test("one slow call among quick ones changes little, several do", () => {
  const demand = new Demand();
  const [call] = calls(demand, 0, 1) as [SingleCall];
  demand.learn(call, 4000);
  const quick = Array.from({ length: 64 }, () => single("takes0", demand));
  is(demand.workers, 1);
  for (const one of quick) demand.leave(one);
  for (let i = 0; i < 6; i++) demand.learn(call, 4000);
  for (let i = 0; i < 64; i++) single("takes0", demand);
  ok(demand.workers > 2);
});
