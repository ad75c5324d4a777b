/**
 * The product of two matrices, row by row. Both lie in shared memory: nothing
 * is copied, whatever their size.
 *
 *     node examples/numeric/matrices.ts --size 1024
 */
import { random, shared, tasks } from "whorl";
import { asked, compare } from "./compare.ts";
import { multiply } from "./kernels.ts";

const kernels = tasks<typeof import("./kernels.ts")>(
  new URL("./kernels.ts", import.meta.url),
);
const { size, workers } = asked({ size: 1024, workers: 0 });
const left = shared(Float64Array, size * size);
const right = shared(Float64Array, size * size);
random(1, 0).fill(left);
random(1, 1).fill(right);

const product = await compare({
  workers,
  alone: () => {
    const alone = shared(Float64Array, size * size);
    multiply(0, size, alone, left, right, size);
    return alone;
  },
  pooled: async (pool) => {
    const pooled = shared(Float64Array, size * size);
    const args = [pooled, left, right, size] as const;
    await pool.parallelFor(kernels.multiply, size, args, { grain: 16 });
    return pooled;
  },
});
const trace = product.reduce(
  (sum, value, at) => at % (size + 1) === 0 ? sum + value : sum,
  0,
);
console.log(`${size} x ${size}, trace ${trace.toFixed(6)}`);
