/** Tasks and program in one file: workers evaluate it too, hence the guard. */
import { isMainThread, Pool, task } from "whorl";

const factorial = task(import.meta.url, function factorial(n: bigint): bigint {
  return n < 2n ? 1n : n * factorial(n - 1n);
});

if (isMainThread) {
  await using pool = new Pool({ workers: 2 });
  for await (const value of pool.map(factorial, [5n, 10n, 20n, 25n])) {
    console.log(String(value));
  }
}
