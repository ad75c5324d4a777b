/** The main job as a program, and the proof that it notices a wrong number. */
import { shared } from "whorl";
import { readFlights } from "../../examples/flights_data.ts";
import { compare } from "../../examples/numeric/compare.ts";
import { is, match, ok, rejects } from "../support/assert.ts";
import { spawnProgram } from "../support/spawn.ts";
import { suite } from "../support/suite.ts";

const test = suite("examples/flights");
const program = new URL("../../examples/flights.ts", import.meta.url);

/** All sums, the same on every runtime and for any number of workers. */
const CHECKSUM = "2a9db5c8";
const ROWS = `\
airport   flights   delay in minutes, 95 % from    to
ORD         1,149               9.16       7.24   11.08
DFW           922              41.70      36.92   45.24
LAX           787              12.90      11.38   14.96
ATL           714              33.56      30.28   35.84
PHX           617              11.79       9.61   14.12
STL           520              12.01       9.81   14.34
DTW           492               2.39      -0.26    4.17
DEN           490               9.09       7.61   11.21
MSP           482               5.52       2.58    8.65
SFO           457               8.81       6.64   10.75
`;

for (const workers of ["1", "3"]) {
  test(`flights.ts gives the same table and checksum with ${workers} workers`, async () => {
    const args = ["--rows", "20000", "--resamples", "40", "--workers", workers];
    const run = await spawnProgram(program, { args });
    is(run.code, 0, run.stderr);
    is(run.stderr, "", "the bar is for terminals");
    const [head, ...lines] = run.stdout.split("\n\n");
    is(head, "20,000 flights from 222 airports, each resampled 40 times");
    match(
      lines[0] ?? "",
      /^one thread {2}\d+\.\d\d s\nthe pool {4}\d+\.\d\d s, /,
    );
    match(
      lines[0] ?? "",
      new RegExp(`, ${workers} workers, \\d+\\.\\d\\d x\n`),
    );
    match(lines[0] ?? "", `same bits   checksum ${CHECKSUM}`);
    is(lines[1], ROWS);
  });
}

test("flights.ts refuses what is no number, before any work", async () => {
  const run = await spawnProgram(program, { args: ["--rows", "1e3"] });
  is(run.code, 1);
  is(run.stdout, "");
  match(run.stderr, "Cannot start: --rows must be a whole number, found 1e3");
});

test("compare() says where the pool is one bit off", async () => {
  const wrong = (one: number[], other: number[], message: string) =>
    rejects(
      compare({
        workers: 1,
        alone: () => shared(Float64Array, one),
        pooled: () => Promise.resolve(shared(Float64Array, other)),
      }),
      Error,
      message,
    );
  await wrong([1, 2], [1, 2 + 2 ** -51], "The pool differs at 1: 2 and 2.0000");
  await wrong([0], [-0], "The pool differs at 0: 0 and 0");
  await wrong([1], [1, 2], "The pool differs: 1 and 2 numbers");
  await wrong([1, 2], [], "The pool differs: 2 and 0 numbers");
});

test("readFlights() reads columns into shared memory", async () => {
  const { airports, origins, delays } = await readFlights(20_000);
  is(airports.length, 222);
  is(airports[origins[0]!], "ANC");
  is(delays.reduce((sum, delay) => sum + delay, 0), 266194);
  ok(delays.buffer instanceof SharedArrayBuffer);
  ok(origins.buffer instanceof SharedArrayBuffer);
  for (const rows of [0, 3_000_001, NaN]) {
    const sentence = `rows must be from 1 to 3000000, found ${rows}`;
    await rejects(readFlights(rows), RangeError, sentence);
  }
});
