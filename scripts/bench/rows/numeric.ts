/** How many elements a second does a loop over arrays in shared memory work through? */
import type { Bound } from "../figures.ts";
import type { Contestant, KernelName } from "../peers/peer.ts";
import { pooled } from "./lanes.ts";
import { type Bare, type Case, FEW, type Pace, type Row } from "./row.ts";

const ELEMENTS = 10_000_000;
const METHODS = ["parallelFor", "mapInto"] as const;
const QUICK_ELEMENTS = 1_000_000;

/** Arrays that all cases share: 160 MB. */
const memory: { input?: Float64Array; output?: Float64Array } = {};

function arrays(count: number): { input: Float64Array; output: Float64Array } {
  const make = (): Float64Array =>
    new Float64Array(new SharedArrayBuffer(ELEMENTS * 8));
  memory.input ??= make().fill(0.5);
  memory.output ??= make();
  return {
    input: memory.input.subarray(0, count),
    output: memory.output.subarray(0, count),
  };
}

/** Elements per second, of as many loops as fit. */
async function rate(
  count: number,
  { boxMs }: Pace,
  work: () => PromiseLike<unknown> | void,
): Promise<number> {
  const began = performance.now();
  let loops = 0;
  do {
    await work();
    loops++;
  } while (performance.now() - began < boxMs);
  return loops * count / (performance.now() - began) * 1e3;
}

/** As `roots` of jobs/functions.mjs. */
function roots(input: Float64Array, output: Float64Array): void {
  for (let i = 0; i < input.length; i++) {
    let x = input[i] as number;
    for (let turn = 0; turn < 20; turn++) x = Math.sqrt(x + 1);
    output[i] = x;
  }
}

/** Equal parts, one per worker: what one would write for a pool that splits nothing. */
async function split(
  pool: Contestant,
  workers: number,
  given: { kernel: KernelName; input: Float64Array; output: Float64Array },
): Promise<void> {
  const size = given.input.length / workers;
  await Promise.all(
    Array.from({ length: workers }, (_, at) =>
      pool.call("range", {
        ...given,
        from: Math.floor(at * size),
        to: Math.floor((at + 1) * size),
      })),
  );
}

function loop(
  method: typeof METHODS[number],
  load: "light" | "heavy",
  kernel: KernelName,
  bare: Pick<Bare, "name"> & {
    readonly once: (input: Float64Array, output: Float64Array) => void;
  },
  bound: Bound,
): Case {
  const sized = ({ quick }: { readonly quick: boolean }) =>
    arrays(quick ? QUICK_ELEMENTS : ELEMENTS);
  return {
    name: `${method} ${load}`,
    unit: "/s",
    bounds: [bound],
    quickPeers: FEW,
    bare: {
      name: bare.name,
      enter(_workers, pace) {
        const { input, output } = sized(pace);
        return Promise.resolve({
          round: () => rate(input.length, pace, () => bare.once(input, output)),
          leave: () => Promise.resolve(),
        });
      },
    },
    enter(peer, workers, pace) {
      const { input, output } = sized(pace);
      return pooled(peer, workers, async (pool) => {
        output[0] = output[output.length - 1] = NaN;
        const speed = await rate(
          input.length,
          pace,
          () =>
            pool[method]?.(kernel, input, output) ??
              split(pool, workers, { kernel, input, output }),
        );
        if (output[0] > 0 && output[0] === output.at(-1)) return speed;
        throw new Error("its workers got copies");
      });
    },
  };
}

export const numeric: Row = {
  name: "numeric",
  weight: 4,
  cases: [
    ...METHODS.map((method) =>
      loop(method, "light", "squares", {
        name: "the typed array's own map",
        once: (input) => void input.map((x) => x * x + 1),
      }, { of: "bare", least: 3 })
    ),
    ...METHODS.map((method) =>
      loop(method, "heavy", "roots", {
        name: "the same loop here",
        once: roots,
      }, { of: "bare", least: 0.9, perCore: true })
    ),
  ],
};
