/** The seed's own job as a program. */
import { page } from "../../examples/fetch_many_server.ts";
import { is, match, ok } from "../support/assert.ts";
import { spawnProgram } from "../support/spawn.ts";
import { suite } from "../support/suite.ts";

const test = suite("examples/fetch_many");
const program = new URL("../../examples/fetch_many.ts", import.meta.url);

for (const [requests, workers, concurrency] of [[300, 2, 16], [60, 3, 1]]) {
  const limits = `${workers} workers of ${concurrency}`;
  test(`fetch_many.ts gets ${requests} pages with ${limits} and exits`, async () => {
    const run = await spawnProgram(program, {
      args: [
        ...["--requests", `${requests}`, "--workers", `${workers}`],
        ...["--concurrency", `${concurrency}`],
      ],
    });
    is(run.code, 0, run.stdout + run.stderr);
    ok(!run.timedOut);
    let bytes = 0;
    for (let n = 0; n < requests!; n++) bytes += page(n).length;
    match(run.stdout, `requests    ${requests}\n`);
    match(run.stdout, `bytes       ${bytes}\n`);
    match(run.stdout, /^per second {2}\d+$/m);
    match(run.stdout, "wrong       0\n");
    const one = Number(run.stdout.match(/(\d+) of \d+ in one worker/)?.[1]);
    const all = Number(run.stdout.match(/(\d+) of \d+ at the server/)?.[1]);
    ok(one >= 1 && one <= concurrency!, `${one} in one worker`);
    ok(all >= 1 && all <= workers! * concurrency!, `${all} at the server`);
  });
}
