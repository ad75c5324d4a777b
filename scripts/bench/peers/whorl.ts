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
interface Numeric extends Record<KernelName, Kernel> {
  square(x: number): number;
  root(x: number): number;
}

export const whorl: Peer = {
  name: "whorl",
  async open(workers, concurrency) {
    const { Pool, tasks } = await loadWhorl();
    const jobs: Tasks<Jobs> = tasks<Jobs>(jobsFile("functions.mjs"));
    const numeric = tasks<Numeric>(jobsFile("functions.mjs"));
    const elements = { squares: numeric.square, roots: numeric.root };
    const pool = new Pool(
      concurrency === undefined ? { workers } : { workers, concurrency },
    );
    return {
      call: (job, argument) =>
        pool.apply(jobs[job] as Task<[unknown]>, [argument]),
      map: (job, items) => pool.map(jobs[job] as Task<[unknown]>, items),
      parallelFor: (kernel, input, output) =>
        pool.parallelFor(
          numeric[kernel],
          input.length,
          [input, output],
        ),
      mapInto: (kernel, input, output) =>
        pool.mapInto(output, elements[kernel], input),
      close: () => pool[Symbol.asyncDispose](),
    };
  },
};
