/** How fast is this library itself, with its defaults? */
import type { Task, Tasks } from "../../../mod.ts";
import { loadWhorl } from "../library.ts";
import { type Jobs, jobsFile, type KernelName, type Peer } from "./peer.ts";

type Kernel = (
  from: number,
  to: number,
  input: Float64Array,
  output: Float64Array,
) => void;
type Kernels = Record<KernelName, Kernel>;
interface Elements {
  square(x: number): number;
  root(x: number): number;
}

export const whorl: Peer = {
  name: "whorl",
  async open(workers, concurrency) {
    const { Pool, tasks } = await loadWhorl();
    const jobs: Tasks<Jobs> = tasks<Jobs>(jobsFile("functions.mjs"));
    const kernels = tasks<Kernels>(jobsFile("functions.mjs"));
    const { square, root } = tasks<Elements>(jobsFile("functions.mjs"));
    const pool = new Pool(
      concurrency === undefined ? { workers } : { workers, concurrency },
    );
    return {
      call: (job, argument) =>
        pool.apply(jobs[job] as Task<[unknown]>, [argument]),
      map: (job, items) => pool.map(jobs[job] as Task<[unknown]>, items),
      loop: (kernel, input, output) =>
        pool.parallelFor(
          kernels[kernel],
          input.length,
          [input, output],
        ),
      mapInto: (kernel, input, output) =>
        pool.mapInto(output, kernel === "roots" ? root : square, input),
      close: () => pool[Symbol.asyncDispose](),
    };
  },
};
