/** A worker of the crew: one round after the other until it is told to leave. */
import { ARGS, RESULT, type RingWorker, TASK_NUMBER } from "../../ring/mod.ts";
import type { Crew } from "./crew.ts";
import { argumentOf, type Hand, resultOf } from "./crew_options.ts";
import { op, type Option, type Steps } from "./threads.ts";
import { ringsOf, type Stepped } from "./rings.ts";

type Ring = Stepped<RingWorker>;

/** What one worker remembers between rounds. */
interface Round {
  readonly crew: Crew;
  readonly hand: Hand;
  readonly ring: Ring;
  sleeps: number;
  ownEvents: number;
  unstarts: boolean;
}

/** The program of a worker thread. */
export function* workerSteps(crew: Crew, hand: Hand): Steps<void> {
  yield op("boot");
  const { RingWorker } = ringsOf(crew.machine);
  const { buffer } = crew.host;
  const ring = new RingWorker({ buffer, slot: hand.slot, queue: 0 });
  const { ownEvents = 0, unstarts = false } = crew.options;
  const round = {
    ...{ crew, hand, ring, sleeps: 0, ownEvents },
    // Only the first worker is of the kind that gives tasks back.
    unstarts: unstarts && hand.slot === 0,
  };
  yield* ring.ready();
  for (;;) {
    crew.machine.forgetRound();
    crew.machine.mark();
    if (yield* ring.stopped()) break;
    const count = yield* ring.claim(crew.options.batch ?? 1);
    if (crew.options.polite) {
      yield* ring.setLoad(count);
      yield* ring.hasLessBusyPeer(count);
    }
    const cells = [...ring.mine.subarray(0, count)];
    for (const cell of cells) {
      // The process behind this worker is gone: so is the worker.
      if (!(yield* runTask(round, cell))) return;
    }
    yield* ring.done.publish();
    if (count === 0) yield* sleep(round);
  }
  // Whoever was declared dead is ended by others.
  if (!(yield* ring.fenced())) yield* ring.exited();
}

function* runTask(round: Round, cell: number): Steps<boolean> {
  const { crew, hand, ring } = round;
  const { machine, books } = crew;
  if (!(yield* ring.start(cell))) return true;
  machine.observe(cell);
  if (round.unstarts) {
    yield* ring.unstart(cell);
    return false;
  }
  const base = ring.layout.cell(cell);
  const task = machine.get(ring.words, base + TASK_NUMBER);
  const value = machine.get(ring.words, base + ARGS);
  let right = value === argumentOf(task);
  if (crew.arena) {
    const segment = machine.get(ring.words, base + ARGS + 1);
    const offset = machine.get(ring.words, base + ARGS + 2);
    right &&= crew.arena.read(task, segment, offset, value);
  }
  books.run(task, hand.slot, right);
  if (crew.options.meets) yield* meet(crew);
  if (crew.options.asks) yield* ask(round, task);
  machine.put(ring.words, base + RESULT, resultOf(task));
  books.staged(hand.slot, task);
  yield* ring.done.stage(cell);
  return true;
}

/** User code that waits for all other tasks to run. */
function* meet({ books }: Crew): Steps<void> {
  yield op(
    "choose",
    undefined,
    () =>
      books.runs.every((runs) => runs > 0) ? [{ name: "met", must: true }] : [],
  );
}

function* sleep(round: Round): Steps<void> {
  const { crew, ring } = round;
  const { park = "sync" } = crew.options;
  yield* readMail(round);
  if (!(yield* ring.sleepy())) {
    // Somebody else has to do something before another look is of use.
    yield op("spin");
    return;
  }
  round.sleeps++;
  if (park === "mixed") crew.machine.observe(round.sleeps > 1 ? 1 : 0);
  if (park === "sync" || (park === "mixed" && round.sleeps > 1)) {
    yield* ring.awake(!(yield* ring.bell.wait(1000)));
  } else {
    yield* waitForTurn(round);
    yield* ring.awake(false);
  }
}

/** Sleeps in the event loop. */
function* waitForTurn(round: Round): Steps<void> {
  const { machine } = round.crew;
  const wait = yield* round.ring.waitAsync();
  wait?.then(() => {});
  const { jobs } = round.hand.thread;
  const event = yield op("choose", undefined, () => {
    const open: Option[] = [];
    if (jobs.length > 0) open.push({ name: "turn", must: true });
    if (round.ownEvents > 0) open.push({ name: "own", must: false });
    return open;
  });
  if (event === "own") {
    round.ownEvents--;
    machine.observe(round.ownEvents);
  }
  machine.runJobs();
}

function* readMail({ crew, hand, ring }: Round): Steps<boolean> {
  if (!crew.options.mails && !crew.options.asks) return false;
  if (!(yield* ring.hasMail())) return false;
  crew.machine.observe(hand.inbox.length);
  hand.readInbox = hand.inbox.length;
  return true;
}

/** Posts a message and, if wanted, takes no tasks before the answer. */
function* ask(round: Round, task: number): Steps<void> {
  const { hand, ring, crew } = round;
  const answers = hand.inbox.filter((text) => text === "answer").length;
  hand.outbox.push(task);
  yield* ring.done.posted();
  if (crew.options.asks !== "wait") return;
  for (;;) {
    yield* readMail(round);
    const read = hand.inbox.slice(0, hand.readInbox);
    if (read.filter((text) => text === "answer").length > answers) return;
    if (yield* ring.listen()) yield* waitForTurn(round);
  }
}
