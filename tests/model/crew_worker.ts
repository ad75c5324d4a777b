/** A worker of the crew: one round after the other until it is told to leave. */
import { ARGS, RESULT, type RingWorker, TASK_NUMBER } from "../../ring/mod.ts";
import type { Crew } from "./crew.ts";
import { argumentOf, type Hand, resultOf } from "./crew_options.ts";
import { boot, Failure, op, type Option, type Steps } from "./threads.ts";
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
  /** All of it that decides what this worker does. */
  readonly has: () => unknown;
}

/** The program of a worker thread. */
export function* workerSteps(crew: Crew, hand: Hand): Steps<void> {
  yield boot("E1");
  const { machine, options } = crew;
  const { RingWorker } = ringsOf(machine);
  const { buffer } = crew.host;
  const ring = new RingWorker({ buffer, slot: hand.slot, queue: 0 });
  const { ownEvents = 0, unstarts = false } = options;
  const round: Round = {
    ...{ crew, hand, ring, sleeps: 0, ownEvents },
    // Only the first worker is of the kind that gives tasks back.
    unstarts: unstarts && crew.hands.indexOf(hand) === 0,
    has: () => {
      const slept = options.park === "mixed" ? Math.min(round.sleeps, 1) : 0;
      return [ring, slept, round.ownEvents];
    },
  };
  yield* ring.ready();
  let ran = 0;
  for (;;) {
    forget(round, 10);
    machine.mark();
    if (yield* ring.stopped()) break;
    const count = yield* ring.claim(options.batch ?? 1);
    const cells = [...ring.mine.subarray(0, count)];
    if (options.polite) {
      yield* ring.setLoad(count);
      // As many milliseconds as tasks: it only has to change.
      yield* ring.setBusy(ran += count);
      yield* ring.hasLessBusyPeer(count);
    }
    for (let cell = cells.shift(); cell !== undefined; cell = cells.shift()) {
      forget(round, 11, [cell, ...cells]);
      // The process behind this worker is gone: so is the worker.
      if (!(yield* runTask(round, cell))) return;
    }
    forget(round, 12 + Math.min(count, 1));
    yield* ring.done.publish();
    if (count === 0) yield* sleep(round);
  }
  // Whoever was declared dead is ended by others. Asked before EXITED, after
  // which the slot, and with it STOP, may be another worker's.
  yield* ring.fenced();
  yield* ring.exited();
  hand.exited = true;
  // The thread takes its time to end, and what it has left of user code does
  // not know.
  yield op("boot");
  yield* ring.done.posted();
}

/** What a worker was told matters no more: here is all it has. */
function forget(round: Round, place: number, cells: number[] = []): void {
  round.crew.machine.forget(place, round.has, cells);
}

function* runTask(round: Round, cell: number): Steps<boolean> {
  const { crew, hand, ring } = round;
  const { machine, books } = crew;
  if (!(yield* ring.start(cell))) return true;
  if (round.unstarts) {
    yield* ring.unstart(cell);
    return false;
  }
  const base = ring.layout.cell(cell);
  const task = machine.get(ring.words, base + TASK_NUMBER);
  machine.observe(task);
  const value = machine.get(ring.words, base + ARGS);
  let right = value === argumentOf(task);
  if (crew.arena) {
    const segment = machine.get(ring.words, base + ARGS + 1);
    const offset = machine.get(ring.words, base + ARGS + 2);
    right &&= crew.arena.read(task, segment, offset, value);
  }
  books.run(task, hand.slot, right);
  if (crew.options.meets) yield* meet(crew);
  if (crew.options.stops) yield* lookTwice(round, cell, task);
  if (crew.options.asks && !(yield* ask(round, task))) return false;
  machine.put(ring.words, base + RESULT, resultOf(task));
  books.staged(hand.slot, task);
  yield* ring.done.stage(cell);
  return true;
}

/** User code that looks whether it shall stop, and does not. */
function* lookTwice(round: Round, cell: number, task: number): Steps<void> {
  const { crew, hand, ring: { words, layout } } = round;
  const { isCancelRequested, cancelPayload } = ringsOf(crew.machine);
  for (let look = 0; look < 2; look++) {
    if (cancelPayload(words, layout, cell) !== task + 1) {
      throw new Failure(`task ${task} is another attempt`);
    }
    const asked = yield* isCancelRequested(words, layout, cell);
    if (asked && !hand.inbox.includes(`stop ${task}`)) {
      throw new Failure(`task ${task} was asked to stop without a reason`);
    }
  }
}

/** User code that waits for all other tasks to run. */
function* meet({ books }: Crew): Steps<void> {
  yield op(
    "choose",
    () =>
      books.runs.every((runs) => runs > 0) ? [{ name: "met", must: true }] : [],
  );
}

function* sleep(round: Round): Steps<void> {
  const { crew, ring } = round;
  const { park = "sync" } = crew.options;
  if (crew.options.spins && (yield* ring.hasNews())) return;
  yield* readMail(round);
  if (!(yield* ring.sleepy())) {
    // Somebody else has to do something before another look is of use.
    yield op("spin");
    return;
  }
  round.sleeps++;
  crew.machine.unmark();
  forget(round, 14);
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
  const event = yield op("choose", () => {
    const open: Option[] = [];
    if (jobs.length > 0) open.push({ name: "turn", must: true });
    if (round.ownEvents > 0) open.push({ name: "own", must: false });
    return open;
  });
  if (event === "own") {
    round.ownEvents--;
  }
  machine.runJobs();
}

function* readMail({ crew, hand, ring }: Round): Steps<boolean> {
  const { mails, asks, stops } = crew.options;
  if (!mails && !asks && !stops) return false;
  if (!(yield* ring.hasMail())) return false;
  crew.machine.observe(hand.inbox.length);
  hand.readInbox = hand.inbox.length;
  return true;
}

/**
 * Posts a message and, if wanted, takes no tasks before the answer. False: it
 * was declared dead meanwhile, and what it waits for will never come.
 */
function* ask(round: Round, task: number): Steps<boolean> {
  const { hand, ring, crew } = round;
  const answers = hand.inbox.filter((text) => text === "answer").length;
  crew.machine.observe(answers);
  hand.outbox.push(task);
  yield* ring.done.posted();
  if (crew.options.asks !== "wait") return true;
  for (;;) {
    if ((yield* ring.stopped()) && (yield* ring.fenced())) return false;
    yield* readMail(round);
    const read = hand.inbox.slice(0, hand.readInbox);
    const more = read.filter((text) => text === "answer").length > answers;
    crew.machine.observe(Number(more));
    if (more) return true;
    if (yield* ring.listen()) yield* waitForTurn(round);
  }
}
