/**
 * One TypeScript file as the gates see it: `code` has the same length as the
 * text, with comments, strings and regular expressions blanked.
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ROOT } from "./manifest.ts";

/** One import or re-export. */
export interface Import {
  specifier: string;
  line: number;
  sideEffect: boolean;
}

/** A file and its views. */
export class Source {
  readonly path: string;
  readonly text: string;
  readonly code: string;
  readonly lines: string[];
  readonly codeLines: string[];

  constructor(path: string, text: string) {
    this.path = path;
    this.text = text;
    this.code = blank(text);
    this.lines = text.trimEnd().split("\n");
    this.codeLines = this.code.trimEnd().split("\n");
  }

  /** The line of an offset, from 1. */
  lineAt(offset: number): number {
    return this.text.slice(0, offset).split("\n").length;
  }

  /** Places of a pattern (with the g flag) in the code. */
  find(pattern: RegExp): { line: number; match: RegExpExecArray }[] {
    return [...this.code.matchAll(pattern)].map((match) => ({
      line: this.lineAt(match.index),
      match,
    }));
  }

  get imports(): Import[] {
    // The blanked code shows where specifiers are, the text what they say.
    const pattern =
      /\b(import|from)\s*(["'])\s*\2|\b(import)\s*\(\s*(["'])\s*\4/g;
    return [...this.code.matchAll(pattern)].map((match) => {
      const quote = match[2] ?? match[4] ?? '"';
      const from = match.index + match[0].indexOf(quote) + 1;
      const specifier = this.text.slice(from, this.text.indexOf(quote, from));
      const line = this.lineAt(match.index);
      return { specifier, line, sideEffect: match[1] === "import" };
    });
  }
}

/** Every .ts file below these paths that exists; paths relative to the root. */
export function readSources(paths: readonly string[]): Source[] {
  return listFiles(paths, ".ts").map((path) =>
    new Source(path, readFileSync(new URL(path, ROOT), "utf8"))
  );
}

/** Files below these files and folders whose names end so, sorted. */
export function listFiles(paths: readonly string[], ending: string): string[] {
  return paths.flatMap((path) => {
    const url = new URL(path, ROOT);
    if (!existsSync(url)) return [];
    if (!statSync(url).isDirectory()) return [path];
    const folder = path.replace(/\/$/, "");
    return readdirSync(fileURLToPath(url), { recursive: true })
      .map((name) => `${folder}/${String(name).replaceAll("\\", "/")}`)
      .filter((name) => name.endsWith(ending) && !name.includes("node_modules"))
      .sort();
  });
}

const TOKEN =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\[\s\S]|[^`\\])*`|(?<=(?:^|[=(,:[!&|?{};]|return|=>)\s*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/gm;

// Text in `${…}` of a template is blanked with it: gates may miss what is
// written there, they never accuse it wrongly.
function blank(text: string): string {
  return text.replace(TOKEN, (token) => {
    const spaces = token.replace(/[^\n]/g, " ");
    if (!/^["'`]/.test(token)) return spaces;
    const quote = token[0] ?? "";
    return quote + spaces.slice(1, -1) + quote;
  });
}
