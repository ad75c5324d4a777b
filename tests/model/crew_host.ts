/**
 * The program of the host of a crew: its event loop takes up one event per
 * turn, in any order.
 */
import {
  ARGS,
  CANCEL,
  LOAD,
  MAIL,
  PARK,
  POSTED,
  QUEUE,
  READY,
  TASK_NUMBER,
} from "../../ring/mod.ts";
import type { Crew } from "./crew.ts";
import { eventsOf } from "./crew_events.ts";
import { argumentOf, type Hand } from "./crew_options.ts";
import { workerSteps } from "./crew_worker.ts";
import { ringsOf } from "./rings.ts";
import { Failure, op, type Steps, type Thread } from "./threads.ts";

/** Of one run. */
export class HostProgram {
  readonly #crew: Crew;

  constructor(crew: Crew) {
    this.#crew = crew;
  }

  *steps(): Steps<void> {
    const crew = this.#crew;
    const { machine } = crew;
    yield op("boot");
    while (!crew.closed || crew.hands.some(({ buried }) => !buried)) {
      machine.forget(1, crew.notes);
      const event = yield op("choose", () => eventsOf(crew));
      const [name, number] = String(event).split(" ");
      machine.runJobs();
      yield* this.#handle(name as string, Number(number));
      yield* this.#turn();
    }
    yield* crew.host.bell.end();
    if (machine.promises() > 0) throw new Failure("a promise is left behind");
  }

  /** Drains, arms, looks again, waits: src/pool/pulse.ts in short. */
  *#turn(): Steps<void> {
    const crew = this.#crew;
    const { machine, host } = crew;
    for (;;) {
      machine.forget(2, crew.notes);
      yield* host.drain(
        (cell, slot) => crew.settle(cell, slot),
        (slot) => crew.attend(slot),
      );
      machine.forget(3, crew.notes);
      const idle = crew.books.settled && crew.quietMail();
      machine.observe(Number(idle));
      if (idle) return;
      const { again, wait } = yield* host.sleep();
      if (again) continue;
      // Without a reaction of ours there would be no turn.
      wait?.then(() => {});
      return;
    }
  }

  *#handle(event: string, number: number): Steps<void> {
    const crew = this.#crew;
    const hand = crew.hands[number] as Hand;
    if (event === "submit") yield* this.#submit();
    else if (event === "exit") {
      crew.machine.races.joined(0, hand.thread.id);
      yield* this.#bury(hand);
    } else if (event === "exited") {
      if (yield* crew.host.hasExited(hand.slot)) yield* this.#bury(hand);
    } else if (event === "sweep") {
      yield* crew.host.sweep(hand.slot, crew.found(hand));
    } else if (event === "suspect") {
      crew.left.suspicions--;
      yield* this.#fence(hand);
    } else if (event === "dismiss") {
      crew.left.dismissals--;
      yield* this.#dismiss(hand);
    } else if (event === "steal") {
      crew.left.steals--;
      yield* crew.host.steal((cell) => crew.giveBack(cell));
    } else if (event === "cancel") {
      crew.left.cancels--;
      if (yield* crew.host.cancel(number)) {
        crew.release(number, crew.end(number, "C"));
      }
    } else if (event === "mail") {
      crew.left.mails--;
      for (const each of crew.hands) {
        if (!each.fenced && !each.dismissed) yield* this.#mail(each, "news");
      }
    } else if (event === "answer") {
      hand.owed--;
      yield* this.#mail(hand, "answer");
    } else if (event === "replace") {
      crew.missing--;
      yield* this.enlist();
    } else if (event === "stop") {
      crew.left.stops--;
      yield* this.#stop(number);
    } else if (event === "terminate") {
      crew.left.terminates--;
      yield* this.#terminate();
    } else if (event === "close") {
      crew.closed = true;
      for (const each of crew.hands) {
        if (!each.fenced) yield* this.#dismiss(each);
      }
    }
  }

  *enlist(): Steps<void> {
    const crew = this.#crew;
    const slot = yield* crew.host.enlist(0);
    if (slot < 0) throw new Failure("no slot is free");
    const hand = {
      ...{ slot, fenced: false, buried: false, dismissed: false },
      ...{ inbox: [], outbox: [], sent: 0, readInbox: 0, attended: 0 },
      ...{ owed: 0, quarantine: [], exited: false },
    } as unknown as Hand;
    crew.hands.push(hand);
    crew.books.enlisted(slot);
    const name = `worker ${crew.hands.length - 1}`;
    (hand as { thread: Thread }).thread = crew.machine.spawn(
      name,
      workerSteps(crew, hand),
    );
  }

  *#submit(): Steps<void> {
    const crew = this.#crew;
    const { machine, host, options } = crew;
    for (let n = options.burst ?? 1; n > 0 && host.freeCells > 0; n--) {
      const task = crew.backlog.shift();
      if (task === undefined) break;
      machine.observe(task);
      const cell = host.acquire();
      crew.cells.set(cell, task);
      const base = host.layout.cell(cell);
      machine.put(host.words, base + TASK_NUMBER, task);
      machine.put(host.words, base + ARGS, argumentOf(task));
      machine.put(host.words, base + CANCEL, (task + 1) << 1);
      if (crew.arena) {
        const place = crew.arena.write(task, argumentOf(task));
        machine.put(host.words, base + ARGS + 1, place.segment);
        machine.put(host.words, base + ARGS + 2, place.offset);
      }
      const slot = options.private?.[task] ?? -1;
      const own = slot >= 0 && (yield* host.stageFor(slot, cell));
      crew.books.bind(task, own ? slot : -1);
      if (!own) yield* host.stage(0, cell);
    }
    yield* host.publish(options.wanted);
  }

  *#fence(hand: Hand): Steps<void> {
    const crew = this.#crew;
    if (hand.fenced) return;
    crew.books.fences(hand.slot);
    yield* crew.host.fence(
      hand.slot,
      (cell, slot) => crew.settle(cell, slot),
      crew.found(hand),
    );
    crew.books.looked();
    hand.fenced = true;
    if (crew.left.spares-- > 0 && !crew.closed) crew.missing++;
  }

  *#dismiss(hand: Hand): Steps<void> {
    const crew = this.#crew;
    hand.dismissed = true;
    yield* crew.host.dismiss(hand.slot);
    if (!crew.closed && crew.left.spares-- > 0) crew.missing++;
  }

  /** Asks a running task to stop: the reason first, then the request. */
  *#stop(cell: number): Steps<void> {
    const crew = this.#crew;
    const { host, machine } = crew;
    const { requestCancel } = ringsOf(machine);
    const slot = yield* host.runnerOf(cell);
    const hand = crew.hands.findLast((one) => one.slot === slot);
    if (hand === undefined || hand.fenced) return;
    yield* this.#mail(hand, `stop ${crew.cells.get(cell)}`);
    yield* requestCancel(host.words, host.layout, cell);
  }

  /** Declares everybody dead: what no worker started is given up. */
  *#terminate(): Steps<void> {
    const crew = this.#crew;
    crew.closed = crew.ended = true;
    for (const each of crew.hands) yield* this.#fence(each);
    for (const task of crew.backlog.splice(0)) crew.books.end(task, "U");
    for (const cell of [...crew.cells.keys()]) {
      if (!(yield* crew.host.cancel(cell))) continue;
      crew.release(cell, crew.end(cell, "U"));
    }
  }

  /** The thread has ended, or says that it touches nothing: a certificate. */
  *#bury(hand: Hand): Steps<void> {
    const crew = this.#crew;
    yield* this.#fence(hand);
    yield* crew.host.sweep(hand.slot, crew.found(hand));
    for (const cell of hand.quarantine.splice(0)) {
      crew.release(cell, crew.cells.get(cell) as number);
    }
    crew.host.certify(hand.slot);
    hand.buried = true;
    const { words, layout } = crew.host;
    const base = layout.slot(hand.slot);
    for (const at of [LOAD, READY, POSTED, PARK, QUEUE, MAIL]) {
      crew.machine.memory.scrub(words, base + at, base + at + 1);
    }
    const done = layout.done(hand.slot);
    crew.machine.memory.scrub(words, done, done + layout.cells);
  }

  *#mail(hand: Hand, text: string): Steps<void> {
    const crew = this.#crew;
    hand.inbox.push(text);
    yield* crew.host.setMail(hand.slot, ++hand.sent, true);
  }
}
