/**
 * The labels of atomic operations in ring/. The rule:
 *
 * - A label is one or two capitals and a number, with an optional small letter
 *   (S4, D5p). It opens a comment, `// S4 ⇒ D2: …`, and belongs to one place;
 *   the comment may have several sentences that open with it.
 * - Each line of ring/ that says `Atomics.` has a label in the comment on the
 *   same line or at most three lines above.
 * - A label that a comment points to with ⇒, ⇔ or ∥ exists.
 * - ring/README.md has one table row per label, its first cell naming it, and
 *   no row for a label that does not exist.
 */
import { existsSync, readFileSync } from "node:fs";
import { ROOT } from "./manifest.ts";
import { readSources, type Source } from "./source.ts";

const OPENS = /^(?:.*[;{,]\s*)?\s*\/\/\s+([A-Z]{1,2}\d+[a-z]?)\s/;
const POINTS = /[⇒⇔∥]\s*([A-Z]{1,2}\d+[a-z]?)\b/g;
const REACH = 3;

/** Answers what breaks the rule, in words. */
export function labelBreaches(): string[] {
  const sources = readSources(["ring"]);
  const breaches: string[] = [];
  const places = new Map<string, string>();
  for (const source of sources) collect(source, places, breaches);
  for (const source of sources) {
    checkAtomicsLines(source, breaches);
    checkPartners(source, places, breaches);
  }
  checkReadme(places, breaches);
  return breaches;
}

function collect(
  source: Source,
  places: Map<string, string>,
  breaches: string[],
): void {
  const last = new Map<string, number>();
  source.lines.forEach((line, at) => {
    const label = line.match(OPENS)?.[1];
    if (!label) return;
    const place = `${source.path}:${at + 1}`;
    const before = last.get(label);
    last.set(label, at);
    // A further sentence of the same comment.
    if (before !== undefined && isComment(source, before, at)) return;
    const first = places.get(label);
    if (first) breaches.push(`${place}: label ${label} is used at ${first}`);
    else places.set(label, place);
  });
}

function isComment(source: Source, from: number, to: number): boolean {
  return source.codeLines.slice(from, to).every((line) => line.trim() === "");
}

function checkAtomicsLines(source: Source, breaches: string[]): void {
  source.codeLines.forEach((code, at) => {
    if (!/\bAtomics\s*\./.test(code) || /typeof\s+Atomics/.test(code)) return;
    // Three lines of code; a comment of any length between counts as none.
    let reach = REACH;
    for (let above = at; above >= 0 && reach >= 0; above--) {
      if (OPENS.test(source.lines[above] ?? "")) return;
      const codeAbove = source.codeLines[above - 1] ?? "";
      if (codeAbove.trim() !== "") reach--;
    }
    breaches.push(`${source.path}:${at + 1}: Atomics without a label above it`);
  });
}

function checkPartners(
  source: Source,
  places: Map<string, string>,
  breaches: string[],
): void {
  source.lines.forEach((line, at) => {
    for (const [, partner] of line.matchAll(POINTS)) {
      if (!partner || places.has(partner)) continue;
      breaches.push(`${source.path}:${at + 1}: partner ${partner} is nowhere`);
    }
  });
}

function checkReadme(places: Map<string, string>, breaches: string[]): void {
  const url = new URL("ring/README.md", ROOT);
  if (!existsSync(url)) {
    breaches.push("ring/README.md: is missing, and with it the pair table");
    return;
  }
  const rows = new Set<string>();
  readFileSync(url, "utf8").split("\n").forEach((line, at) => {
    const cell = line.match(/^\|([^|]*)\|/)?.[1] ?? "";
    if (!/^[\s*`,A-Za-z\d]*$/.test(cell)) return;
    for (const [label] of cell.matchAll(/\b[A-Z]{1,2}\d+[a-z]?\b/g)) {
      rows.add(label);
      if (places.has(label)) continue;
      breaches.push(`ring/README.md:${at + 1}: ${label} labels nothing`);
    }
  });
  for (const [label, place] of places) {
    if (rows.has(label)) continue;
    breaches.push(`${place}: label ${label} has no row in ring/README.md`);
  }
}
