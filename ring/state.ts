/**
 * The STATE word of a cell: the only truth about who owns a task, as a robust
 * futex holds the id of its owner. A queued task carries its ticket (the ring
 * position it was queued at), everything else carries a kind and a slot.
 *
 *     bit 31 = 0   QUEUED, bits 22..30 ring, bits 0..21 position
 *     bit 31 = 1   bits 28..30 kind, bits 20..27 slot, the rest 0
 *
 * QUEUED → CLAIMED(slot) → RUNNING(slot) → QUEUED again are the arrows of a
 * cell's life; the README lists who may take each, and the others. There is no
 * use count beside the slot: a worker meets a cell again only after it has
 * finished its last batch, and a slot gets its next worker only when the last
 * is certainly dead, so no stale compare-and-swap finds an equal word.
 */

const SLOT_SHIFT = 20;
// Nine bits of ring: 255 shared and 255 private ones, and the sign stays 0.
const RING_SHIFT = 22;
const POSITION = (1 << RING_SHIFT) - 1;
const KIND = 0xf0000000 | 0;
const CLAIMED_KIND = 0x90000000 | 0;
const RUNNING_KIND = 0xa0000000 | 0;

/** Nobody owns the cell. */
export const FREE: number = 0x80000000 | 0;
/** The host took the task back before anybody claimed it. */
export const CANCELLED: number = 0xb0000000 | 0;

/**
 * The ticket: the STATE of a task queued in `ring` at `position`.
 *
 * It names the ring because positions of different rings are often equal. Was
 * the position alone: a worker that had read an entry and then slept took a
 * task that stood at the same position of another worker's private ring.
 */
export function queued(ring: number, position: number): number {
  return (ring << RING_SHIFT) | (position & POSITION);
}

/** The STATE of a task that worker `slot` took and has not started. */
export function claimed(slot: number): number {
  return CLAIMED_KIND | (slot << SLOT_SHIFT);
}

/** The STATE of a task whose user code worker `slot` may have started. */
export function running(slot: number): number {
  return RUNNING_KIND | (slot << SLOT_SHIFT);
}

/** Whether a task with this STATE waits in a ring. */
export function isQueued(state: number): boolean {
  return state >= 0;
}

/** Whether a worker took this task and has not started it. */
export function isClaimed(state: number): boolean {
  return (state & KIND) === CLAIMED_KIND;
}

/** Whether a worker may have started this task. */
export function isRunning(state: number): boolean {
  return (state & KIND) === RUNNING_KIND;
}

/** The slot of the owner in a claimed or running STATE. */
export function ownerOf(state: number): number {
  return (state >>> SLOT_SHIFT) & 0xff;
}
