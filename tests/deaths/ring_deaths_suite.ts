/** The gap table of ring/README.md, executed: a real worker dies at every label. */
import { equal, ok } from "../support/assert.ts";
import { suite } from "../support/suite.ts";
import { ringMatrix } from "./ring_matrix.ts";
import { rows, tree } from "./tree.ts";

const test = suite("deaths on the rings");

test("every label that a worker can come to has a row, and no row is of the host", () => {
  const named = new Set(rows().flatMap(({ names }) => names));
  const wrong = tree().points.filter(({ name, host }) =>
    named.has(name) === host
  );
  ok(named.size > 40, `${named.size} points`);
  equal(wrong.map(({ name }) => name), []);
});

test("a worker dies after every label, in one way each: the row is true", {
  deadlineMs: 180_000,
}, async () => {
  const { failures, deaths } = await ringMatrix(0);
  ok(failures.length === 0, failures.join("\n"));
  ok(deaths > 40, `${deaths} deaths`);
});
