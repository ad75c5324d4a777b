/** The two manifests, package.json and deno.json, which must say the same. */
import { readFileSync } from "node:fs";

/** The root folder of the repository. */
export const ROOT: URL = new URL("../", import.meta.url);

/** What scripts read of package.json and deno.json. */
export interface Manifest {
  name: string;
  version: string;
  description: string;
  license: string;
  engines: Record<string, string>;
  exports: Record<string, string>;
  scripts: Record<string, string>;
  tasks: Record<string, string>;
  dependencies?: Record<string, string>;
  imports?: Record<string, string>;
}

/** Reads one of them. */
export function readManifest(name: "package.json" | "deno.json"): Manifest {
  return JSON.parse(readFileSync(new URL(name, ROOT), "utf8"));
}

/** Answers where they differ, in words. */
export function manifestBreaches(): string[] {
  const [npm, deno] = [readManifest("package.json"), readManifest("deno.json")];
  const breaches: string[] = [];
  for (const key of ["version", "license", "exports"] as const) {
    const [one, two] = [JSON.stringify(npm[key]), JSON.stringify(deno[key])];
    if (one === two) continue;
    breaches.push(`${key}: package.json has ${one}, deno.json has ${two}`);
  }
  for (const [name, version] of Object.entries(npm.dependencies ?? {})) {
    const wanted = `npm:${name}@${version}`;
    if (deno.imports?.[name] === wanted) continue;
    breaches.push(`${name}: deno.json imports must have ${wanted}`);
  }
  for (const task of Object.keys(deno.tasks)) {
    if (npm.scripts[task]) continue;
    breaches.push(`task ${task} of deno.json is no script of package.json`);
  }
  return breaches;
}
