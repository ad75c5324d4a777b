/**
 * Schedules as text: `a5 b a:2 !b ~c` is five steps of thread a, one of b, the
 * third event of a, the death of b, and the end by time of a sleep of c.
 */
import { KILL, OPTIONS, TIMEOUT } from "./threads.ts";

const LETTERS = "abcdefghij";

/** One move as text. */
export function nameOf(move: number): string {
  if (move >= TIMEOUT) return "~" + LETTERS[move - TIMEOUT];
  if (move >= KILL) return "!" + LETTERS[move - KILL];
  const option = move % OPTIONS;
  const letter = LETTERS[Math.floor(move / OPTIONS)];
  return option > 0 ? `${letter}:${option}` : `${letter}`;
}

/** A schedule as text. */
export function writeSchedule(moves: readonly number[]): string {
  const parts: { name: string; times: number }[] = [];
  for (const move of moves) {
    const name = nameOf(move);
    const last = parts.at(-1);
    if (last?.name === name && /^[a-j]$/.test(name)) last.times++;
    else parts.push({ name, times: 1 });
  }
  return parts.map(({ name, times }) => times > 1 ? name + times : name)
    .join(" ");
}

/** The moves of {@link writeSchedule}. */
export function readSchedule(text: string): number[] {
  return text.trim().split(/\s+/).filter(Boolean).flatMap((part) => {
    const [, sign, letter, times, option] =
      part.match(/^([!~]?)([a-j])(\d*)(?::(\d+))?$/) ?? [];
    if (letter === undefined) throw new Error(`Cannot read schedule: ${part}`);
    const id = LETTERS.indexOf(letter);
    if (sign === "!") return [KILL + id];
    if (sign === "~") return [TIMEOUT + id];
    const move = id * OPTIONS + Number(option ?? 0);
    return Array.from({ length: Number(times || 1) }, () => move);
  });
}
