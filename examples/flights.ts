/**
 * The main job, three million real flights: the mean delay of every airport
 * with a 95 % interval by the Poisson bootstrap (Chamandy et al., "Estimating
 * uncertainty for massive data streams", Google 2012): every flight counts 0, 1,
 * 2 … times in each resample, drawn from a stream of its own, so one pass over
 * the rows does them all and the digits depend on nothing but the seed.
 *
 *     npm run demo
 *     node examples/flights.ts --rows 1000000 --resamples 100 --workers 4
 */
import { shared, tasks } from "whorl";
import { readFlights } from "./flights_data.ts";
import { add, bootstrap } from "./flights_jobs.ts";
import { asked, compare, reduceAlone } from "./numeric/compare.ts";

const jobs = tasks<typeof import("./flights_jobs.ts")>(
  new URL("./flights_jobs.ts", import.meta.url),
);
const { rows, resamples, seed, workers } = asked({
  rows: 3_000_000,
  resamples: 40,
  seed: 1,
  workers: 0,
});
const { airports, origins, delays } = await readFlights(rows);
const { length } = delays;
const grain = Math.ceil(length / 64);
const args = [origins, delays, airports.length, resamples, seed] as const;
console.log(
  `${
    count(length)
  } flights from ${airports.length} airports, each resampled ${resamples} times\n`,
);

const sums = await compare({
  workers,
  alone: (told) => {
    const kernel = (from: number, to: number) => bootstrap(from, to, ...args);
    return shared(
      Float64Array,
      reduceAlone(kernel, add, { length, grain, told }),
    );
  },
  pooled: async (pool, told) =>
    shared(
      Float64Array,
      await pool.parallelReduce(jobs.bootstrap, jobs.add, length, args, {
        grain,
        onProgress: told,
      }),
    ),
});

/** Mean delays of an airport: the real one, then that of each resample. */
function means(airport: number): number[] {
  return Array.from({ length: resamples + 1 }, (_, sample) => {
    const at = 2 * (airport * (resamples + 1) + sample);
    return sums[at + 1]! / sums[at]!;
  });
}

const flightsOf = (airport: number) => sums[2 * airport * (resamples + 1)]!;
const busiest = airports.map((_, airport) => airport)
  .sort((one, other) => flightsOf(other) - flightsOf(one)).slice(0, 10);
console.log("\nairport   flights   delay in minutes, 95 % from    to");
for (const airport of busiest) {
  const [mean, ...drawn] = means(airport) as [number, ...number[]];
  drawn.sort((one, other) => one - other);
  const cut = Math.floor(resamples * 0.025);
  const cells = [mean, drawn[cut]!, drawn.at(-1 - cut)!];
  console.log(
    airports[airport]!.padEnd(7) + count(flightsOf(airport)).padStart(10) +
      cells.map((minutes, i) => minutes.toFixed(2).padStart([19, 11, 8][i]!))
        .join(""),
  );
}

function count(n: number): string {
  return n.toLocaleString("en-US");
}
