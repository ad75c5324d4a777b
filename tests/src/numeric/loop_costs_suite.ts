/** How many workers loops are worth, by what their kernels took. */
import { LoopCosts } from "../../../src/numeric/loop_costs.ts";
import { type Task, tasks } from "../../../mod.ts";
import { is, ok } from "../../support/assert.ts";
import { suite } from "../../support/suite.ts";

const test = suite("LoopCosts");
const nowhere = tasks<Record<string, () => void>>("file:///nowhere.js");
const [kernel, other] = [nowhere["one"], nowhere["two"]] as unknown as [
  Task,
  Task,
];

test("a loop whose kernel nobody measured is worth more workers than there are", () => {
  const costs = new LoopCosts();
  costs.begin(kernel, 1);
  ok(costs.workers > 1000);
});

test("a measured one is worth a worker for each 100 microseconds, and at least one", () => {
  const costs = new LoopCosts();
  costs.learn(kernel, 1000, 500);
  for (const [items, workers] of [[1, 1], [200, 1], [201, 2], [1600, 8]]) {
    const micros = costs.begin(kernel, items as number);
    is(micros, (items as number) / 2);
    is(costs.workers, workers);
    costs.end(micros);
  }
  is(costs.workers, 1);
});

test("what it took last counts, and that of its own kernel", () => {
  const costs = new LoopCosts();
  costs.learn(kernel, 10, 10);
  costs.learn(other, 10, 1000);
  costs.learn(kernel, 10, 30);
  is(costs.begin(kernel, 7), 21);
  is(costs.begin(other, 7), 700);
});

test("loops under way are counted together", () => {
  const costs = new LoopCosts();
  costs.learn(kernel, 1, 60);
  const loops = [costs.begin(kernel, 1), costs.begin(kernel, 1)];
  is(costs.workers, 2);
  costs.end(loops[0] as number);
  is(costs.workers, 1);
});
