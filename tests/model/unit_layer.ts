/** Whether the suites of ring/ find a planted bug: on a copy of the tree. */
import {
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { command } from "../support/command.ts";
import { applied, type Edit } from "./transform.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const PARTS = ["ring", "tests/ring", "tests/support", "tests/main.ts"];
/** All of tests/ring/ but the stress suite, which takes ten seconds. */
export const UNIT: readonly string[] = [
  ...["arena", "done_ring", "doorbell", "host_recovery", "host_suite"],
  ...["layout", "result_ring", "roster", "state", "task_ring", "worker_suite"],
].map((name) => `ring/${name}`);

/** Real threads, random tasks. */
export const STRESS: readonly string[] = ["ring/stress"];

/** The copy; use it, then remove it. */
export class UnitLayer {
  readonly #folder: string;

  constructor() {
    this.#folder = mkdtempSync(join(tmpdir(), "whorl-mutants-"));
    for (const part of PARTS) {
      cpSync(join(ROOT, part), join(this.#folder, part), { recursive: true });
    }
    cpSync(join(ROOT, "package.json"), join(this.#folder, "package.json"));
    symlinkSync(join(ROOT, "node_modules"), join(this.#folder, "node_modules"));
  }

  /** Whether a test failed, crashed or hung with these edits. */
  async finds(
    edits: readonly Edit[],
    suites: readonly string[],
  ): Promise<boolean> {
    for (const file of new Set(edits.map((edit) => edit.file))) {
      const text = readFileSync(join(ROOT, "ring", file), "utf8");
      const path = join(this.#folder, "ring", file);
      writeFileSync(path, applied(text, file, edits));
    }
    try {
      const run = await command(
        process.execPath,
        ["tests/main.ts", ...suites],
        { cwd: this.#folder, deadlineMs: 60_000, group: true },
      );
      return run.code !== 0;
    } finally {
      for (const { file } of edits) {
        cpSync(join(ROOT, "ring", file), join(this.#folder, "ring", file));
      }
    }
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
