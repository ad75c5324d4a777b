/**
 * How a call and its result lie in a cell: the numbers both sides agree on.
 * Plain numbers and empty results never see the codec.
 */

// FLAGS, low bits: how the arguments lie in the cell.
/** No arguments. */
export const ARGS_NONE = 0;
/** Doubles, as many as ARG_LENGTH says. */
export const ARGS_NUMBERS = 1;
/** ARG_LENGTH units of 8 bytes made by the codec. */
export const ARGS_BYTES = 2;
/** Mask of the above. */
export const ARGS_KIND = 3;
/** The arguments are a run of items, each a call of its own. */
export const CHUNK = 4;
/** Each item of the chunk is an argument list. */
export const SPREAD = 8;
/** Values that need structured clone wait in the mail under TASK_NUMBER. */
export const MAILED = 16;
/** After the arguments comes what a member of a team is told; see team.ts. */
export const TEAM = 32;
/** The worker measures how long it runs. */
export const SAMPLED = 64;
/** Somebody listens to its progress. */
export const REPORTED = 128;
/** Mask of what says nothing about the arguments. */
export const ASIDE: number = SAMPLED | REPORTED;
/** ARG_SEGMENT and RESULT_SEGMENT of bytes that lie in the cell itself. */
export const INLINE = -1;

// RESULT_STATUS of a task that is not done, written for the host to look at now and then.
/** Nothing is known; its promise is awaited, or it is prepared. */
export const AWAITS = 0;
/** It was sent to a process that has not begun it. */
export const SENT = -2;
/** Its synchronous part runs: its worker does nothing else until that is over. */
export const COMPUTES = -1;

// RESULT_STATUS.
/** One double in the cell. */
export const RESULT_NUMBER = 1;
/** RESULT_LENGTH is one of the constants below. */
export const RESULT_SIMPLE = 2;
/** RESULT_LENGTH units of 8 bytes made by the codec: a value. */
export const RESULT_VALUE = 3;
/** The same: something that was thrown. */
export const RESULT_FAILURE = 4;
/**
 * The outcomes of a chunk: a count and that many values, then a count and that
 * many failures, each after its index.
 */
export const RESULT_OUTCOMES = 5;
/** The outcomes of a chunk that are all numbers, as doubles. */
export const RESULT_NUMBERS = 6;
/** Added to a status when values wait in the mail under TASK_NUMBER. */
export const RESULT_MAILED = 64;

/**
 * A number that lay among doubles, as engines count with it: a whole one would
 * else make all that is computed from it arithmetic of doubles, several times
 * slower. -0 is none of those.
 */
export function counted(value: number): number {
  const whole = value | 0;
  return whole === value && (whole !== 0 || 1 / value > 0) ? whole : value;
}

/** Bytes of a result with this status and RESULT_LENGTH. */
export function resultBytes(status: number, length: number): number {
  if (status === RESULT_NUMBER) return 8;
  return status === RESULT_SIMPLE ? 0 : length * 8;
}

/** The segment a result lies in: {@link INLINE} for those that have none. */
export function resultSegment(status: number, segment: number): number {
  return status === RESULT_NUMBER || status === RESULT_SIMPLE
    ? INLINE
    : segment;
}

/** Values without content, by their RESULT_LENGTH. */
export const SIMPLE: readonly unknown[] = [undefined, null, true, false];
