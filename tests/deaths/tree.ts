/**
 * A copy of the library in which a worker can be told to die right after any
 * labelled operation of ring/: the labels are read from the comments of the
 * source, so a new one is in the copy as soon as it is in the source. Nothing
 * else differs.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { labelled } from "../model/transform.ts";
import { built } from "../support/runtime.ts";
import { ARGUMENT_DECODE, PLACES, RESULT_WORDS } from "./gap.ts";

const ROOT = new URL("../../", import.meta.url);
const ENDING = built ? ".js" : ".ts";
const COPIED = ["ring", "src", "workers", "tests/deaths", "tests/support"];
const IMPORT = `import { gap, Gapped } from "../tests/deaths/gap${ENDING}";\n`;
/** Classes and functions of ring/ that run on the host alone; others say so where it is so. */
const HOSTS = new Set([
  "DoneConsumer",
  "HostBell",
  "ResultReader",
  "RingHost",
  "Roster",
  "Sleepers",
  "TaskProducer",
  "requestCancel",
]);

/** A place where a worker can be told to die. */
export interface Point {
  /** A label, or one of {@link PLACES}. */
  readonly name: string;
  readonly number: number;
  /** Whether only hosts come there. */
  readonly host: boolean;
}

/** The copy. */
export interface Tree {
  readonly points: readonly Point[];
  /** Where a module of the copy is: its path in the source, without ending. */
  url(module: string): URL;
}

let planted: Tree | undefined;

/** The copy of this process, made when it is first asked for and removed at the end. */
export function tree(): Tree {
  return planted ??= plant();
}

function plant(): Tree {
  const build = fileURLToPath(built ? ROOT : new URL("build/", ROOT));
  mkdirSync(build, { recursive: true });
  const folder = mkdtempSync(join(build, "deaths-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  for (const path of [`mod${ENDING}`, ...COPIED]) {
    cpSync(new URL(path, ROOT), join(folder, path), { recursive: true });
  }
  if (built) standIn(folder);
  const ring = readdirSync(join(folder, "ring"))
    .filter((name) => name.endsWith(ENDING) && !name.endsWith(".d.ts"));
  const owners = new Map<string, boolean>();
  for (const name of ring) {
    owned(readFileSync(join(folder, "ring", name), "utf8"), owners);
  }
  const points = numbered(owners);
  const numbers = new Map(points.map(({ name, number }) => [name, number]));
  for (const name of ring) {
    edit(join(folder, "ring", name), (text) => gapped(text, numbers));
  }
  after(
    folder,
    "outcomes",
    /words\[base \+ RESULT_\w+\]\s*=[^;]*;/g,
    RESULT_WORDS,
  );
  after(folder, "arguments", /(?<=\n {2,4}call\([^{]*\{)/g, ARGUMENT_DECODE);
  return {
    points,
    url: (module) => pathToFileURL(join(folder, module + ENDING)),
  };
}

/** The bundle, which tests of a build import, is the copy here. */
function standIn(folder: string): void {
  const lib = join(folder, "lib");
  mkdirSync(lib);
  writeFileSync(join(lib, "mod.js"), `export * from "../mod.js";\n`);
  writeFileSync(join(lib, "ring.js"), `export * from "../ring/mod.js";\n`);
}

function edit(path: string, change: (text: string) => string): void {
  writeFileSync(path, IMPORT + change(readFileSync(path, "utf8")));
}

/** Puts a point after every match in a file of workers/. */
function after(
  folder: string,
  file: string,
  match: RegExp,
  point: number,
): void {
  edit(join(folder, "workers", file + ENDING), (text) => {
    if (text.search(match) < 0) {
      throw new Error(`Cannot find ${match} in workers/${file}`);
    }
    return text.replace(match, `$& gap(${point});`);
  });
}

const LABEL = /\/\/\s+([A-Z]{1,2}\d+[a-z]?)\s/;

/** Notes of each label of a file whether only hosts come there. */
function owned(text: string, owners: Map<string, boolean>): void {
  let owner = "";
  let callers = "";
  for (const line of text.split("\n")) {
    owner = line.match(/^(?:export )?(?:class|function) (\w+)/)?.[1] ?? owner;
    if (/\/\*\*/.test(line)) callers = "";
    callers = line.match(/Callers: (the host)\b/)?.[1] ?? callers;
    const label = line.match(LABEL)?.[1];
    if (label !== undefined) {
      owners.set(label, HOSTS.has(owner) || callers !== "");
    }
  }
}

function numbered(owners: Map<string, boolean>): Point[] {
  const labels = [...owners].sort(([one], [other]) => one < other ? -1 : 1)
    .map(([name, host]) => ({ name, host }));
  const places = PLACES.map((name) => ({ name, host: false }));
  return [...places, ...labels].map((point, i) => ({
    ...point,
    number: i + 1,
  }));
}

/** A file of ring/ with a point after each labelled operation. */
function gapped(text: string, numbers: Map<string, number>): string {
  const number = (label: string): number => {
    const found = numbers.get(label);
    if (found !== undefined) return found;
    throw new Error(`Cannot tell the label of an operation: found ${label}`);
  };
  return labelled(text)
    .replace(
      /\bAtomics\.(\w+)\("([^"]*)", /g,
      (_, operation, label) => `Gapped.${operation}(${number(label)}, `,
    )
    .replace(
      /\] = __label\("([^"]*)", (.*)\);$/gm,
      (_, label, value) => `] = ${value}; gap(${number(label)});`,
    );
}

/** A row of the gap table. */
export interface Row {
  readonly names: readonly string[];
  /** Whether a task that was started is lost, as the state left behind says. */
  readonly loses: boolean;
}

const LOSES = /RUNNING|half a result|beyond DTAIL|nobody refers to/;

/** The gap table of ring/README.md. */
export function rows(): Row[] {
  const page = readFileSync(new URL("ring/README.md", ROOT), "utf8");
  const table = page.split(/^\| dies after .*\n/m)[1]?.split("\n\n")[0] ?? "";
  return table.split("\n").slice(1).map((line) => {
    const [, at = "", state = ""] = line.split("|");
    const places = PLACES.filter((name) => at.includes(name));
    const labels = at.match(/\b[A-Z]{1,2}\d+[a-z]?\b/g) ?? [];
    return { names: [...labels, ...places], loses: LOSES.test(state) };
  }).filter(({ names }) => names.length > 0);
}

/** Whether the source is where it can be copied from. */
export const available: boolean = existsSync(new URL("ring/", ROOT));
