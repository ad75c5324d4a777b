/**
 * A pool in small: one host whose event loop takes up one event per turn, in
 * any order, and workers that claim, run, publish and sleep as
 * `workers/loop.ts` does. What the order is and where anybody is stopped,
 * killed or declared dead, the explorer decides.
 */
import {
  ARGS,
  RESULT,
  type RingHost,
  type Shape,
  TASK_NUMBER,
} from "../../ring/mod.ts";
import { Books } from "./books.ts";
import { checkRest, RingWatch } from "./crew_checks.ts";
import {
  argumentOf,
  type Budget,
  budgetOf,
  type CrewOptions,
  type Hand,
  resultOf,
} from "./crew_options.ts";
import type { Machine } from "./machine.ts";
import {
  Failure,
  op,
  type Option,
  type Steps,
  type Thread,
} from "./threads.ts";
import { ArgumentArena } from "./payload.ts";
import { ringsOf, type Stepped } from "./rings.ts";
import { workerSteps } from "./crew_worker.ts";

/** One run. */
export class Crew {
  readonly machine: Machine;
  readonly options: CrewOptions;
  readonly host: Stepped<RingHost>;
  readonly books: Books;
  readonly hands: Hand[] = [];
  readonly arena: ArgumentArena | null;
  readonly #backlog: number[] = [];
  readonly #cells = new Map<number, number>();
  closed = false;
  /** What may still happen, how often. */
  readonly #left: Budget;
  #missing = 0;
  readonly #ring: RingWatch;

  constructor(machine: Machine, options: CrewOptions) {
    this.machine = machine;
    this.options = options;
    this.books = new Books(options.tasks);
    this.#left = budgetOf(options);
    const slots = options.slots ?? options.workers + (options.spares ?? 0);
    const shape: Shape = { cells: options.cells, slots, queues: 1 };
    const { RingHost } = ringsOf(machine);
    this.host = new RingHost(shape, options.first ?? 0);
    this.arena = options.arena ? new ArgumentArena(machine) : null;
    for (let task = 0; task < options.tasks; task++) this.#backlog.push(task);
    machine.spawn("host", this.#hostSteps());
    machine.quiet = () => checkRest(this);
    const { words, layout } = this.host;
    this.#ring = new RingWatch(words, layout, options.first ?? 0);
    machine.watch = (thread, { label }) => {
      if (label === "D5" || /^S[456]$/.test(label)) this.#ring.check();
      if (label === "H1") this.books.looked();
      if (label === "R6") this.books.published(this.handOf(thread).slot);
    };
    // The first workers exist before the first step; replacements take steps.
    for (let i = 0; i < options.workers; i++) machine.atOnce(this.#enlist());
  }

  handOf(thread: Thread): Hand {
    return this.hands.find((hand) => hand.thread === thread) as Hand;
  }

  // ---- the host ---------------------------------------------------------------

  *#hostSteps(): Steps<void> {
    yield op("boot");
    while (!this.closed || this.hands.some(({ buried }) => !buried)) {
      const event = yield op("choose", undefined, () => this.#events());
      const [name, number] = String(event).split(" ");
      this.machine.runJobs();
      yield* this.#handle(name as string, Number(number));
      yield* this.#turn();
      this.machine.forgetRound();
    }
  }

  /** Drains, arms, looks again, waits: src/pool/pulse.ts in short. */
  *#turn(): Steps<void> {
    for (;;) {
      yield* this.host.drain(
        (cell, slot) => this.#settle(cell, slot),
        (slot) => this.#attend(slot),
      );
      if (this.books.settled && this.#quietMail()) return;
      const { again, wait } = yield* this.host.sleep();
      if (again) continue;
      // Without a reaction of ours there would be no turn.
      wait?.then(() => {});
      return;
    }
  }

  *#handle(event: string, number: number): Steps<void> {
    const hand = this.hands[number] as Hand;
    if (event === "submit") yield* this.#submit();
    else if (event === "exit") yield* this.#bury(hand);
    else if (event === "sweep") {
      yield* this.host.sweep(hand.slot, this.#found(hand));
    } else if (event === "suspect") {
      this.#left.suspicions--;
      yield* this.#fence(hand);
    } else if (event === "dismiss") {
      this.#left.dismissals--;
      yield* this.#dismiss(hand);
    } else if (event === "steal") {
      this.#left.steals--;
      yield* this.host.steal((cell) => this.#giveBack(cell));
    } else if (event === "cancel") {
      this.#left.cancels--;
      if (yield* this.host.cancel(number)) {
        this.#release(number, this.#end(number, "C"));
      }
    } else if (event === "mail") {
      this.#left.mails--;
      for (const each of this.hands) {
        if (!each.fenced && !each.dismissed) yield* this.#mail(each, "news");
      }
    } else if (event === "answer") {
      hand.owed--;
      yield* this.#mail(hand, "answer");
    } else if (event === "replace") {
      this.#missing--;
      yield* this.#enlist();
    } else if (event === "close") {
      this.closed = true;
      for (const each of this.hands) {
        if (!each.fenced) yield* this.#dismiss(each);
      }
    }
  }

  #events(): Option[] {
    const { books, host, hands, machine } = this;
    const open: Option[] = [];
    const may = (name: string, must = false) => open.push({ name, must });
    if ((machine.threads[0] as Thread).jobs.length > 0) may("turn", true);
    if (this.#backlog.length > 0 && host.freeCells > 0) may("submit", true);
    if (this.#left.mails > 0) may("mail", true);
    const taken = hands.filter(({ buried }) => !buried).length;
    const room = taken < host.layout.slots && !this.closed;
    if (this.#missing > 0 && room) may("replace", true);
    const busy = hands.some((hand) =>
      !hand.fenced && !hand.dismissed && hand.thread.pending?.kind === "spin"
    );
    // Only when it is certain that nobody goes on looking for nothing.
    const closes = books.settled && this.#quietMail() &&
      this.#left.mails === 0 &&
      !busy;
    if (closes && !this.closed) may("close", true);
    const working = hands.filter((one) => !one.fenced && !one.dismissed);
    hands.forEach((hand, at) => {
      const alive = hand.thread.state === "ready";
      if (!alive && !hand.buried) may(`exit ${at}`, true);
      if (alive && hand.fenced && this.#held(hand)) may(`sweep ${at}`, true);
      if (hand.owed > 0 && !hand.fenced) may(`answer ${at}`, true);
      if (this.closed || hand.fenced) return;
      if (alive && this.#left.suspicions > 0) may(`suspect ${at}`);
      if (this.#left.dismissals > 0 && !hand.dismissed && working.length > 1) {
        may(`dismiss ${at}`);
      }
    });
    if (this.closed) return open;
    if (this.#left.steals > 0) may("steal");
    if (this.#left.cancels > 0) {
      for (const cell of this.#cells.keys()) may(`cancel ${cell}`);
    }
    return open;
  }

  // A zombie may claim something after it was swept.
  #held({ slot, quarantine }: Hand): boolean {
    const cells = [...this.#cells.keys()];
    return this.#ring.holds(
      slot,
      cells.filter((one) => !quarantine.includes(one)),
    );
  }

  *#enlist(): Steps<void> {
    const slot = yield* this.host.enlist(0);
    if (slot < 0) throw new Failure("no slot is free");
    const hand = {
      ...{ slot, fenced: false, buried: false, dismissed: false },
      ...{ inbox: [], outbox: [], sent: 0, readInbox: 0, attended: 0 },
      ...{ owed: 0, quarantine: [] },
    } as unknown as Hand;
    this.hands.push(hand);
    this.books.enlisted(slot);
    const name = `worker ${this.hands.length - 1}`;
    (hand as { thread: Thread }).thread = this.machine.spawn(
      name,
      workerSteps(this, hand),
    );
  }

  *#submit(): Steps<void> {
    const { machine, host, options } = this;
    for (let n = options.burst ?? 1; n > 0 && host.freeCells > 0; n--) {
      const task = this.#backlog.shift();
      if (task === undefined) break;
      const cell = host.acquire();
      this.#cells.set(cell, task);
      const base = host.layout.cell(cell);
      machine.put(host.words, base + TASK_NUMBER, task);
      machine.put(host.words, base + ARGS, argumentOf(task));
      if (this.arena) {
        const place = this.arena.write(task, argumentOf(task));
        machine.put(host.words, base + ARGS + 1, place.segment);
        machine.put(host.words, base + ARGS + 2, place.offset);
      }
      const slot = options.private?.[task] ?? -1;
      const own = slot >= 0 && (yield* host.stageFor(slot, cell));
      this.books.bind(task, own ? slot : -1);
      if (!own) yield* host.stage(0, cell);
    }
    yield* host.publish();
  }

  #settle(cell: number, slot: number): void {
    const { machine, host } = this;
    const hand = this.hands.findLast((one) => one.slot === slot) as Hand;
    if (hand.fenced) throw new Failure("a fenced worker's result was settled");
    this.machine.observe(slot);
    const task = this.#end(cell, "R");
    const base = host.layout.cell(cell);
    const value = machine.get(host.words, base + RESULT);
    if (value !== resultOf(task)) {
      throw new Failure(`task ${task} has a foreign result: ${value}`);
    }
    // What it posted before it published comes first.
    const posted = hand.outbox.indexOf(task);
    if (this.options.asks && posted >= hand.attended) {
      throw new Failure(`task ${task} was settled before its message`);
    }
    this.#release(cell, task);
  }

  #end(cell: number, how: "R" | "L" | "C"): number {
    const task = this.#cells.get(cell);
    if (task === undefined) throw new Failure(`cell ${cell} holds no task`);
    this.machine.observe(cell * 4 + "RLC".indexOf(how));
    this.books.end(task, how);
    return task;
  }

  #release(cell: number, task: number): void {
    this.#cells.delete(cell);
    this.arena?.free(task);
    this.host.release(cell);
  }

  #giveBack(cell: number): void {
    const task = this.#cells.get(cell);
    if (task === undefined) throw new Failure(`cell ${cell} holds no task`);
    this.machine.observe(cell * 4 + 3);
    this.#cells.delete(cell);
    this.books.giveBack(task);
    this.arena?.free(task);
    this.#backlog.unshift(task);
  }

  #found(hand: Hand) {
    return {
      unstarted: (cell: number): void => this.#giveBack(cell),
      started: (cell: number): void => {
        this.#end(cell, "L");
        hand.quarantine.push(cell);
      },
    };
  }

  *#fence(hand: Hand): Steps<void> {
    if (hand.fenced) return;
    this.books.fences(hand.slot);
    yield* this.host.fence(
      hand.slot,
      (cell, slot) => this.#settle(cell, slot),
      this.#found(hand),
    );
    this.books.looked();
    hand.fenced = true;
    if (this.#left.spares-- > 0 && !this.closed) this.#missing++;
  }

  *#dismiss(hand: Hand): Steps<void> {
    hand.dismissed = true;
    yield* this.host.dismiss(hand.slot);
  }

  /** The thread has ended: a certificate. */
  *#bury(hand: Hand): Steps<void> {
    this.machine.races.joined(0, hand.thread.id);
    yield* this.#fence(hand);
    yield* this.host.sweep(hand.slot, this.#found(hand));
    for (const cell of hand.quarantine.splice(0)) {
      this.#release(cell, this.#cells.get(cell) as number);
    }
    this.host.certify(hand.slot);
    hand.buried = true;
  }

  // ---- messages ---------------------------------------------------------------

  *#mail(hand: Hand, text: string): Steps<void> {
    hand.inbox.push(text);
    yield* this.host.setMail(hand.slot, ++hand.sent, true);
  }

  #attend(slot: number): void {
    const hand = this.hands.findLast((one) => one.slot === slot) as Hand;
    this.machine.observe(hand.outbox.length);
    const fresh = hand.outbox.length - hand.attended;
    hand.attended += fresh;
    if (this.options.asks === "wait") hand.owed += fresh;
  }

  /** Whether every message was read, of those who live. */
  #quietMail(): boolean {
    return this.hands.every((hand) =>
      hand.fenced || hand.dismissed || hand.thread.state !== "ready" ||
      (hand.attended === hand.outbox.length && hand.owed === 0 &&
        hand.readInbox === hand.inbox.length)
    );
  }
}
