/** A first program: call functions of another module on all cores. */
import { Pool, tasks } from "whorl";

const jobs = tasks<typeof import("./jobs.ts")>(
  new URL("./jobs.ts", import.meta.url),
);
await using pool = new Pool();

console.log(await pool.apply(jobs.greet, ["whorl"]));
console.log(await pool.map(jobs.square, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]));
