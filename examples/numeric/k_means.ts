/**
 * Twelve regions of the US by k-means over its ZIP codes, drawn to regions.png.
 * The sums are bit-identical for any number of workers, so all runs end after
 * the same rounds with the same regions.
 *
 *     node examples/numeric/k_means.ts --clusters 12
 */
import { writeFileSync } from "node:fs";
import { PNG } from "pngjs";
import { shared, tasks } from "whorl";
import { asked, compare, reduceAlone } from "./compare.ts";
import { add, assign } from "./kernels.ts";
import { readZipCodes } from "./zip_codes.ts";

const kernels = tasks<typeof import("./kernels.ts")>(
  new URL("./kernels.ts", import.meta.url),
);
const { clusters, rounds, workers } = asked({
  clusters: 12,
  rounds: 100,
  workers: 0,
});
const { count, latitudes, longitudes, points } = readZipCodes(1);
const grain = 1024;

/** The places at even steps through the file. */
function start(): Float64Array<SharedArrayBuffer> {
  const centers = shared(Float64Array, 3 * clusters);
  for (let k = 0; k < clusters; k++) {
    const at = 3 * Math.floor((k + 0.5) * count / clusters);
    centers.set(points.subarray(at, at + 3), 3 * k);
  }
  return centers;
}

/** Moves the centers to the middle of their points; false if none moved. */
function move(centers: Float64Array, sums: Float64Array): boolean {
  const before = centers.slice();
  for (let k = 0; k < clusters; k++) {
    const sum = sums.subarray(4 * k, 4 * k + 3);
    const length = Math.hypot(...sum);
    if (length > 0) centers.set(sum.map((part) => part / length), 3 * k);
  }
  return centers.some((value, at) => value !== before[at]);
}

const labels = await compare({
  workers,
  alone: (told) => {
    const [centers, labels] = [start(), shared(Uint8Array, count)];
    for (let round = 0; round < rounds; round++) {
      const sums = reduceAlone(
        (from, to) => assign(from, to, points, centers, labels),
        add,
        { length: count, grain },
      );
      if (!move(centers, sums)) break;
      told(round + 1, rounds);
    }
    return labels;
  },
  pooled: async (pool, told) => {
    const [centers, labels] = [start(), shared(Uint8Array, count)];
    const args = [points, centers, labels] as const;
    for (let round = 0; round < rounds; round++) {
      const sums = await pool.parallelReduce(
        kernels.assign,
        kernels.add,
        count,
        args,
        { grain },
      );
      if (!move(centers, sums)) break;
      told(round + 1, rounds);
    }
    return labels;
  },
});

const [width, height] = [1200, 600];
const picture = new PNG({ width, height });
picture.data.fill(255);
labels.forEach((label, i) => {
  const x = Math.round((longitudes[i]! + 126) * width / 60);
  const y = Math.round((50 - latitudes[i]!) * height / 26);
  if (x < 0 || x >= width || y < 0 || y >= height) return;
  const color = [0, 8, 16].map((shift) =>
    (Math.imul(label + 1, 0x9e3779b1) >>> shift) & 0xdf
  );
  picture.data.set(color, 4 * (y * width + x));
});
writeFileSync("regions.png", PNG.sync.write(picture));
const sizes = new Uint32Array(clusters);
for (const label of labels) sizes[label]!++;
console.log(`regions.png, places in each: ${[...sizes].join(", ")}`);
