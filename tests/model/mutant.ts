/** What a planted bug is. */
import type { Edit } from "./transform.ts";

/** One planted bug. */
export interface Mutant {
  readonly name: string;
  readonly design?: string;
  readonly by: readonly string[];
  readonly edits: readonly Edit[];
}

/** A change: this text of this file becomes that. */
export function edit(file: string, from: string, to: string): Edit {
  return { file, from, to };
}
