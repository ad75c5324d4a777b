/**
 * A pool in small: one host whose event loop takes up one event per turn, in
 * any order, and workers that claim, run, publish and sleep as
 * `workers/loop.ts` does. What the order is and where anybody is stopped,
 * killed or declared dead, the explorer decides.
 */
import {
  ARGS,
  HEAD,
  isClaimed,
  isRunning,
  ownerOf,
  RESCUED,
  RESULT,
  type Shape,
  STATE,
  TAIL,
  TASK_NUMBER,
} from "../../ring/mod.ts";
import { Books } from "./books.ts";
import type { Scenario } from "./explorer.ts";
import {
  Failure,
  type Machine,
  op,
  type Option,
  type Steps,
  type Thread,
} from "./machine.ts";
import { ArgumentArena } from "./payload.ts";
import { ringsOf, type Stepped } from "./rings.ts";
import type { RingHost } from "../../ring/mod.ts";
import { workerSteps } from "./crew_worker.ts";

/** How a worker sleeps; "mixed": first with a promise, then blocking. */
export type Park = "sync" | "async" | "mixed";

/** One instance of the pool. */
export interface CrewOptions {
  readonly name: string;
  readonly tasks: number;
  readonly cells: number;
  readonly workers: number;
  /** Where rings begin. */
  readonly first?: number;
  /** Cells per claim. */
  readonly batch?: number;
  /** Tasks per submit event. */
  readonly burst?: number;
  /** The first tasks, one per entry, go to this worker's private ring. */
  readonly private?: readonly number[];
  readonly park?: Park;
  /** Events of its own that wake a worker in its event loop. */
  readonly ownEvents?: number;
  readonly kills?: number;
  readonly timeouts?: number;
  /** How often a live worker is declared dead. */
  readonly suspicions?: number;
  readonly cancels?: number;
  readonly steals?: number;
  readonly dismissals?: number;
  /** Replacements for workers that were fenced. */
  readonly spares?: number;
  /** Every task posts a message to the host; "wait": and waits for an answer. */
  readonly asks?: "tell" | "wait";
  /** Urgent messages to each worker. */
  readonly mails?: number;
  /** A worker that forwards: gives its first task back unstarted and ends. */
  readonly unstarts?: boolean;
  /** Arguments lie in the arena. */
  readonly arena?: boolean;
  /** Each task waits in its user code until all of them run. */
  readonly meets?: boolean;
  /** Places for workers; by default one for each there will be. */
  readonly slots?: number;
  /** Workers say how busy they are and look at their peers. */
  readonly polite?: boolean;
}

/** What the host knows of one worker. */
export interface Hand {
  readonly slot: number;
  readonly thread: Thread;
  fenced: boolean;
  buried: boolean;
  dismissed: boolean;
  /** Messages to the worker, and to the host: about which task. */
  readonly inbox: string[];
  readonly outbox: number[];
  sent: number;
  readInbox: number;
  attended: number;
  /** Answers it waits for. */
  owed: number;
  quarantine: number[];
}

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
  #closed = false;
  #unsent: number;
  #suspicions: number;
  #cancels: number;
  #steals: number;
  #dismissals: number;
  #spares: number;
  #missing = 0;
  #head: number;

  constructor(machine: Machine, options: CrewOptions) {
    this.machine = machine;
    this.options = options;
    this.books = new Books(options.tasks);
    const slots = options.slots ?? options.workers + (options.spares ?? 0);
    const shape: Shape = { cells: options.cells, slots, queues: 1 };
    const { RingHost } = ringsOf(machine);
    this.host = new RingHost(shape, options.first ?? 0);
    this.arena = options.arena ? new ArgumentArena(machine) : null;
    for (let task = 0; task < options.tasks; task++) this.#backlog.push(task);
    this.#unsent = options.mails ?? 0;
    this.#suspicions = options.suspicions ?? 0;
    this.#cancels = options.cancels ?? 0;
    this.#steals = options.steals ?? 0;
    this.#dismissals = options.dismissals ?? 0;
    this.#spares = options.spares ?? 0;
    machine.spawn("host", this.#hostSteps());
    machine.quiet = () => this.#checkRest();
    this.#head = options.first ?? 0;
    machine.watch = (thread, { label }) => {
      if (label === "D5" || /^S[456]$/.test(label)) this.#checkRing();
      if (label === "H1") this.books.looked();
      if (label === "R6") this.books.published(this.handOf(thread).slot);
    };
    // The first workers exist before the first step; replacements take steps.
    for (let i = 0; i < options.workers; i++) machine.atOnce(this.#enlist());
  }

  /** What the run came to. */
  get outcome(): string {
    const { words, layout } = this.host;
    const rescued = this.hands.some(({ slot }) =>
      words[layout.slot(slot) + RESCUED] !== 0
    );
    return this.books.outcome + (rescued ? " rescued" : "");
  }

  handOf(thread: Thread): Hand {
    return this.hands.find((hand) => hand.thread === thread) as Hand;
  }

  // ---- the host ---------------------------------------------------------------

  *#hostSteps(): Steps<void> {
    yield op("boot");
    while (!this.#closed || this.hands.some(({ buried }) => !buried)) {
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
      this.#suspicions--;
      yield* this.#fence(hand);
    } else if (event === "dismiss") {
      this.#dismissals--;
      yield* this.#dismiss(hand);
    } else if (event === "steal") {
      this.#steals--;
      yield* this.host.steal((cell) => this.#giveBack(cell));
    } else if (event === "cancel") {
      this.#cancels--;
      if (yield* this.host.cancel(number)) {
        this.#release(number, this.#end(number, "C"));
      }
    } else if (event === "mail") {
      this.#unsent--;
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
      this.#closed = true;
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
    if (this.#unsent > 0) may("mail", true);
    const taken = hands.filter(({ buried }) => !buried).length;
    const room = taken < host.layout.slots && !this.#closed;
    if (this.#missing > 0 && room) may("replace", true);
    const busy = hands.some((hand) =>
      !hand.fenced && !hand.dismissed && hand.thread.pending?.kind === "spin"
    );
    // Only when it is certain that nobody goes on looking for nothing.
    const closes = books.settled && this.#quietMail() && this.#unsent === 0 &&
      !busy;
    if (closes && !this.#closed) may("close", true);
    const working = hands.filter((one) => !one.fenced && !one.dismissed);
    hands.forEach((hand, at) => {
      const alive = hand.thread.state === "ready";
      if (!alive && !hand.buried) may(`exit ${at}`, true);
      if (alive && hand.fenced && this.#holds(hand)) may(`sweep ${at}`, true);
      if (hand.owed > 0 && !hand.fenced) may(`answer ${at}`, true);
      if (this.#closed || hand.fenced) return;
      if (alive && this.#suspicions > 0) may(`suspect ${at}`);
      if (this.#dismissals > 0 && !hand.dismissed && working.length > 1) {
        may(`dismiss ${at}`);
      }
    });
    if (this.#closed) return open;
    if (this.#steals > 0) may("steal");
    if (this.#cancels > 0) {
      for (const cell of this.#cells.keys()) may(`cancel ${cell}`);
    }
    return open;
  }

  /** Whether a zombie claimed something after it was swept. */
  #holds(hand: Hand): boolean {
    const { words, layout } = this.host;
    for (const cell of this.#cells.keys()) {
      const state = words[layout.cell(cell) + STATE] as number;
      if (hand.quarantine.includes(cell)) continue;
      if (!isClaimed(state) && !isRunning(state)) continue;
      if (ownerOf(state) === hand.slot) return true;
    }
    return false;
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
    if (this.#spares-- > 0 && !this.#closed) this.#missing++;
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

  /** HEAD never goes back, and never passes TAIL. */
  #checkRing(): void {
    const { words, layout } = this.host;
    const base = layout.ring(0);
    const head = words[base + HEAD] as number;
    const held = ((words[base + TAIL] as number) - head) | 0;
    if (((head - this.#head) | 0) < 0) throw new Failure("HEAD went back");
    if (held < 0) throw new Failure("HEAD passed TAIL");
    if (held > layout.cells) throw new Failure("the ring holds too much");
    this.#head = head;
  }

  // ---- at rest ----------------------------------------------------------------

  #checkRest(): void {
    const { books, host } = this;
    if ((this.machine.threads[0] as Thread).state !== "done") {
      const asleep = this.machine.threads
        .filter((thread) => thread.state === "ready")
        .map((thread) => `${thread.name} at ${thread.pending?.label}`);
      const why = books.settled && asleep.some((one) => one.endsWith("spin"))
        ? "a worker looks for work that is not there"
        : !books.settled
        ? `tasks ${books.outcome}`
        : this.#closed
        ? "somebody does not leave"
        : "messages are not read";
      throw new Failure(`stuck: ${why}: ${asleep.join(", ")}`);
    }
    if (host.freeCells !== this.options.cells) {
      throw new Failure(`${host.freeCells} cells are free at the end`);
    }
    if (this.arena && this.arena.used > 0) {
      throw new Failure("blocks are in use at the end");
    }
  }
}

/** The arguments of a task. */
export function argumentOf(task: number): number {
  return task * 3 + 1;
}

/** Its result. */
export function resultOf(task: number): number {
  return argumentOf(task) * 7;
}

/** How tasks may end: lost only with a worker, cancelled only if asked for. */
function allowedOf(
  { kills, suspicions, cancels, timeouts }: CrewOptions,
): RegExp {
  const lost = kills || suspicions ? "L" : "";
  const cancelled = cancels ? "C" : "";
  // A slice that ends between a publish and its wake is counted as a rescue.
  return new RegExp(
    `^[R${lost}${cancelled}]+${timeouts ? "( rescued)?" : ""}$`,
  );
}

/** A scenario of one crew. */
export function crewScenario(options: CrewOptions): Scenario {
  let crew: Crew;
  return {
    name: options.name,
    kills: options.kills ?? 0,
    allowed: allowedOf(options),
    timeouts: options.timeouts ?? 0,
    start: (machine) => void (crew = new Crew(machine, options)),
    outcome: () => crew.outcome,
  };
}
