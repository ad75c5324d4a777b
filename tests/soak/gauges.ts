/** What must not grow: memory, open files, threads and child processes of this process. */
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import process from "node:process";

/** One look at this process. */
export interface Sample {
  readonly rssMb: number;
  readonly files: number;
  /** Open files that are modules: Node leaves them open in threads that are terminated while they import. */
  readonly modules: number;
  readonly threads: number;
  readonly children: number;
}

/** How the middle of the last third compares to that of the second. */
export interface Trend {
  readonly samples: number;
  readonly before: Sample;
  readonly after: Sample;
}

/** Looks, after what is garbage was collected if the runtime lets us. */
export function sample(): Sample {
  const { gc, Bun } = globalThis as {
    gc?: () => void;
    Bun?: { gc(sync: boolean): void };
  };
  if (Bun === undefined) gc?.();
  else Bun.gc(true);
  const modules = openModules();
  return {
    rssMb: Math.round(process.memoryUsage().rss / 2 ** 20),
    files: entries("/proc/self/fd") - modules,
    modules,
    threads: entries("/proc/self/task"),
    children: children(),
  };
}

/** The trend of samples; the first third is warming up. */
export function trendOf(samples: readonly Sample[]): Trend {
  const third = Math.floor(samples.length / 3);
  return {
    samples: samples.length,
    before: middle(samples.slice(third, 2 * third || 1)),
    after: middle(samples.slice(-third || -1)),
  };
}

/** What grew, in words; "" if nothing did. */
export function growth({ before, after }: Trend): string {
  const wrong: string[] = [];
  if (after.rssMb > before.rssMb * 1.25 + 64) wrong.push("memory");
  // A runtime keeps a few threads and files of its own that come and go.
  if (after.files > before.files + 8) wrong.push("files");
  if (after.threads > before.threads + 4) wrong.push("threads");
  if (after.children > before.children) wrong.push("children");
  return wrong.join(", ");
}

function middle(samples: readonly Sample[]): Sample {
  const of = (key: keyof Sample): number => {
    const sorted = samples.map((one) => one[key]).sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? 0;
  };
  return {
    rssMb: of("rssMb"),
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

function children(): number {
  let count = 0;
  try {
    for (const thread of readdirSync("/proc/self/task")) {
      try {
        const text = readFileSync(`/proc/self/task/${thread}/children`, "utf8");
        count += text.split(" ").filter(Boolean).length;
      } catch {
        // It has ended since the folder was read.
      }
    }
  } catch {
    // No /proc here.
  }
  return count;
}
