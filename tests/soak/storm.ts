/** Rounds of random calls on random pools; after each, what tasks counted is compared with what callers heard. */
import process from "node:process";
import {
  Keyed,
  LeastLoaded,
  Pool,
  type PoolOptions,
  RoundRobin,
  type StartMethod,
  tasks,
} from "../../mod.ts";
import type { Rng } from "../support/rng.ts";
import { runtimeName } from "../support/runtime.ts";
import { anyRuns } from "./gauges.ts";
import { type Heard, judge, type Plan } from "./judge.ts";
import { Ledger } from "./ledger.ts";
import { type Answer, ATTEMPTS, type Fate } from "./tasks.ts";
import { watched } from "./wreck.ts";

const jobs = tasks<typeof import("./tasks.ts")>(
  new URL("./tasks.ts", import.meta.url),
);

/** What happened in a round. */
export interface Round {
  readonly shape: string;
  readonly calls: number;
  /** By how they ended. */
  readonly ends: Record<string, number>;
  readonly failures: string[];
}

/** How a pool ends. */
type End = "closes" | "terminates" | "is disposed";

const USUAL: readonly Fate[] = ["answers", "waits", "computes", "throws"];
const DEADLY: readonly Fate[] = ["exits", "crashes", "waits and exits"];
/** These end only when they are stopped. */
const ENDLESS: readonly Fate[] = ["heeds", "ignores", "spins"];
/** When no task started and no call settled for so long, what is left is lost. */
const PATIENCE_MS = 30_000;
const LOOK_MS = 1000;
/** A look that finds threads that want to run, if only there were cores for them, counts so much less. */
const BUSY = 1 / 20;

/** One pool, from its start to its end. */
export async function round(
  random: Rng,
  startMethod: StartMethod,
): Promise<Round> {
  const options = shape(random, startMethod);
  // Deaths cost a boot each: rounds without any see more calls.
  const calm = random.below(2) === 0;
  const plans = Array.from(
    { length: random.between(20, calm ? 3000 : 300) },
    (_, i) => plan(random, i, startMethod, calm),
  );
  const end = random.pick<End>(["closes", "terminates", "is disposed"]);
  const ledger = new Ledger(startMethod, plans.length * 2);
  const { made: pool, wreck } = watched(() => new Pool(options));
  const heard: Heard[] = [];
  let kills = 0;
  const endAfter = random.below(plans.length);
  const hear = (one: Heard): void => {
    if (heard.push(one) === endAfter && end === "terminates") pool.terminate();
    if (
      !calm && one.pid !== process.pid && one.pid > 0 && random.below(150) === 0
    ) {
      kills++;
      kill(one.pid);
    }
  };
  const calls = send(random, pool, ledger, plans, hear);
  if (end === "closes") pool.close();
  const moved = (): number => heard.length + ledger.progress();
  const late = await within(Promise.all(calls), moved);
  const known = new Set(heard.map(({ id }) => id));
  const lost = plans.filter(({ id }) => !known.has(id));
  const found = late === "" ? "" : wreck();
  pool.terminate();
  const gone = await within(pool.join(), moved);
  ledger.close();
  const failures = late === ""
    ? plans.flatMap((one) =>
      judge(one, heard.filter(({ id }) => id === one.id), {
        runs: ledger.runs(one.id),
        nested: ledger.runs(one.id + 1),
        terminated: end === "terminates",
      })
    )
    : [`${found}\n${lost.length} calls not settled: ${late}: ${
      JSON.stringify(
        lost.map((one) => ({ ...one, runs: ledger.runs(one.id) })),
      )
    }`];
  if (gone !== "") failures.push(`the pool did not end: ${gone}`);
  const ends: Record<string, number> = { "killed by the host": kills };
  for (const { how } of heard) ends[how] = (ends[how] ?? 0) + 1;
  const { scheduler: _, ...plain } = options;
  return {
    shape: `${JSON.stringify(plain)} ${end}`,
    calls: plans.length,
    ends,
    failures,
  };
}

function shape(random: Rng, startMethod: StartMethod): PoolOptions {
  const workers = random.between(1, 3);
  const options = {
    startMethod,
    workers,
    concurrency: random.pick([1, 2, 4, 16]),
    ringCapacity: random.pick([4, 64, 1024]),
    maxTasksPerWorker: random.pick([0, 0, 50, 200]),
    gracePeriod: random.pick([0, 20, 100]),
  };
  const scheduler = random.pick([undefined, RoundRobin, LeastLoaded, Keyed]);
  if (scheduler === undefined) return options;
  return { ...options, scheduler: new scheduler(), queueCount: workers };
}

function plan(
  random: Rng,
  i: number,
  startMethod: StartMethod,
  calm: boolean,
): Plan {
  const dice = random.below(100);
  let fate: Fate = random.pick(USUAL);
  if (dice < 2 && !calm) fate = random.pick(DEADLY);
  else if (dice < 4 && !calm) fate = random.pick(ENDLESS);
  else if (dice < 12) fate = "nests";
  // It would compute until the program ends, as the README says.
  if (fate === "spins" && startMethod === "thread" && runtimeName === "deno") {
    fate = "ignores";
  }
  const endless = ENDLESS.includes(fate);
  const stops: readonly Plan["stop"][] = ["timeout", "abort"];
  const stop = endless || random.below(4) === 0 ? random.pick(stops) : "none";
  const mapped = stop === "none" && random.below(3) === 0;
  return {
    id: i * 2,
    fate,
    size: random.below(20) === 0 ? random.below(300_000) : random.below(200),
    stop,
    stopMs: random.below(30),
    // What a nested call counts, each attempt of its caller would count again.
    retries: mapped || fate === "nests"
      ? 0
      : random.pick([0, 0, 0, 1, ATTEMPTS - 1]),
    mapped,
  };
}

/** Sends everything; the answers settle when all was heard. */
function send(
  random: Rng,
  pool: Pool,
  { counter }: Ledger,
  plans: readonly Plan[],
  hear: (one: Heard) => void,
): Promise<unknown>[] {
  const calls: Promise<unknown>[] = [];
  const args = ({ id, fate, size }: Plan) =>
    [counter, id, fate, new Uint8Array(size).fill(id)] as const;
  const mapped = plans.filter((one) => one.mapped);
  const chunkSize = random.pick([1, 3, 20, "auto" as const]);
  const lists = mapped.map((one) => [...args(one)] as const);
  const map = pool.starmap(jobs.meets, lists, { chunkSize });
  const items = map.settled().then(
    // Of a map that is ended, one failure stands for all items not pulled yet.
    (all) =>
      mapped.forEach((one, i) => hear(heardOf(one, all[i] ?? all.at(-1)))),
    (reason) => mapped.forEach((one) => hear(failed(one, reason))),
  );
  calls.push(items);
  for (const one of plans) {
    if (one.mapped) continue;
    const control = new AbortController();
    if (one.stop === "abort") {
      const reason = new DOMException("enough", "AbortError");
      setTimeout(() => control.abort(reason), one.stopMs);
    }
    const call = pool.apply(jobs.meets, [...args(one)], {
      key: one.id % 5,
      retries: one.retries,
      ...(one.stop === "abort" ? { signal: control.signal } : {}),
      ...(one.stop === "timeout" ? { timeout: one.stopMs + 1 } : {}),
    });
    calls.push(call.then(
      (value) => hear(answered(one, value)),
      (reason) => hear(failed(one, reason)),
    ));
  }
  return calls;
}

function heardOf(one: Plan, result?: PromiseSettledResult<Answer>): Heard {
  if (result === undefined) return { id: one.id, how: "nothing", pid: 0 };
  return result.status === "fulfilled"
    ? answered(one, result.value)
    : failed(one, result.reason);
}

function answered({ id, size }: Plan, { load, ...answer }: Answer): Heard {
  const good = answer.id === id && load.length === size &&
    load.every((byte) => byte === (id & 255));
  return { id, how: good ? "answer" : "wrong answer", pid: answer.pid };
}

function failed({ id }: Plan, reason: unknown): Heard {
  const error = reason as Error;
  return { id, how: error?.name ?? String(reason), pid: 0, error };
}

/** Waits for an end that must come; answers why it did not. `moved` changes while it still may. */
async function within(
  end: Promise<unknown>,
  moved: () => number,
): Promise<string> {
  let timer: ReturnType<typeof setInterval> | undefined;
  const late = new Promise<string>((resolve) => {
    let seen = -1;
    let idle = 0;
    timer = setInterval(() => {
      const now = moved();
      if (now !== seen) idle = 0;
      else idle += LOOK_MS * (anyRuns() ? BUSY : 1);
      seen = now;
      if (idle >= PATIENCE_MS) resolve(`nothing happened for ${idle} ms`);
    }, LOOK_MS);
  });
  try {
    return await Promise.race([late, end.then(() => "", String)]);
  } finally {
    clearInterval(timer);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It is gone already.
  }
}
