/**
 * The Mandelbrot set, written to mandelbrot.png: rows are unevenly hard, so
 * workers take them as they come.
 *
 *     node examples/numeric/mandelbrot.ts --width 1600 --iterations 1000
 */
import { writeFileSync } from "node:fs";
import { PNG } from "pngjs";
import { shared, tasks } from "whorl";
import { asked, compare, loopAlone } from "./compare.ts";
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
const grain = 4;
const image = () => shared(Uint8Array, 4 * width * height);

const pixels = await compare({
  workers,
  alone: (told) => {
    const alone = image();
    const args = [alone, width, height, iterations] as const;
    const kernel = (from: number, to: number) => mandelbrot(from, to, ...args);
    loopAlone(kernel, { length: height, grain, told });
    return alone;
  },
  pooled: async (pool, told) => {
    const pooled = image();
    const args = [pooled, width, height, iterations] as const;
    await pool.parallelFor(kernels.mandelbrot, height, args, {
      grain,
      onProgress: told,
    });
    return pooled;
  },
});
const data = Buffer.from(pixels.buffer);
writeFileSync("mandelbrot.png", PNG.sync.write({ width, height, data } as PNG));
console.log(`mandelbrot.png, ${width} x ${height}`);
