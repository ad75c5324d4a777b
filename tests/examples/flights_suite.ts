/** The main job as a program, and the proof that it notices a wrong number. */
import { tasks } from "whorl";
import {
  difference,
  flights,
  interval,
} from "../../examples/flights_bootstrap.ts";
import { readFlights } from "../../examples/flights_data.ts";
import { next } from "../../examples/flights_jobs.ts";
import { equal, is, match, ok, rejects } from "../support/assert.ts";
import { spawnProgram } from "../support/spawn.ts";
import { suite } from "../support/suite.ts";
import { WRONG_GROUP, WRONG_SEED } from "./fixtures/last_bit_off.ts";

const test = suite("examples/flights");
const program = new URL("../../examples/flights.ts", import.meta.url);

/** All 40 x 12 means, the same on every runtime and for any number of workers. */
const CHECKSUM = "6584bd6c";
const ROWS = `\
delay in minutes                          flights       mean  95 % from         to
under 500 mi, night, 0 to 5                   478      32.14      28.08      35.72
under 500 mi, morning, 6 to 11             56,882       1.65       1.52       1.75
under 500 mi, afternoon, 12 to 17          58,217       9.65       9.44       9.79
under 500 mi, evening, 18 to 23            41,714      17.68      17.47      18.01
500 to 999 mi, night, 0 to 5                   14     167.71     158.29     177.14
500 to 999 mi, morning, 6 to 11            18,862      -0.06      -0.28       0.15
500 to 999 mi, afternoon, 12 to 17         19,421       6.97       6.67       7.25
500 to 999 mi, evening, 18 to 23           11,338      16.23      15.67      16.75
1,000 mi and more, night, 0 to 5                3     158.00     132.00     180.00
1,000 mi and more, morning, 6 to 11        10,697      -0.88      -1.20      -0.48
1,000 mi and more, afternoon, 12 to 17      9,322       5.79       5.08       6.18
1,000 mi and more, evening, 18 to 23        4,135      14.28      13.20      15.45`;

for (const workers of ["1", "3"]) {
  test(`flights.ts gives the same table and checksum with ${workers} workers`, async () => {
    const args = ["--resamples", "40", "--workers", workers];
    const run = await spawnProgram(program, { args });
    is(run.code, 0, run.stderr);
    is(run.stderr, "", "progress is for terminals");
    const [head, blank, ...lines] = run.stdout.split("\n");
    is(head, "231,083 flights, each group resampled 40 times");
    is(blank, "");
    is(lines.slice(0, 13).join("\n"), ROWS);
    const rest = lines.slice(13).join("\n");
    match(rest, /^\none thread {2}\d+\.\d\d s\nthe pool {4}\d+\.\d\d s, /);
    match(rest, new RegExp(`, ${workers} workers, \\d+\\.\\d\\d x\\n`));
    match(rest, `same means  bit for bit, checksum ${CHECKSUM}\n`);
  });
}

test("flights() answers 1 and says where when the pool is one bit off", async () => {
  const lines: string[] = [];
  const code = await flights({
    resamples: 5,
    workers: 2,
    print: (line) => lines.push(line),
    jobs: tasks(new URL("./fixtures/last_bit_off.ts", import.meta.url)),
  });
  is(code, 1);
  match(
    lines.at(-1) ?? "",
    `DIFFERENT   resample ${WRONG_SEED}, group ${WRONG_GROUP}: `,
  );
});

test("flights() reports every resample once per place", async () => {
  const seen: Record<string, number[]> = {};
  const code = await flights({
    resamples: 4,
    workers: 2,
    print: () => {},
    progress: (place, done, total) => {
      is(total, 4);
      (seen[place] ??= []).push(done);
    },
  });
  is(code, 0);
  equal(seen, { "one thread": [1, 2, 3, 4], "the pool": [1, 2, 3, 4] });
});

test("flights() refuses wrong counts", async () => {
  const told = { print: () => {} };
  for (const resamples of [0, 1.5, NaN]) {
    const run = flights({ ...told, resamples });
    await rejects(run, RangeError, `Cannot resample ${resamples} times`);
  }
  const run = flights({ ...told, resamples: 1, workers: 0 });
  await rejects(run, RangeError, "workers must be");
});

test("difference() tells apart what == does not", () => {
  const means = (...values: number[]) => [Float64Array.from(values)];
  is(difference(means(1, NaN), means(1, NaN)), null);
  match(difference(means(0), means(-0)) ?? "", "resample 0, group 0: 0 and 0");
  match(difference(means(1), means(1 + 2 ** -52)) ?? "", "group 0");
  match(difference(means(1), means(1, 2)) ?? "", "group");
  match(difference(means(1), []) ?? "", "1 and 0 resamples");
});

test("interval() leaves 2.5 % of the means on either side", () => {
  const means = Array.from({ length: 1000 }, (_, i) => (i * 7) % 1000);
  equal(interval(means), [25, 974]);
  equal(interval([3]), [3, 3]);
});

test("next() is xoshiro128**", () => {
  const state = Uint32Array.of(1, 2, 3, 4);
  const drawn = Array.from({ length: 6 }, () => next(state));
  // The reference's first outputs for this state.
  equal(drawn, [11520, 0, 5927040, 70819200, 2031721883, 1637235492]);
});

test("readFlights() puts every flight into one group of shared memory", () => {
  const { names, delays, starts } = readFlights();
  is(names.length, 12);
  is(delays.length, 231_083);
  is(starts[0], 0);
  is(starts.at(-1), 231_083);
  ok(delays.buffer instanceof SharedArrayBuffer);
  ok(starts.buffer instanceof SharedArrayBuffer);
  is(delays.reduce((sum, delay) => sum + delay, 0), 1_833_299);
});
