/** Three million flights of the npm package vega-datasets, as columns in shared memory. */
import { decompress } from "fzstd";
import { parquetMetadata, parquetRead } from "hyparquet";
import { readFileSync } from "node:fs";
import { shared } from "whorl";

/** One flight per place of the columns. */
export interface Flights {
  readonly airports: readonly string[];
  /** Where each starts: its place in `airports`. */
  readonly origins: Uint16Array<SharedArrayBuffer>;
  /** Minutes. */
  readonly delays: Int16Array<SharedArrayBuffer>;
}

/** The first `rows` flights of the file. @throws RangeError when it has not so many */
export async function readFlights(rows: number): Promise<Flights> {
  // The package exports no data files, so we go from its main module to them.
  const main = import.meta.resolve("vega-datasets");
  const bytes = readFileSync(new URL("../data/flights-3m.parquet", main));
  const file = new Uint8Array(bytes).buffer;
  const most = Number(parquetMetadata(file).num_rows);
  if (!(rows >= 1 && rows <= most)) {
    throw new RangeError(
      `Cannot read flights: rows must be from 1 to ${most}, found ${rows}`,
    );
  }
  const origins = shared(Uint16Array, rows);
  const delays = shared(Int16Array, rows);
  const places = new Map<string, number>();
  await parquetRead({
    file,
    columns: ["delay", "origin"],
    rowEnd: rows,
    compressors: {
      ZSTD: (page, size) => decompress(page, new Uint8Array(size)),
    },
    onChunk({ columnName, columnData, rowStart }) {
      for (let i = 0; i < columnData.length && rowStart + i < rows; i++) {
        const value = columnData[i];
        if (columnName === "delay") delays[rowStart + i] = Number(value);
        else {
          if (!places.has(value)) places.set(value, places.size);
          origins[rowStart + i] = places.get(value) as number;
        }
      }
    },
  });
  return { airports: [...places.keys()], origins, delays };
}
