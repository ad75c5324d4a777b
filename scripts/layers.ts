/**
 * Who may import whom, where runtime names and atomics may stand, and how
 * large things may be. Every breach prints its place and what to do.
 */
import { posix } from "node:path";
import process from "node:process";
import { readSources, type Source } from "./source.ts";

const LIBRARY = ["mod.ts", "ring", "src", "workers"];
const PROGRAMS = ["tests", "examples", "scripts"];

const BASE = ["src/errors.ts", "src/task.ts"];
/** What host and worker tell each other: seen by both sides. */
const WIRE = [
  "src/frame.ts",
  "src/journal.ts",
  "src/mail.ts",
  "src/running.ts",
  "src/team.ts",
  "src/wire.ts",
];
const BELOW = ["ring/", ...BASE, "src/runtime/", "src/codec/", ...WIRE];
const TOP = [
  "src/pool/",
  "src/process/",
  "src/scheduler/",
  "src/numeric/",
];
/** What each place may import beside itself. The longest match is the place. */
const LAYERS: Record<string, readonly string[]> = {
  "ring/": [],
  "src/errors.ts": BASE,
  "src/task.ts": ["src/runtime/url.ts"],
  "src/runtime/": ["src/errors.ts"],
  "src/codec/": [...BASE, "src/runtime/memory.ts", "src/runtime/text.ts"],
  "src/frame.ts": [...BASE, ...WIRE],
  "src/mail.ts": [...BASE, ...WIRE],
  "src/journal.ts": [...BASE, ...WIRE],
  "src/team.ts": [...BASE, ...WIRE],
  "src/wire.ts": [...BASE, ...WIRE],
  "src/inline": [...BASE, "src/runtime/", "src/codec/"],
  "src/running.ts": [...BASE, "src/codec/"],
  "workers/": BELOW,
  "src/context/": [...BELOW, "workers/url.ts"],
  ...Object.fromEntries(
    TOP.map((place) => [place, [...BELOW, "src/context/", ...TOP]]),
  ),
  "mod.ts": ["ring/", "src/"],
};

/** Files outside ring/ that may call Atomics, each with its reason. */
const ATOMICS_ALLOWED: Record<string, string> = {};

const RUNTIME_PLACES = /^(src\/runtime\/|workers\/\w+_entry\.ts$)/;
const SHARED_PLACES =
  /^((ring|workers|src\/(context|pool|codec|runtime|numeric))\/|src\/(mail|team)\.ts$)/;
const RUNTIME_NAMES =
  /(?<![.\w$#])(globalThis|Deno|Bun)\b(?!\s*[?]?:)|(?<![.\w$#])process\s*\.|(?<![.\w$#])set(?:Timeout|Immediate|Interval)\s*\(/g;
const BANNED_FILES =
  /(^|\/)(utils?|common|helpers?|types|constants|misc)(\.ts|\/)/;
const FILE_LINES = 360;
const FUNCTION_LINES = 60;
const RING_COMMENTS = 0.3;

const breaches: string[] = [];
const library = readSources(LIBRARY);
const everything = [...library, ...readSources(PROGRAMS)];

for (const source of library) {
  checkImports(source);
  checkRuntimeNames(source);
  checkAtomics(source);
  checkShape(source);
}
for (const source of everything) checkSize(source);
checkCycles(library);
checkRingComments();
console.log(
  `Atomics outside ring/: ${
    Object.entries(ATOMICS_ALLOWED).map((pair) => pair.join(": ")).join("; ") ||
    "nowhere"
  }`,
);
for (const breach of breaches) console.log(breach);
console.log(`layers: ${library.length} files, ${breaches.length} breaches`);
if (breaches.length > 0 || library.length === 0) process.exitCode = 1;

function breach(source: Source, line: number, text: string): void {
  breaches.push(`${source.path}:${line}: ${text}`);
}

function placeOf(path: string): string | undefined {
  return Object.keys(LAYERS)
    .filter((place) => path === place || path.startsWith(place))
    .sort((one, two) => two.length - one.length)[0];
}

function target(source: Source, specifier: string): string {
  return posix.normalize(posix.join(posix.dirname(source.path), specifier));
}

function checkImports(source: Source): void {
  const place = placeOf(source.path);
  if (place === undefined) {
    breach(source, 1, "is in no layer: move it or add it to LAYERS");
    return;
  }
  for (const { specifier, line, sideEffect } of source.imports) {
    if (specifier.startsWith("node:")) {
      if (RUNTIME_PLACES.test(source.path)) continue;
      breach(source, line, `imports ${specifier}: ask src/runtime/ for it`);
    } else if (!specifier.startsWith(".")) {
      breach(source, line, `imports ${specifier}: there are no dependencies`);
    } else {
      const to = target(source, specifier);
      const allowed = [place, ...LAYERS[place] ?? []];
      if (!allowed.some((one) => to === one || to.startsWith(one))) {
        const may = allowed.join(", ");
        breach(source, line, `imports ${to}: it may import ${may} only`);
      }
    }
    if (sideEffect) breach(source, line, "imports for a side effect: call it");
  }
}

function checkRuntimeNames(source: Source): void {
  if (RUNTIME_PLACES.test(source.path)) return;
  for (const { line, match } of source.find(RUNTIME_NAMES)) {
    const name = match[0].replace(/[\s.(]+$/, "");
    breach(source, line, `says ${name}: ask src/runtime/ (rename a variable)`);
  }
}

function checkAtomics(source: Source): void {
  const { path } = source;
  if (!SHARED_PLACES.test(path)) {
    for (const { line } of source.find(/\bSharedArrayBuffer\b/g)) {
      breach(source, line, "says SharedArrayBuffer: move it to a lower layer");
    }
  }
  for (const { line, match } of source.find(/\bAtomics\b(\s*\.\s*\w+)?/g)) {
    if (!path.startsWith("ring/") && !ATOMICS_ALLOWED[path]) {
      breach(source, line, "says Atomics: use a verb of ring/");
    }
    const before = source.code.slice(0, match.index);
    const after = source.code.slice(match.index + match[0].length);
    const called = match[1] && /^\s*(\?\.)?\s*\(/.test(after);
    if (called || /\btypeof\s+$/.test(before)) continue;
    breach(
      source,
      line,
      "aliases Atomics: write the call out (the model needs it)",
    );
  }
}

function checkShape(source: Source): void {
  for (const { line } of source.find(/\bexport\s+default\b/g)) {
    breach(source, line, "has a default export: name it");
  }
  if (BANNED_FILES.test(source.path)) {
    breach(source, 1, "has a name that is no noun: name the thing it holds");
  }
  if (source.path !== "mod.ts") return;
  const rest = source.code.replace(
    /\bexport\s+(type\s+)?(\*(\s+as\s+\w+)?|\{[^}]*\})\s+from\s+["'][^"']*["'];?/g,
    "",
  );
  if (rest.trim() !== "") {
    breach(
      source,
      1,
      `has logic: only re-exports, found ${rest.trim().slice(0, 40)}`,
    );
  }
}

function checkSize(source: Source): void {
  const count = source.lines.length;
  if (count > FILE_LINES) {
    breach(
      source,
      count,
      `has ${count} lines: ${FILE_LINES} at most, split it`,
    );
  }
  for (const { name, line, lines } of functionsOf(source)) {
    if (lines <= FUNCTION_LINES) continue;
    breach(
      source,
      line,
      `${name} has ${lines} lines: ${FUNCTION_LINES} at most`,
    );
  }
}

/** A brace counter: a block is a function's when its header reads like one. */
function functionsOf(
  source: Source,
): { name: string; line: number; lines: number }[] {
  const found: { name: string; line: number; lines: number }[] = [];
  const open: { name: string; from: number }[] = [];
  let header = 0;
  let parens = 0;
  for (const { index, 0: sign } of source.code.matchAll(/[{}();]/g)) {
    if (sign === "(") parens++;
    else if (sign === ")") parens--;
    else if (sign === ";" && parens === 0) header = index + 1;
    else if (sign === "{") {
      const text = source.code.slice(header, index).trim();
      open.push({ name: functionName(text), from: index });
      header = index + 1;
    } else if (sign === "}") {
      const block = open.pop();
      header = index + 1;
      if (!block?.name) continue;
      const line = source.lineAt(block.from);
      const lines = source.lineAt(index) - line + 1;
      found.push({ name: block.name, line, lines });
    }
  }
  return found;
}

function functionName(header: string): string {
  if (
    /^(if|for|while|switch|catch|else|do|try|class|interface)\b/.test(header)
  ) {
    return "";
  }
  if (!/(\)|=>)\s*$|\)\s*:[^;]*$/.test(header)) return "";
  return header.match(/([\w$#]+)\s*(<[^(]*>)?\(/)?.[1] ?? "a function";
}

function checkCycles(sources: Source[]): void {
  const edges = new Map(sources.map((source) => [
    source.path,
    source.imports.filter(({ specifier }) => specifier.startsWith("."))
      .map(({ specifier }) => target(source, specifier)),
  ]));
  const done = new Set<string>();
  const visit = (path: string, trail: string[]): void => {
    const at = trail.indexOf(path);
    if (at >= 0) {
      const circle = [...trail.slice(at), path].join(" → ");
      breaches.push(`${path}:1: imports itself: ${circle}`);
    }
    if (at >= 0 || done.has(path)) return;
    for (const next of edges.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of edges.keys()) visit(path, []);
}

function checkRingComments(): void {
  const ring = library.filter(({ path }) => path.startsWith("ring/"));
  let [comments, lines] = [0, 0];
  for (const source of ring) {
    source.lines.forEach((line, at) => {
      if (line.trim() === "") return;
      lines++;
      // A comment wherever blanking took something that is not a string.
      if (/^\s*(\/\/|\/\*|\*)/.test(line)) comments++;
      else if (/\/\//.test(line) && !/\/\//.test(source.codeLines[at] ?? "")) {
        comments++;
      }
    });
  }
  const share = lines === 0 ? 1 : comments / lines;
  if (share >= RING_COMMENTS) return;
  const percent = (share * 100).toFixed(0);
  breaches.push(`ring/: ${percent} % comments: at least 30 %, say why`);
}
