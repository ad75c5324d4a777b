/** Writes the pages of Markdown that scripts make. */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { command } from "../tests/support/command.ts";
import { ROOT } from "./manifest.ts";
import { installed } from "./runtimes.ts";

/** Writes a page, formatted as the gate wants every page. `path`: relative to the root. */
export async function writePage(path: string, text: string): Promise<void> {
  writeFileSync(new URL(path, ROOT), text);
  await command(installed("deno"), ["fmt", path], { cwd: fileURLToPath(ROOT) });
}
