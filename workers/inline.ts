/**
 * From the text of an inline task to its function: captures decoded, modules
 * imported, all of them bound by name around the text.
 */
import { Decoder } from "../src/codec/mod.ts";
import { TaskLookupError } from "../src/errors.ts";
import type { InlineRecord, TaskRecord } from "../src/mail.ts";
import { isWasm } from "../src/task.ts";
import { instantiate } from "./wasm.ts";

/** A task's function as the runner calls it. */
export type TaskFunction = (...args: unknown[]) => unknown;

/** Where the shared buffers are, by number. */
export interface SharedMemory {
  find(id: number): SharedArrayBuffer;
}

/**
 * The function of an inline task.
 *
 * @throws TaskLookupError (as a rejection) when it cannot be made, and what `load` throws
 */
export async function compileInline(
  task: TaskRecord,
  inline: InlineRecord,
  shares: SharedMemory | null,
  load: (url: string) => Promise<Record<string, unknown>>,
): Promise<TaskFunction> {
  const values = captured(inline, shares);
  const modules: Record<string, Record<string, unknown>> = {};
  for (const [name, url] of Object.entries(inline.imports)) {
    modules[name] = await load(url);
  }
  if (isWasm(task)) return await instantiate(task, values, modules);
  const bound = new Map(Object.entries({ ...values, ...modules }));
  const body = `"use strict"; return (${inline.source}\n);`;
  try {
    const make = new Function(...bound.keys(), body);
    return make(...bound.values()) as TaskFunction;
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause);
    throw new TaskLookupError(
      "module_failed",
      `Cannot load inline task ${task.name}: making a function of its text failed with ${text}, write it into a module where code from text is not allowed`,
      { task: `${task.url}#${task.name}`, cause },
    );
  }
}

function captured(
  inline: InlineRecord,
  shares: SharedMemory | null,
): Record<string, unknown> {
  const decoder = new Decoder({
    bufferOf: (place) =>
      (shares as SharedMemory).find(inline.shares[place] as number),
  });
  decoder.begin(inline.captures, 0, inline.captures.length, inline.values);
  return decoder.value() as Record<string, unknown>;
}
