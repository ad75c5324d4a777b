/** What runs in every worker besides tasks: before the first, at every error, after the last. */
import { isMainThread, Pool, task } from "whorl";

let rate = 0;
const load = task(import.meta.url, async function load(value: number) {
  rate = await Promise.resolve(value);
});
const report = task(import.meta.url, function report(error: Error) {
  console.log(`in the worker: ${error.message}`);
});
const leave = task(import.meta.url, function leave() {
  console.log("in the worker: leaving");
});
const convert = task(import.meta.url, function convert(amount: number) {
  if (amount < 0) throw new RangeError(`no debts, found ${amount}`);
  return amount * rate;
});

if (isMainThread) {
  const pool = new Pool({
    workers: 1,
    initializer: load,
    initArgs: [1.25],
    exceptionHandler: report,
    finalizer: leave,
  });
  for (const outcome of await pool.map(convert, [8, -1, 20]).settled()) {
    if (outcome.status === "fulfilled") console.log(outcome.value);
    else console.log(String(outcome.reason));
  }
  pool.close();
  await pool.join();
}
