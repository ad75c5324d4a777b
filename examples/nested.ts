/** Tasks that call their own pool: a tree is summed, each half by a task. */
import { isMainThread, Pool, task, taskContext } from "whorl";

const sum = task(
  import.meta.url,
  async function sum(from: number, to: number): Promise<number> {
    if (to - from <= 1000) {
      let total = 0;
      for (let n = from; n < to; n++) total += n;
      return total;
    }
    const { pool } = taskContext();
    const middle = Math.floor((from + to) / 2);
    const halves = await pool.starmap(sum, [[from, middle], [middle, to]]);
    return halves.reduce((one, other) => one + other);
  },
);

if (isMainThread) {
  // No deadlock, even with one worker that may hold one task.
  await using pool = new Pool({ workers: 1, concurrency: 1 });
  console.log(await pool.apply(sum, [0, 50_000]));
}
