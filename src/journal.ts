/**
 * The file that a child process shares with its host. Per cell:
 *
 *     start   16 bytes  the child: the sending it started last, items of it, and
 *                       the number of the synchronous part it began last; 0
 *                       when that is over and its promise is awaited
 *     abort    4 bytes  the host: TASK_NUMBER of a task it asks to stop
 *     revoked  4 bytes  the host: a sending that is not to be started any more,
 *                       and with it all that were sent for that cell before
 *
 * A start and a revocation meet as in Dekker's algorithm: the child writes the
 * start and then looks whether it is revoked, the host writes the revocation
 * and then looks whether it was started. If both see each other the child
 * starts nothing and sends the task back. Reads and writes of one file are as
 * ordered as atomics: each is a call into the same kernel.
 */

/** Int32 words of a start. */
export const START_WORDS = 3;
// None crosses a page: a kill may come between two pages of one write.
const START_BYTES = 16;
const WORD_BYTES = 4;

/** Where the child writes what it started in a cell, in bytes. */
export function startAt(cell: number): number {
  return cell * START_BYTES;
}

/** Where the child writes that the task in a cell awaits. */
export function awaitsAt(cell: number): number {
  return startAt(cell) + 8;
}

/** Where in the journal the host asks the task of a cell to stop. */
export function abortAt(cells: number, cell: number): number {
  return cells * START_BYTES + cell * WORD_BYTES;
}

/** Where in the journal the host revokes the sending of a cell. */
export function revokedAt(cells: number, cell: number): number {
  return cells * (START_BYTES + WORD_BYTES) + cell * WORD_BYTES;
}

/**
 * Whether a sending is revoked, if `last` was the last one revoked for its cell;
 * 0: none. Numbers wrap. Was `sending === last`: a child that was slow to look
 * found the second revocation where the first had been, and ran the task that
 * others had run meanwhile.
 */
export function isRevoked(sending: number, last: number): boolean {
  return last !== 0 && ((last - sending) | 0) >= 0;
}
