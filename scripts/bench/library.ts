/**
 * Which whorl is measured? The package that users install, as `npm run build`
 * makes it; its source when WHORL_BENCH_SOURCE says so (`--source`).
 */
import { existsSync } from "node:fs";
import process from "node:process";
import type * as Ring from "../../ring/mod.ts";
import type * as Whorl from "../../mod.ts";
import { ROOT } from "../manifest.ts";

/** Set to 1 by main.ts in the processes it starts. */
export const SOURCE_VARIABLE = "WHORL_BENCH_SOURCE";

/** Where `whorl/ring` is; threads import it too. */
export function ringUrl(): URL {
  return entry("ring/mod.ts", "ring");
}

/** The library. */
export function loadWhorl(): Promise<typeof Whorl> {
  return import(entry("mod.ts", "mod").href);
}

/** The rings alone. */
export function loadRing(): Promise<typeof Ring> {
  return import(ringUrl().href);
}

function entry(source: string, name: string): URL {
  if (process.env[SOURCE_VARIABLE] === "1") return new URL(source, ROOT);
  const url = new URL(`npm/lib/${name}.js`, ROOT);
  if (existsSync(url)) return url;
  throw new Error("Cannot measure the package: run npm run build first");
}
