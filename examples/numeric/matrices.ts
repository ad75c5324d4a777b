/**
 * The product of two matrices, in parts of 16 rows. Both lie in shared memory:
 * nothing is copied, whatever their size.
 *
 *     node examples/numeric/matrices.ts --size 1024
 */
import { random, shared, tasks } from "whorl";
import { asked, compare, loopAlone } from "./compare.ts";
import { multiply } from "./kernels.ts";

const kernels = tasks<typeof import("./kernels.ts")>(
  new URL("./kernels.ts", import.meta.url),
);
const { size, workers } = asked({ size: 1024, workers: 0 });
const grain = 16;
const left = shared(Float64Array, size * size);
const right = shared(Float64Array, size * size);
random(1, 0).fill(left);
random(1, 1).fill(right);

const product = await compare({
  workers,
  alone: (told) => {
    const alone = shared(Float64Array, size * size);
    const kernel = (from: number, to: number) =>
      multiply(from, to, alone, left, right, size);
    loopAlone(kernel, { length: size, grain, told });
    return alone;
  },
  pooled: async (pool, told) => {
    const pooled = shared(Float64Array, size * size);
    const args = [pooled, left, right, size] as const;
    await pool.parallelFor(kernels.multiply, size, args, {
      grain,
      onProgress: told,
    });
    return pooled;
  },
});
const trace = product.reduce(
  (sum, value, at) => at % (size + 1) === 0 ? sum + value : sum,
  0,
);
console.log(`${size} x ${size}, trace ${trace.toFixed(6)}\n`);
const corner = Array.from({ length: Math.min(4, size) }, (_, at) => at);
console.log(
  "row" + corner.map((column) => `column ${column}`.padStart(13)).join(""),
);
for (const row of corner) {
  const cells = corner.map((column) => product[row * size + column]!);
  console.log(
    `${row}`.padStart(3) +
      cells.map((cell) => cell.toFixed(6).padStart(13)).join(""),
  );
}
