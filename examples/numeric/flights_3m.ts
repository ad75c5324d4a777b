/**
 * Three million flights: the mean delay of every airport with a 95 % interval
 * by the Poisson bootstrap (Chamandy et al., "Estimating uncertainty for
 * massive data streams", Google 2012): every flight counts 0, 1, 2 … times in
 * each resample, drawn from a stream of its own, so one pass over the rows does
 * them all and the digits depend on nothing but the seed.
 *
 *     node examples/numeric/flights_3m.ts --rows 3000000 --resamples 40
 */
import { shared, tasks } from "whorl";
import { asked, compare, reduceAlone } from "./compare.ts";
import { readFlights } from "./flights_3m_data.ts";
import { add, bootstrap } from "./kernels.ts";

const kernels = tasks<typeof import("./kernels.ts")>(
  new URL("./kernels.ts", import.meta.url),
);
const { rows, resamples, seed, workers } = asked({
  rows: 3_000_000,
  resamples: 40,
  seed: 1,
  workers: 0,
});
const { airports, origins, delays } = await readFlights(rows);
const grain = Math.ceil(delays.length / 64);
const args = [origins, delays, airports.length, resamples, seed] as const;
console.log(`${delays.length} flights from ${airports.length} airports`);

const sums = await compare({
  workers,
  alone: () =>
    shared(
      Float64Array,
      reduceAlone(
        (from, to) => bootstrap(from, to, ...args),
        add,
        delays.length,
        grain,
      ),
    ),
  pooled: async (pool) =>
    shared(
      Float64Array,
      await pool.parallelReduce(
        kernels.bootstrap,
        kernels.add,
        delays.length,
        args,
        { grain },
      ),
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
    airports[airport]!.padEnd(7) + String(flightsOf(airport)).padStart(10) +
      cells.map((minutes, i) => minutes.toFixed(2).padStart([19, 11, 8][i]!))
        .join(""),
  );
}
