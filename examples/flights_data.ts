/**
 * The flights of the npm package vega-datasets (U.S. Bureau of Transportation
 * Statistics), their delays sorted into groups in shared memory.
 */
import { tableFromIPC } from "apache-arrow";
import { readFileSync } from "node:fs";

/** Delays in minutes, group after group. */
export interface Groups {
  readonly names: readonly string[];
  /** Over a SharedArrayBuffer: workers see it, nothing is copied. */
  readonly delays: Float64Array;
  /** Group `g` is `delays` from `starts[g]` to `starts[g + 1]`. */
  readonly starts: Uint32Array;
}

// The file has three columns: delay (minutes), distance (miles) and time (hour
// of the day). It names no airports, so we group by what there is: how far the
// flight goes and when it leaves.
const DISTANCES = [["under 500 mi", 500], ["500 to 999 mi", 1000], [
  "1,000 mi and more",
  Infinity,
]] as const;
const HOURS = [
  ["night, 0 to 5", 6],
  ["morning, 6 to 11", 12],
  ["afternoon, 12 to 17", 18],
  ["evening, 18 to 23", 24],
] as const;

/** Reads the file and groups its delays. */
export function readFlights(): Groups {
  // The package exports no data files, so we go from its main module to them.
  const main = import.meta.resolve("vega-datasets");
  const file = new URL("../data/flights-200k.arrow", main);
  const table = tableFromIPC(readFileSync(file));
  const column = (name: string): ArrayLike<number> => {
    const values = table.getChild(name)?.toArray();
    if (values === undefined) throw new Error(`Cannot read ${name}: no column`);
    return values;
  };
  return group(column("delay"), column("distance"), column("time"));
}

function group(
  delay: ArrayLike<number>,
  distance: ArrayLike<number>,
  time: ArrayLike<number>,
): Groups {
  const names = DISTANCES.flatMap(([far]) =>
    HOURS.map(([when]) => `${far}, ${when}`)
  );
  const members: number[][] = names.map(() => []);
  for (let i = 0; i < delay.length; i++) {
    const far = DISTANCES.findIndex(([, below]) => distance[i]! < below);
    const when = HOURS.findIndex(([, below]) => time[i]! < below);
    members[far * HOURS.length + when]!.push(delay[i]!);
  }
  const delays = new Float64Array(
    new SharedArrayBuffer(delay.length * Float64Array.BYTES_PER_ELEMENT),
  );
  const starts = new Uint32Array(
    new SharedArrayBuffer((names.length + 1) * Uint32Array.BYTES_PER_ELEMENT),
  );
  members.forEach((values, at) => {
    delays.set(values, starts[at]!);
    starts[at + 1] = starts[at]! + values.length;
  });
  return { names, delays, starts };
}
