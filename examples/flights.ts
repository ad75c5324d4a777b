/**
 * The main job: 95 % bootstrap confidence intervals of the mean delay of real
 * flights, on one thread and on all cores, with the same numbers.
 *
 *     npm run demo
 *     node examples/flights.ts --resamples 1000 --workers 4
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { flights } from "./flights_bootstrap.ts";

const { values } = parseArgs({
  options: {
    resamples: { type: "string", default: "3000" },
    workers: { type: "string" },
  },
});

process.exitCode = await flights({
  resamples: Number(values.resamples),
  workers: values.workers === undefined ? undefined : Number(values.workers),
  print: console.log,
  progress: showProgress,
});

/** One line that rewrites itself, on a terminal only. */
function showProgress(place: string, done: number, total: number): void {
  if (!process.stderr.isTTY) return;
  const [before, now] = [done - 1, done].map((n) =>
    Math.floor(100 * n / total)
  );
  if (done === total) process.stderr.write("\r\x1b[K");
  else if (now !== before) process.stderr.write(`\r\x1b[K${place}  ${now} %`);
}
