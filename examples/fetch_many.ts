/**
 * What aiomultiprocess was made for: fetch many URLs, many at a time on every
 * core. The answers come in input order while the rest is still under way.
 *
 *     node examples/fetch_many.ts --requests 10000 --workers 4 --concurrency 32
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { Pool, tasks } from "whorl";
import { page, serve } from "./fetch_many_server.ts";

const jobs = tasks<typeof import("./fetch_many_jobs.ts")>(
  new URL("./fetch_many_jobs.ts", import.meta.url),
);
const { values: options } = parseArgs({
  options: {
    requests: { type: "string", default: "3000" },
    workers: { type: "string", default: "2" },
    concurrency: { type: "string", default: "16" },
  },
});
const requests = Number(options.requests);
const workers = Number(options.workers);
const concurrency = Number(options.concurrency);

await using server = await serve();
await using pool = new Pool({ workers, concurrency });
process.exitCode = await main();

async function main(): Promise<number> {
  const begin = performance.now();
  let [count, bytes, wrong, held] = [0, 0, 0, 0];
  for await (const answer of pool.map(jobs.get, urls())) {
    if (answer.body !== page(count)) wrong++;
    bytes += answer.body.length;
    held = Math.max(held, answer.held);
    count++;
  }
  const seconds = (performance.now() - begin) / 1000;
  console.log(`requests    ${count}`);
  console.log(`bytes       ${bytes}`);
  console.log(`per second  ${Math.round(count / seconds)}`);
  console.log(`at a time   ${held} of ${concurrency} in one worker`);
  console.log(
    `            ${server.peak} of ${workers * concurrency} at the server`,
  );
  console.log(`wrong       ${wrong}`);
  const limited = held <= concurrency && server.peak <= workers * concurrency;
  return limited && wrong === 0 && count === requests ? 0 : 1;
}

/** Asked for one by one, as far ahead as the pool can use. */
function* urls(): Generator<string> {
  for (let n = 0; n < requests; n++) yield `${server.origin}/${n}`;
}
