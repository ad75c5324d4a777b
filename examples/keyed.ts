/** Calls with the same key run on the same worker, which may keep what it knows. */
import { isMainThread, Keyed, Pool, task } from "whorl";

const visits = new Map<string, number>();
const visit = task(import.meta.url, function visit(name: string): number {
  const count = (visits.get(name) ?? 0) + 1;
  visits.set(name, count);
  return count;
});

if (isMainThread) {
  await using pool = new Pool({ workers: 4, scheduler: new Keyed() });
  const names = ["ada", "bob", "ada", "eve", "ada", "bob"];
  console.log(await pool.map(visit, names, { key: (name) => name }));
}
