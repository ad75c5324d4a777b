/**
 * The great-circle distances between all pairs of US ZIP codes: their mean, the
 * largest, and how many there are of each class. The first row has the most
 * pairs, the last none, so workers take rows as they come.
 *
 *     node examples/numeric/distances.ts --every 1
 */
import { shared, tasks } from "whorl";
import { asked, compare, reduceAlone } from "./compare.ts";
import { CLASS_KM, distances, joinDistances } from "./kernels.ts";
import { readZipCodes } from "./zip_codes.ts";

const kernels = tasks<typeof import("./kernels.ts")>(
  new URL("./kernels.ts", import.meta.url),
);
const { every, workers } = asked({ every: 2, workers: 0 });
const { count, names, points } = readZipCodes(every);
const grain = 32;

const found = await compare({
  workers,
  alone: (told) =>
    shared(
      Float64Array,
      reduceAlone(
        (from, to) => distances(from, to, points),
        joinDistances,
        { length: count, grain, told },
      ),
    ),
  pooled: async (pool, told) =>
    shared(
      Float64Array,
      await pool.parallelReduce(
        kernels.distances,
        kernels.joinDistances,
        count,
        [points],
        { grain, onProgress: told },
      ),
    ),
});
const pairs = count * (count - 1) / 2;
const [sum, farthest, one, other] = found as unknown as [
  number,
  number,
  number,
  number,
];
console.log(
  `${count} places, ${pairs} pairs, ${(sum / pairs).toFixed(1)} km on average`,
);
console.log(
  `${names[one]} and ${names[other]} are ${farthest.toFixed(1)} km apart`,
);
const classes = [...found.subarray(4)];
const most = Math.max(...classes);
const last = classes.findLastIndex((pairs) => pairs > 0);
classes.slice(0, last + 1).forEach((pairs, at) => {
  const bar = "#".repeat(Math.round(50 * pairs / most));
  console.log(`${String(at * CLASS_KM).padStart(6)} km ${bar}`);
});
