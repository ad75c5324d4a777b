/** How numbers come out of a cell. */
import { Pool, tasks } from "../../mod.ts";
import { counted } from "../../src/frame.ts";
import { sharedItems } from "../../src/numeric/operands.ts";
import { ok } from "../support/assert.ts";
import { suite } from "../support/suite.ts";

const test = suite("numbers in a cell");
const arithmetic = tasks<typeof import("../fixtures/arithmetic.ts")>(
  new URL("../fixtures/arithmetic.ts", import.meta.url),
);
const mapping = tasks<typeof import("../fixtures/mapping.ts")>(
  new URL("../fixtures/mapping.ts", import.meta.url),
);
const passing = tasks<typeof import("../fixtures/passing.ts")>(
  new URL("../fixtures/passing.ts", import.meta.url),
);
const WHOLE = [0, 1, -1, 2 ** 31 - 1, -(2 ** 31)];
const OTHER = [-0, 0.5, -0.5, 2 ** 31, -(2 ** 31) - 1, 2 ** 53, NaN];
const ALL = [...WHOLE, ...OTHER, 5e-324, 1e300, Infinity, -Infinity];

function same(found: ArrayLike<unknown>, expected: readonly number[]): void {
  expected.forEach((value, i) =>
    ok(Object.is(found[i], value), `${found[i]} for ${value} at ${i}`)
  );
}

test("a number is the same however it is counted", () => {
  same(ALL.map((value) => counted(new Float64Array([value])[0]!)), ALL);
});

test("tasks get every number as it was, alone, in a list and in a map", async () => {
  await using pool = new Pool({ workers: 1 });
  for (const value of ALL) {
    same([await pool.apply(arithmetic.echo, [value])], [value]);
  }
  same(await pool.map(arithmetic.echo, ALL), ALL);
  same(await pool.apply(passing.echoAll, ALL.slice(0, 8)), ALL.slice(0, 8));
  same(await pool.apply(passing.echoAll, ALL.slice(8)), ALL.slice(8));
  same(await pool.map(mapping.same, ALL, { into: Float64Array }), ALL);
  same(await pool.map(mapping.same, WHOLE, { into: Float64Array }), WHOLE);
});

test("only an ordinary array of whole numbers is copied as such", () => {
  const kind = (items: readonly unknown[], counts: boolean) =>
    sharedItems(items, "map", counts).constructor;
  ok(kind(WHOLE, true) === Int32Array);
  ok(kind(WHOLE, false) === Float64Array);
  for (const value of OTHER) {
    ok(kind([1, value], true) === Float64Array, `${value}`);
  }
  ok(kind([1n, 2n], true) === BigInt64Array);
  ok(sharedItems(new Float64Array(2), "map", true) instanceof Float64Array);
});
