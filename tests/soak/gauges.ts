/** What must not grow: memory, open files, threads and child processes of this process. */
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import process from "node:process";

/** One look at this process. */
export interface Sample {
  readonly rssMb: number;
  /** Objects, and what an engine has beside them but for buffers: those wait long for their collector. */
  readonly heapMb: number;
  readonly files: number;
  /** Open files that are modules: Node leaves them open in threads that are terminated while they import. */
  readonly modules: number;
  readonly threads: number;
  readonly children: number;
}

/** What a process never had less of, quarter by quarter of its time. */
export interface Trend {
  readonly samples: number;
  readonly floors: readonly Sample[];
}

const { gc, Bun } = globalThis as {
  gc?: () => void;
  Bun?: { gc(sync: boolean): void };
};

const QUARTERS = 4;
/** With fewer samples the least of a quarter tells more of its last pool than of all. */
export const FEWEST = 16;
/** Timers that follow the end of a pool hold it no longer. */
const AFTERMATH_MS = 250;
/** Turns of the event loop in which runtimes free what the one before let go of. */
const COLLECTIONS = 4;
/**
 * What memory may grow by and be no leak, as a part and in MB. Objects grow by
 * code that gets hot. What the process has in all depends on the last pools:
 * allocators keep what was freed, and its least wanders by as much.
 */
const HEAP_SLACK = { part: 0.05, mb: 1 };
const RSS_SLACK = { part: 0.1, mb: 32 };

/** Looks, after what is garbage was collected if the runtime lets us. */
export async function sample(): Promise<Sample> {
  await new Promise((resolve) => setTimeout(resolve, AFTERMATH_MS));
  for (let i = 0; i < COLLECTIONS; i++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const modules = openModules();
  const memory = process.memoryUsage();
  // Bun counts all of it as heap already, Deno counts no buffers apart.
  const beside = Bun === undefined ? memory.external : 0;
  const heap = memory.heapUsed + beside - memory.arrayBuffers;
  return {
    rssMb: Math.round(memory.rss / 2 ** 20),
    heapMb: Math.round(heap / 2 ** 20 * 10) / 10,
    files: entries("/proc/self/fd") - modules,
    modules,
    threads: entries("/proc/self/task"),
    children: childrenOf("self").length,
  };
}

function collect(): void {
  if (Bun === undefined) gc?.();
  else Bun.gc(true);
}

/**
 * The trend of samples. The least of each quarter: what is kept for ever
 * raises it, what comes and goes does not.
 */
export function trendOf(samples: readonly Sample[]): Trend {
  const floors: Sample[] = [];
  for (let quarter = 0; quarter < QUARTERS; quarter++) {
    const from = Math.floor(quarter * samples.length / QUARTERS);
    const until = Math.floor((quarter + 1) * samples.length / QUARTERS);
    if (until > from) floors.push(floor(samples.slice(from, until)));
  }
  return { samples: samples.length, floors };
}

/** What grew since the second quarter, in words; "" if nothing did, or nobody can tell. The first is warming up. */
export function growth({ samples, floors }: Trend): string {
  const [, before, , after] = floors;
  const earlier = floors.slice(0, -1);
  if (samples < FEWEST || before === undefined || after === undefined) {
    return "";
  }
  const most = (megabytes: number, { part, mb }: typeof RSS_SLACK) =>
    megabytes * (1 + part) + mb;
  const wrong: string[] = [];
  if (after.rssMb > most(before.rssMb, RSS_SLACK)) wrong.push("memory");
  if (after.heapMb > most(before.heapMb, HEAP_SLACK)) wrong.push("objects");
  for (const key of ["files", "threads", "children"] as const) {
    // Runtimes have threads of their own that come and go; a leak only grows.
    if (earlier.every((one) => after[key] > one[key])) wrong.push(key);
  }
  return wrong.join(", ");
}

/** The child processes of a process. Only Linux tells; elsewhere there are none. */
export function childrenOf(pid: string): string[] {
  const found: string[] = [];
  for (const thread of threadsOf(pid)) {
    try {
      const path = `/proc/${pid}/task/${thread}/children`;
      found.push(...readFileSync(path, "utf8").split(" ").filter(Boolean));
    } catch {
      // It has ended since the folder was read.
    }
  }
  return found;
}

/** Whether a child or another thread of this process runs, or waits for a core. */
export function anyRuns(): boolean {
  const others = threadsOf("self").filter((id) => id !== String(process.pid));
  return others.some((id) => runs(`/proc/self/task/${id}`)) ||
    childrenOf("self").some((pid) =>
      threadsOf(pid).some((id) => runs(`/proc/${pid}/task/${id}`))
    );
}

/** The threads of a process. */
export function threadsOf(pid: string): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

function runs(thread: string): boolean {
  try {
    const state = readFileSync(`${thread}/stat`, "utf8").split(") ").at(-1);
    return state?.[0] === "R" || state?.[0] === "D";
  } catch {
    return false;
  }
}

function floor(samples: readonly Sample[]): Sample {
  const of = (key: keyof Sample): number =>
    Math.min(...samples.map((one) => one[key]));
  return {
    rssMb: of("rssMb"),
    heapMb: of("heapMb"),
    files: of("files"),
    modules: of("modules"),
    threads: of("threads"),
    children: of("children"),
  };
}

function openModules(): number {
  const folder = "/proc/self/fd";
  let count = 0;
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    try {
      if (/\.[cm]?[jt]s$/.test(readlinkSync(`${folder}/${name}`))) count++;
    } catch {
      // It was the folder itself, or was closed since.
    }
  }
  return count;
}

// Only Linux tells; elsewhere the answer is always 0.
function entries(folder: string): number {
  try {
    return readdirSync(folder).length;
  } catch {
    return 0;
  }
}
