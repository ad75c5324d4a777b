/**
 * The Mandelbrot set, written to mandelbrot.png: rows are unevenly hard, so
 * workers take them as they come.
 *
 *     node examples/numeric/mandelbrot.ts --width 1600 --iterations 1000
 */
import { writeFileSync } from "node:fs";
import { PNG } from "pngjs";
import { shared, tasks } from "whorl";
import { asked, compare } from "./compare.ts";
import { mandelbrot } from "./kernels.ts";

const kernels = tasks<typeof import("./kernels.ts")>(
  new URL("./kernels.ts", import.meta.url),
);
const { width, iterations, workers } = asked({
  width: 1600,
  iterations: 1000,
  workers: 0,
});
const height = Math.round(width * 0.75);
const image = () => shared(Uint8Array, 4 * width * height);

const pixels = await compare({
  workers,
  alone: () => {
    const alone = image();
    mandelbrot(0, height, alone, width, height, iterations);
    return alone;
  },
  pooled: async (pool) => {
    const pooled = image();
    await pool.parallelFor(kernels.mandelbrot, height, [
      pooled,
      width,
      height,
      iterations,
    ], { grain: 4 });
    return pooled;
  },
});
const data = Buffer.from(pixels.buffer);
writeFileSync("mandelbrot.png", PNG.sync.write({ width, height, data } as PNG));
console.log(`mandelbrot.png, ${width} x ${height}`);
