/** The ZIP codes of the npm package vega-datasets, as points on a sphere. */
import { readFileSync } from "node:fs";
import { shared } from "whorl";

/** Places with a ZIP code. */
export interface ZipCodes {
  readonly count: number;
  /** Code and city. */
  readonly names: readonly string[];
  readonly latitudes: readonly number[];
  readonly longitudes: readonly number[];
  /** x, y, z of each on a sphere of radius 1. */
  readonly points: Float64Array<SharedArrayBuffer>;
}

/** Every `every`th line of the file. */
export function readZipCodes(every: number): ZipCodes {
  // The package exports no data files, so we go from its main module to them.
  const main = import.meta.resolve("vega-datasets");
  const file = new URL("../data/zipcodes.csv", main);
  const rows = readFileSync(file, "utf8").trimEnd().split("\n").slice(1)
    .filter((_, at) => at % every === 0)
    .map((line) => line.split(","));
  const latitudes = rows.map(([, latitude]) => Number(latitude));
  const longitudes = rows.map(([, , longitude]) => Number(longitude));
  const points = shared(Float64Array, 3 * rows.length);
  const radians = Math.PI / 180;
  latitudes.forEach((latitude, at) => {
    const around = longitudes[at]! * radians;
    const up = latitude * radians;
    points[3 * at] = Math.cos(up) * Math.cos(around);
    points[3 * at + 1] = Math.cos(up) * Math.sin(around);
    points[3 * at + 2] = Math.sin(up);
  });
  const names = rows.map(([code, , , city]) => `${code} ${city}`);
  return { count: rows.length, names, latitudes, longitudes, points };
}
