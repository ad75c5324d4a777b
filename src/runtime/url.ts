/** Module addresses in one form. */
import { isAbsolute } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * The href of a module given as a URL, a URL string or an absolute path.
 *
 * @throws TypeError for a relative path: relative to what, only the caller knows
 */
export function toHref(module: URL | string): string {
  if (module instanceof URL) return module.href;
  if (typeof module === "string") {
    if (isAbsolute(module)) return pathToFileURL(module).href;
    if (URL.canParse(module)) return new URL(module).href;
  }
  throw new TypeError(
    `Cannot name a module: expected a URL, found ${
      typeof module === "string" ? JSON.stringify(module) : typeof module
    }, write new URL("./jobs.ts", import.meta.url)`,
  );
}
