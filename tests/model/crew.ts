/**
 * A pool in small: one host whose event loop takes up one event per turn, in
 * any order, and workers that claim, run, publish and sleep as
 * `workers/loop.ts` does. What the order is and where anybody is stopped,
 * killed or declared dead, the search decides.
 */
import {
  CELL_WORDS,
  RESULT,
  type RingHost,
  type Shape,
  STATE,
  STOP,
} from "../../ring/mod.ts";
import { Books, type End } from "./books.ts";
import { checkRest, RingWatch } from "./crew_checks.ts";
import {
  type Budget,
  budgetOf,
  type CrewOptions,
  type Hand,
  resultOf,
} from "./crew_options.ts";
import type { Machine } from "./machine.ts";
import { Failure, NONE, type Thread } from "./threads.ts";
import { ArgumentArena } from "./payload.ts";
import { HostProgram } from "./crew_host.ts";
import { ringsOf, type Stepped } from "./rings.ts";

/** One run. */
export class Crew {
  readonly machine: Machine;
  readonly options: CrewOptions;
  readonly host: Stepped<RingHost>;
  readonly books: Books;
  readonly hands: Hand[] = [];
  readonly arena: ArgumentArena | null;
  readonly backlog: number[] = [];
  /** The task in each cell in use. */
  readonly cells: Map<number, number> = new Map();
  closed = false;
  /** Everybody was declared dead: nothing is queued again. */
  ended = false;
  /** What may still happen, how often. */
  readonly left: Budget;
  missing = 0;
  readonly ring: RingWatch;

  constructor(machine: Machine, options: CrewOptions) {
    this.machine = machine;
    this.options = options;
    this.books = new Books(options.tasks);
    this.left = budgetOf(options);
    const slots = options.slots ?? options.workers + (options.spares ?? 0);
    const shape: Shape = { cells: options.cells, slots, queues: 1 };
    const { RingHost } = ringsOf(machine);
    this.host = new RingHost(shape, options.first ?? 0);
    this.arena = options.arena ? new ArgumentArena(machine) : null;
    for (let task = 0; task < options.tasks; task++) this.backlog.push(task);
    const program = new HostProgram(this);
    machine.spawn("host", program.steps());
    machine.quiet = () => checkRest(this);
    machine.world = () => this.#state();
    const { words, layout } = this.host;
    this.ring = new RingWatch(words, layout, options.first ?? 0);
    machine.watch = (thread, { label, words: touched }) => {
      if (thread.id > 0 && this.handOf(thread).exited && touched !== NONE) {
        throw new Failure(`${thread.name} touched ${label} after EXITED`);
      }
      if (label === "D5" || /^S[456]$/.test(label)) this.ring.check();
      if (label === "H1") this.books.looked();
      if (label === "R6") this.books.published(this.handOf(thread).slot);
    };
    machine.victim = ({ index }) =>
      this.hands.findLast(({ slot }) => layout.slot(slot) + STOP === index)
        ?.thread;
    // The first workers exist before the first step; replacements take steps.
    for (let i = 0; i < options.workers; i++) {
      machine.atOnce(program.enlist());
    }
  }

  /** What several threads change beside shared memory. */
  #state(): unknown {
    const each = this.hands.map((hand) => [
      ...[hand.inbox, hand.outbox, hand.readInbox, hand.exited],
    ]);
    return [this.books.state(), each];
  }

  /** What the host has. */
  readonly notes = (): unknown => {
    const each = this.hands.map((hand) => [
      ...[hand.slot, hand.fenced, hand.buried, hand.dismissed],
      ...[hand.quarantine, hand.sent, hand.attended, hand.owed],
    ]);
    return [
      ...[this.host, this.backlog, this.cells, this.closed, this.ended],
      ...[this.left, this.missing, each, this.arena?.state()],
    ];
  };

  handOf(thread: Thread): Hand {
    return this.hands[thread.id - 1] as Hand;
  }

  // A zombie may claim something after it was swept.
  held({ slot, quarantine }: Hand): boolean {
    const cells = [...this.cells.keys()];
    return this.ring.holds(
      slot,
      cells.filter((one) => !quarantine.includes(one)),
    );
  }

  settle(cell: number, slot: number): void {
    const { machine, host } = this;
    const hand = this.hands.findLast((one) => one.slot === slot) as Hand;
    if (hand.fenced) throw new Failure("a fenced worker's result was settled");
    this.machine.observe(slot);
    const task = this.end(cell, "R");
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
    this.release(cell, task);
  }

  end(cell: number, how: End): number {
    const task = this.cells.get(cell);
    if (task === undefined) throw new Failure(`cell ${cell} holds no task`);
    this.machine.observe(cell * 4 + "RLCU".indexOf(how));
    this.books.end(task, how);
    return task;
  }

  release(cell: number, task: number): void {
    this.cells.delete(cell);
    this.arena?.free(task);
    this.#clear(cell);
    this.host.release(cell);
  }

  /** The payload of a cell that is free; a zombie may not read it any more. */
  #clear(cell: number): void {
    const { machine, host: { words, layout } } = this;
    const base = layout.cell(cell);
    for (let at = base + STATE + 1; at < base + CELL_WORDS; at++) {
      if (words[at] !== 0) machine.put(words, at, 0);
    }
  }

  giveBack(cell: number): void {
    const task = this.cells.get(cell);
    if (task === undefined) throw new Failure(`cell ${cell} holds no task`);
    this.machine.observe(cell * 4 + 3);
    this.cells.delete(cell);
    this.arena?.free(task);
    if (this.ended) return this.books.end(task, "U");
    this.books.giveBack(task);
    this.backlog.unshift(task);
  }

  found(hand: Hand) {
    return {
      unstarted: (cell: number): void => this.giveBack(cell),
      started: (cell: number): void => {
        this.end(cell, "L");
        hand.quarantine.push(cell);
      },
    };
  }

  attend(slot: number): void {
    const hand = this.hands.findLast((one) => one.slot === slot) as Hand;
    this.machine.observe(hand.outbox.length);
    const fresh = hand.outbox.length - hand.attended;
    hand.attended += fresh;
    if (this.options.asks === "wait") hand.owed += fresh;
  }

  /** Whether every message was read, of those who live. */
  quietMail(): boolean {
    return this.hands.every((hand) =>
      hand.fenced || hand.dismissed || hand.thread.state !== "ready" ||
      (hand.attended === hand.outbox.length && hand.owed === 0 &&
        hand.readInbox === hand.inbox.length)
    );
  }
}
