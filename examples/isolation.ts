/** Workers that are processes: one may crash, its pool goes on. */
import process from "node:process";
import { isMainThread, Pool, task, WorkerLostError } from "whorl";

const crash = task(import.meta.url, function crash() {
  process.kill(process.pid, "SIGKILL");
});
const add = task(import.meta.url, function add(a: number, b: number) {
  return a + b;
});

if (isMainThread) {
  await using pool = new Pool({ workers: 2, startMethod: "process" });
  try {
    await pool.apply(crash);
  } catch (error) {
    if (!(error instanceof WorkerLostError)) throw error;
    console.log(error.exitCode, error.started);
  }
  console.log(await pool.apply(add, [1, 2]));
}
