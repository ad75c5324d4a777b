/** A pool that is gone leaves no thread behind. */
import { existsSync, readdirSync } from "node:fs";
import { Pool, tasks } from "../../../mod.ts";
import { suite } from "../../support/suite.ts";

const test = suite("threads");
const math = tasks<typeof import("../../fixtures/arithmetic.ts")>(
  new URL("../../fixtures/arithmetic.ts", import.meta.url),
);
const THREADS = "/proc/self/task";
const countThreads = () => readdirSync(THREADS).length;
const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

const moments: Record<string, (pool: Pool) => unknown> = {
  "while it boots": () => {},
  "while it idles": async (pool) => {
    await pool.apply(math.increment, [1]);
    await turn();
  },
  "with tasks queued": async (pool) => {
    await pool.apply(math.increment, [1]);
    for (let i = 0; i < 5000; i++) {
      pool.apply(math.increment, [i]).catch(() => {});
    }
  },
  "while it closes": async (pool) => {
    await pool.apply(math.increment, [1]);
    pool.close();
  },
};

for (const [moment, reach] of Object.entries(moments)) {
  // Before the fix, on Deno, workers that were terminated after they had been
  // told to leave spun in their exit call until the program ended.
  test(
    `terminate() ${moment} ends every thread`,
    existsSync(THREADS) ? {} : { unless: "threads are counted in /proc" },
    async () => {
      // Runtimes start threads of their own with the first workers.
      const warm = new Pool({ workers: 2 });
      await warm.apply(math.increment, [1]);
      await warm[Symbol.asyncDispose]();
      const before = countThreads();
      for (let i = 0; i < 3; i++) {
        const pool = new Pool({ workers: 2 });
        await reach(pool);
        pool.terminate();
        await pool.join();
      }
      while (countThreads() > before) await turn();
    },
  );
}
