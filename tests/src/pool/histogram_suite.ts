/** Percentiles from buckets. */
import { Histogram } from "../../../src/pool/histogram.ts";
import { equal, is, ok } from "../../support/assert.ts";
import { rng } from "../../support/rng.ts";
import { suite } from "../../support/suite.ts";

const test = suite("Histogram");

test("Histogram.percentiles are 0 before anything was counted", () => {
  equal(new Histogram().percentiles, {
    count: 0,
    p50: 0,
    p90: 0,
    p99: 0,
    max: 0,
  });
});

test("Histogram.percentiles are right to an eighth at any scale", () => {
  const random = rng("histogram");
  for (const scale of [1, 30, 5000, 7e6, 5e8]) {
    const histogram = new Histogram();
    const times = Array.from(
      { length: 2000 },
      () => scale * (1 + random.below(1000) / 10),
    ).sort((one, other) => one - other);
    for (const time of times) histogram.add(time);
    const { count, p50, p90, p99, max } = histogram.percentiles;
    is(count, 2000);
    is(max, times[1999]! / 1000);
    [[p50, 0.5], [p90, 0.9], [p99, 0.99]].forEach(([found, share]) => {
      const exact = times[Math.ceil(2000 * share!) - 1]! / 1000;
      ok(found! >= exact && found! <= exact * 1.126, `${found} for ${exact}`);
    });
  }
});

test("Histogram.add() counts many at once, and what is below a microsecond or beyond all buckets", () => {
  const histogram = new Histogram();
  histogram.add(0.2, 98);
  histogram.add(-5);
  histogram.add(1e15);
  const { count, p50, p99, max } = histogram.percentiles;
  equal([count, max], [100, 1e12]);
  ok(p50 <= 0.002 && p99 <= 0.002, `${p50} ${p99}`);
});
