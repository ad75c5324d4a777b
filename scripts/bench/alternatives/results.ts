/** Do results come back in one ring or in one ring per worker? */
import type { Alternative } from "./alternative.ts";
import { DATA, TAIL, Team } from "./team.ts";

const RESULTS = 32_768;
const WORKERS = 2;

export const results: Alternative = {
  name: "results",
  question: "Do results come back in one ring, or in one per worker?",
  columns: [`result, ${WORKERS} workers (ns)`],
  used: "a done ring per worker",
  reason:
    "One ring for all needs an atomic addition per batch and a mark per result, " +
    "and a worker that dies between the two leaves a hole that stops the host " +
    "for ever.",
  enter() {
    const own = new Team("own", WORKERS, { size: RESULTS });
    const one = new Team("one", WORKERS, { size: RESULTS });
    return Promise.resolve({
      rounds: {
        "a done ring per worker": () => Promise.resolve([drainOwn(own)]),
        "one ring for all": () => Promise.resolve([drainOne(one)]),
      },
      leave: () => Promise.all([own.end(), one.end()]),
    });
  },
};

function drainOwn(team: Team): number {
  const { words } = team;
  const each = RESULTS / WORKERS;
  const heads = Array.from({ length: WORKERS }, () => 0);
  heads.forEach((_, worker) => Atomics.store(words, TAIL + worker, 0));
  let sum = 0;
  const took = team.run(() => {
    for (let left = RESULTS; left > 0;) {
      for (let worker = 0; worker < WORKERS; worker++) {
        const tail = Atomics.load(words, TAIL + worker);
        let head = heads[worker] as number;
        left -= tail - head;
        for (; head < tail; head++) {
          sum += words[DATA + worker * each + head] as number;
        }
        heads[worker] = head;
      }
    }
  });
  check(sum, WORKERS * each * (each - 1) / 2);
  return took * 1e6 / RESULTS;
}

function drainOne(team: Team): number {
  const { words } = team;
  const marks = DATA + 2 * RESULTS;
  for (let i = 0; i < RESULTS; i++) Atomics.store(words, marks + i, 0);
  Atomics.store(words, TAIL, 0);
  let sum = 0;
  const took = team.run(() => {
    for (let head = 0; head < RESULTS;) {
      if (Atomics.load(words, marks + head) !== head + 1) continue;
      sum += words[DATA + head++] as number;
    }
  });
  check(sum, RESULTS * (RESULTS - 1) / 2);
  return took * 1e6 / RESULTS;
}

function check(sum: number, wanted: number): void {
  if (sum !== wanted) throw new Error(`${sum} arrived instead of ${wanted}`);
}
