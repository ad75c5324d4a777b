/** What the host of a crew may take up next. */
import type { Crew } from "./crew.ts";
import type { Option, Thread } from "./threads.ts";

/** Events that must happen some day, and those that may. */
export function eventsOf(crew: Crew): Option[] {
  const { books, host, hands, machine } = crew;
  const open: Option[] = [];
  const may = (name: string, must = false) => open.push({ name, must });
  if ((machine.threads[0] as Thread).jobs.length > 0) may("turn", true);
  if (crew.backlog.length > 0 && host.freeCells > 0) may("submit", true);
  if (crew.left.mails > 0) may("mail", true);
  const taken = hands.filter(({ buried }) => !buried).length;
  const room = taken < host.layout.slots && !crew.closed;
  if (crew.missing > 0 && room) may("replace", true);
  const busy = hands.some((hand) =>
    !hand.fenced && !hand.dismissed && hand.thread.pending?.kind === "spin"
  );
  const closes = books.settled && crew.quietMail() &&
    crew.left.mails === 0;
  // Nobody may go on looking for nothing: closing would hide it.
  if (closes && !crew.closed) may("close", !busy);
  const working = hands.filter((one) => !one.fenced && !one.dismissed);
  hands.forEach((hand, at) => {
    const alive = hand.thread.state === "ready";
    if (!alive && !hand.buried) may(`exit ${at}`, true);
    const sweeps = alive && hand.fenced && !hand.buried;
    if (sweeps && crew.held(hand)) may(`sweep ${at}`, true);
    if (alive && hand.exited && !hand.buried) may(`exited ${at}`);
    if (hand.owed > 0 && !hand.fenced) may(`answer ${at}`, true);
    if (hand.fenced) return;
    if (!hand.buried && crew.left.suspicions > 0) may(`suspect ${at}`);
    const others = working.length > 1 || crew.left.spares > 0;
    if (crew.closed || hand.dismissed || !others) return;
    if (crew.left.dismissals > 0) may(`dismiss ${at}`);
  });
  if (crew.left.terminates > 0 && !crew.ended) may("terminate");
  if (crew.closed) return open;
  if (crew.left.steals > 0) may("steal");
  if (crew.left.stops > 0) {
    for (const cell of crew.cells.keys()) may(`stop ${cell}`);
  }
  if (crew.left.cancels > 0) {
    for (const cell of crew.cells.keys()) may(`cancel ${cell}`);
  }
  return open;
}
