/**
 * The CANCEL word of a cell: the host asks a task that has started to stop.
 * A request only: the task looks when it wants to, and its result counts all
 * the same. Bit 0 is the request; the bits above it are written with the
 * arguments and never change while the task runs.
 */
import { CANCEL, type Layout } from "./layout.ts";

/** Asks the task in `cell` to stop. Callers: the host. Waits: never. */
export function requestCancel(
  words: Int32Array,
  layout: Layout,
  cell: number,
): void {
  // V1 ⇒ V2: after the reason was posted, so that whoever sees the request
  // finds the reason in its port.
  Atomics.or(words, layout.cell(cell) + CANCEL, 1);
}

/** Whether the task in `cell` was asked to stop. Callers: its worker. Waits: never. */
export function isCancelRequested(
  words: Int32Array,
  layout: Layout,
  cell: number,
): boolean {
  // V2 ⇒ V1: the reason was posted before.
  return (Atomics.load(words, layout.cell(cell) + CANCEL) & 1) !== 0;
}

/** What the host wrote above the request; read before or after it. */
export function cancelPayload(
  words: Int32Array,
  layout: Layout,
  cell: number,
): number {
  // plain: published with the ticket in STATE; V1 changes another bit only
  return (words[layout.cell(cell) + CANCEL] as number) >>> 1;
}
