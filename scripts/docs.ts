/**
 * Whether the pages are true: backticked paths and identifiers exist, links
 * lead somewhere, snippets are the example files, figures are those of the last
 * bench, labels match (labels.ts).
 * Columns of tables about other libraries may use their names.
 */
import { existsSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import process from "node:process";
import { staleFigures, unexplained } from "./bench/report.ts";
import { labelBreaches } from "./labels.ts";
import { readManifest, ROOT } from "./manifest.ts";
import { listFiles, readSources } from "./source.ts";

const TREES = [
  "mod.ts",
  "ring",
  "src",
  "workers",
  "examples",
  "tests",
  "scripts",
];
const FOREIGN = /aiomultiprocess|python|other librar/i;
/** Words of tools, tests and the language that no source file must contain. */
const GENERAL = new Set(
  ("await async using for of in let const new function import export from type typeof " +
    "interface class extends true false null undefined void number string boolean bigint " +
    "any unknown never this self npm npx node bun deno jsr install add run task git ci " +
    "whorl d ts js json md env postMessage allow").split(" "),
);

const breaches: string[] = labelBreaches();
const manifest = readManifest("package.json");
const words = vocabulary();
const pages = [
  "README.md",
  "SECURITY.md",
  ...listFiles(["examples", "ring", "src", "workers"], "README.md"),
]
  .filter((path) => existsSync(new URL(path, ROOT)));
if (!pages.includes("README.md")) breaches.push("README.md: is missing");
for (const page of pages) checkPage(page);
for (const path of staleFigures()) {
  breaches.push(
    `${path}: is not what the results say, run node scripts/bench/report.ts`,
  );
}
for (const row of unexplained()) {
  breaches.push(`scripts/bench/limits.ts: why ${row} falls short is missing`);
}
for (const breach of breaches) console.log(breach);
console.log(`docs: ${pages.length} pages, ${breaches.length} breaches`);
if (breaches.length > 0) process.exitCode = 1;

/** Words of the code and its strings, of the manifest and of the language. */
function vocabulary(): Set<string> {
  const found = new Set(GENERAL);
  const add = (text: string) => {
    for (const [word] of text.matchAll(/[A-Za-z_$][\w$]*/g)) found.add(word);
  };
  for (const { text } of readSources(TREES)) {
    add(text.replace(/\/\*[\s\S]*?\*\/|(^|\s)\/\/[^\n]*/g, " "));
  }
  add(Object.keys(manifest.scripts).join(" "));
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    found.add(name);
    // Getters are left alone: some warn (localStorage).
    const value = Object.getOwnPropertyDescriptor(globalThis, name)?.value;
    if (typeof value !== "function" && typeof value !== "object") continue;
    for (const part of [value, value?.prototype]) {
      if (part) {
        Object.getOwnPropertyNames(part).forEach((own) => found.add(own));
      }
    }
  }
  return found;
}

function checkPage(page: string): void {
  const text = readFileSync(new URL(page, ROOT), "utf8");
  checkSnippets(page, text);
  // Blanked, not cut, so that line numbers stay.
  const prose = text.replace(
    /^```[\s\S]*?^```/gm,
    (block) => block.replace(/[^\n]/g, ""),
  );
  let foreign = new Set<number>();
  prose.split("\n").forEach((line, at) => {
    const place = `${page}:${at + 1}`;
    const isTable = line.startsWith("|");
    if (!isTable) foreign = new Set();
    const cells = isTable ? line.split(/(?<!\\)\|/) : [line];
    cells.forEach((cell, column) => {
      if (isTable && FOREIGN.test(cell) && !cell.includes("`")) {
        foreign.add(column);
      }
      if (foreign.has(column)) return;
      for (const [, span] of cell.matchAll(/`([^`]+)`/g)) {
        checkSpan(place, page, span ?? "");
      }
    });
    for (const [, link] of line.matchAll(/\]\(([^)\s]+)\)/g)) {
      checkLink(place, page, link ?? "");
    }
  });
}

function checkSpan(place: string, page: string, span: string): void {
  if (/^[\w@.\-]*[\w.]\/[\w@.\-/*]*$|^[\w\-]+\.(ts|md|json)$/.test(span)) {
    if (pathExists(page, span)) return;
    breaches.push(`${place}: \`${span}\` is no path here`);
    return;
  }
  const script = span.match(/^(?:npm run|deno task|bun run) ([\w:-]+)/)?.[1];
  if (script && !manifest.scripts[script]) {
    breaches.push(`${place}: \`${span}\` names no script of package.json`);
  }
  if (/^(npm|npx|deno|bun|node|git)\s/.test(span)) return;
  const bare = span.replace(/"[^"]*"|'[^']*'|https?:\S+/g, " ");
  for (const [word] of bare.matchAll(/(?<![\w$])[A-Za-z_$][\w$]+/g)) {
    if (words.has(word)) continue;
    breaches.push(`${place}: \`${span}\`: ${word} is not in the source`);
  }
}

function pathExists(page: string, path: string): boolean {
  const entry = path.replace(/^@?whorl(\/whorl)?(?=\/|$)/, ".");
  if (entry !== path && manifest.exports[entry]) return true;
  if (path.startsWith("@types/")) return true;
  const fixed = path.split("*")[0] ?? "";
  const bases = ["", posix.dirname(page) + "/"];
  return bases.some((base) => existsSync(new URL(base + fixed, ROOT)));
}

function checkLink(place: string, page: string, link: string): void {
  if (/^[a-z]+:/.test(link)) return;
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? page : posix.join(posix.dirname(page), path);
  const url = new URL(target, ROOT);
  if (!existsSync(url)) breaches.push(`${place}: ${link} leads nowhere`);
  else if (anchor && target.endsWith(".md")) {
    const headings = readFileSync(url, "utf8").matchAll(/^#+\s+(.*)$/gm);
    const anchors = [...headings].map(([, heading]) => slug(heading ?? ""));
    if (!anchors.includes(anchor)) {
      breaches.push(`${place}: ${link}: no such heading in ${target}`);
    }
  }
}

// As the forge makes anchors from headings.
function slug(heading: string): string {
  return heading.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim().replaceAll(" ", "-");
}

/** `// examples/x.ts` is the whole file, `// examples/x.ts#name` its region. */
function checkSnippets(page: string, text: string): void {
  for (
    const block of text.matchAll(
      /^```ts\n\/\/ (\S+\.ts)(?:#(\w+))?\n([\s\S]*?)^```/gm,
    )
  ) {
    const [, path = "", region, snippet = ""] = block;
    const line = text.slice(0, block.index).split("\n").length;
    const url = new URL(path, ROOT);
    if (!existsSync(url)) {
      breaches.push(`${page}:${line}: there is no ${path}`);
      continue;
    }
    const file = readFileSync(url, "utf8");
    const wanted = region ? regionOf(file, region) : file;
    if (dedent(snippet) === dedent(wanted)) continue;
    breaches.push(
      `${page}:${line}: differs from ${path}${region ? "#" + region : ""}`,
    );
  }
}

function regionOf(file: string, name: string): string {
  const start = new RegExp(`^[ \\t]*// #region ${name}\\n`, "m").exec(file);
  if (!start) return "";
  const rest = file.slice(start.index + start[0].length);
  return rest.slice(0, rest.search(/^[ \t]*\/\/ #endregion/m));
}

function dedent(text: string): string {
  const lines = text.trimEnd().split("\n");
  const indents = lines.filter((line) => line.trim() !== "")
    .map((line) => line.search(/\S/));
  const least = Math.min(...indents, 80);
  return lines.map((line) => line.slice(least).trimEnd()).join("\n");
}
