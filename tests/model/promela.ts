/**
 * The Promela models: which instances are run, and how many states each has.
 * A count that changes means that a model changed, or Spin did.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { command } from "../support/command.ts";

/** One run of Spin. */
export interface Instance {
  readonly name: string;
  readonly file: "ring.pml" | "stores.pml";
  readonly flags: string;
  /** States stored; undefined: an error must be found. */
  readonly states?: number;
  /** Needs fairness and acceptance cycles: a livelock. */
  readonly live?: boolean;
}

function sound(
  name: string,
  flags: string,
  states: number,
  file: Instance["file"] = "ring.pml",
): Instance {
  return { name, file, flags, states };
}

function broken(
  name: string,
  flags: string,
  file: Instance["file"] = "ring.pml",
): Instance {
  return { name, file, flags };
}

const BASE = "-DNT=2 -DKILLS=0";
const ONE = "-DNT=1 -DNC=1";
const PRIVATE = "-DNT=2 -DNC=1 -DKILLS=0 -DPRIV";

const SOUND: readonly Instance[] = [
  sound("base", BASE, 2_017_261),
  sound("base, every access, one cell", `${BASE} -DNC=1 -DFINE`, 2_422_030),
  sound("batch 2", `${BASE} -DBATCH=2`, 2_311_756),
  sound("kill, every access", `${ONE} -DKILLS=1 -DFINE`, 1_492_027),
  sound("fence while alive", `${ONE} -DKILLS=0 -DZOMBIE=1`, 804_070),
  sound("cancel", `${BASE} -DNC=1 -DCANCEL=1`, 2_815_891),
  sound("cancel and kill", `${ONE} -DKILLS=1 -DCANCEL=1`, 1_771_051),
  sound("steal", `${BASE} -DNC=1 -DSTEAL=1`, 4_373_206),
  sound("async sleep", `${ONE} -DKILLS=0 -DASYNC=1 -DFINE`, 3_466_294),
  sound("private and shared", PRIVATE, 469_594),
  sound("private, every access", `${PRIVATE} -DFINE`, 1_069_456),
  sound("private, kill", "-DNT=2 -DNC=1 -DKILLS=1 -DPRIV", 3_537_094),
  sound("private, fence", `${ONE} -DKILLS=0 -DZOMBIE=1 -DPRIV`, 906_394),
  { ...sound("liveness, kill", `${ONE} -DKILLS=1`, 622_770), live: true },
  {
    ...sound("liveness, private", `${ONE} -DKILLS=0 -DPRIV`, 25_813),
    live: true,
  },
  sound("arena and result ring", "", 24_409, "stores.pml"),
  sound("arena and result ring, fence", "-DFENCE", 35_868, "stores.pml"),
];

const MUTANTS: readonly Instance[] = [
  broken("M01", `${BASE} -DM_NORECHECK`),
  broken("M02", `${BASE} -DM_ANNOUNCELATE`),
  broken("M03", `${BASE} -DM_WAKEFIRST`),
  broken("M04", `${BASE} -DM_POOLNORECHECK`),
  broken("M05", "-DNT=2 -DKILLS=1 -DM_RECOVERNOWAKE"),
  broken("M06", "-DNT=2 -DKILLS=1 -DM_NODRAIN"),
  broken("M07", "-DNT=2 -DKILLS=1 -DM_HEADFIRST"),
  broken("M08", "-DNT=2 -DKILLS=1 -DM_ARMONCE"),
  broken("M09", "-DNT=2 -DNC=1 -DKILLS=0 -DZOMBIE=1 -DM_PLAINSTART"),
  broken("M10", "-DNT=2 -DNC=1 -DKILLS=0 -DZOMBIE=1 -DM_NOQUARANTINE"),
  broken("M11", "-DNT=2 -DNC=1 -DKILLS=0 -DASYNC=1 -DM_NOTIFY1"),
  broken("M12", "-DNT=3 -DKILLS=0 -DCANCEL=1 -DRC=1 -DM_NOFULLCHECK"),
  { ...broken("M13", `${ONE} -DKILLS=1 -DM_NOHELP`), live: true },
  broken("private ring not looked at again", `${PRIVATE} -DM_PRIVNORECHECK`),
  broken("private tasks left", `${ONE} -DKILLS=1 -DPRIV -DM_PRIVLEFT`),
  broken("ticket without ring", `${PRIVATE} -DFINE -DM_RINGLESS`),
  broken("result ring never full", "-DM_NOFULL", "stores.pml"),
  broken("skip not counted", "-DM_RINGSKIP", "stores.pml"),
  broken("room freed before the copy", "-DM_FREEFIRST", "stores.pml"),
  broken("one block for all", "-DM_SAMEBLOCK", "stores.pml"),
  broken("no quarantine", "-DFENCE -DM_NOQUARANTINE", "stores.pml"),
];

/** The sound instances, then the mutants. */
export const INSTANCES: readonly Instance[] = [...SOUND, ...MUTANTS];

/** What one run came to. */
export interface Verdict {
  readonly instance: Instance;
  readonly states: number;
  readonly errors: number;
  readonly ms: number;
  readonly good: boolean;
}

/** The version of Spin, or "" when it or a C compiler is not installed. */
export async function spinVersion(): Promise<string> {
  try {
    const cc = await command("gcc", ["--version"]);
    const spin = await command("spin", ["-V"]);
    return cc.code === 0 ? spin.stdout.trim() : "";
  } catch {
    return "";
  }
}

/** Runs one instance in a folder of its own. */
export async function verify(instance: Instance): Promise<Verdict> {
  const cwd = mkdtempSync(join(tmpdir(), "whorl-spin-"));
  const started = performance.now();
  try {
    const model = fileURLToPath(new URL(instance.file, import.meta.url));
    const flags = instance.flags.split(" ").filter(Boolean);
    const live = instance.live ?? false;
    await must(
      "spin",
      ["-a", ...flags, ...(live ? ["-DLIVE"] : []), model],
      cwd,
    );
    const safety = live ? ["-DNFAIR=4"] : ["-DSAFETY", "-DNOREDUCE"];
    const options = ["-O2", "-w", "-DCOLLAPSE", ...safety];
    await must("gcc", [...options, "-o", "pan", "pan.c"], cwd);
    const how = live ? ["-a", "-f"] : [];
    const run = await command(join(cwd, "pan"), [...how, "-m300000", "-w24"], {
      ...{ cwd, deadlineMs: 180_000 },
    });
    const number = (pattern: RegExp): number =>
      Number(run.stdout.match(pattern)?.[1] ?? -1);
    const states = number(/(\d+) states, stored/);
    const errors = number(/errors: (\d+)/);
    const good = instance.states === undefined
      ? errors > 0
      : errors === 0 && states === instance.states;
    const ms = performance.now() - started;
    return { instance, states, errors, ms, good };
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

async function must(tool: string, args: string[], cwd: string): Promise<void> {
  const run = await command(tool, args, { cwd });
  if (run.code === 0) return;
  throw new Error(`${tool} failed: ${(run.stdout + run.stderr).slice(-500)}`);
}

/** The switches a model knows, to see that every mutant of it is run. */
export function mutantsOf(file: string): string[] {
  const text = readFileSync(new URL(file, import.meta.url), "utf8");
  const all = text.matchAll(/(?:ifdef|ifndef|defined\()\s*(M_\w+)/g);
  return [...new Set([...all].map(([, name]) => name as string))].sort();
}
