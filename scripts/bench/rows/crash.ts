/** How long does a pool take to be whole again when a worker dies under load? */
import type { Contestant } from "../peers/peer.ts";
import { bareSpawn } from "./bare_spawn.ts";
import { crowd } from "./lanes.ts";
import { FEW, type Row } from "./row.ts";

const CALLERS = 32;

/** The threads that answer now. */
async function crewOf(
  pool: Contestant,
  workers: number,
): Promise<Set<unknown>> {
  const crew = new Set<unknown>();
  while (crew.size < workers) {
    const answers = Array.from(
      { length: workers * 4 },
      () => pool.call("whoami", 0),
    );
    for (const id of await Promise.all(answers)) crew.add(id);
  }
  return crew;
}

async function killOne(pool: Contestant, workers: number): Promise<number> {
  const before = await crewOf(pool, workers);
  let mended = false;
  // Callers that go on whatever becomes of a call; all must be answered.
  const call = (): Promise<unknown> =>
    Promise.resolve(pool.call("whoami", 0)).then((id) => {
      mended ||= !before.has(id);
    }, () => {});
  const load = crowd(CALLERS, call, () => !mended);
  await call();
  const began = performance.now();
  const death = Promise.resolve(pool.call("die", 0)).catch(() => {});
  await Promise.all([death, load]);
  return performance.now() - began;
}

export const crash: Row = {
  name: "crash",
  cases: [{
    name: "crash",
    unit: "ms",
    slow: true,
    quickPeers: FEW,
    out: { postMessage: "does not notice" },
    bounds: [{ of: "bare", most: 2 }],
    bare: bareSpawn(1),
    async enter(peer, workers) {
      const pool = await peer.open(workers);
      return {
        round: () => killOne(pool, workers),
        leave: () => pool.close(),
      };
    },
  }],
};
