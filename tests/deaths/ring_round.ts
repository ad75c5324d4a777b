/**
 * One host on the raw rings, one worker that survives, and one after another
 * that dies as it is told. After each death the promises of ring/README.md are
 * checked, on what tasks and callers counted.
 */
import {
  ARGS,
  isQueued,
  MASK,
  RESULT,
  RESULT_OFFSET,
  RingHost,
  TASK_NUMBER,
} from "../../ring/mod.ts";
import { runtime } from "../../src/runtime/mod.ts";
import { is, ok } from "../support/assert.ts";
import { open, reached, sharedWords } from "../support/words.ts";
import { AFTER, GO, TAKEN } from "./gap.ts";
import { type Hand, hire, isStopped } from "./hand.ts";
import { arm, takePassed } from "./orders.ts";
import { RECORD, WAITS } from "./post.ts";
import type { Death, Numbers, Survey, Work } from "./ring_death.ts";

const CELLS = 8;
const TASKS = 1 << 16;
const ATTEMPTS = 3;

/** Has workers die. */
export class RingRound {
  readonly #numbers: Numbers;
  readonly #books = sharedWords(TASKS);
  readonly #gate = sharedWords(1);
  /** By task. */
  readonly #ends: string[][] = [];
  readonly #attempts: number[] = [];
  readonly #waiting: number[] = [];
  readonly #hands = new Map<number, Hand>();
  readonly #quarantine: number[] = [];
  #host!: RingHost;
  #survivor!: Hand;
  #retry = false;
  #opened = 0;
  #pending: Promise<unknown> = Promise.resolve();
  #changed: () => void = () => {};

  constructor(numbers: Numbers) {
    this.#numbers = numbers;
    this.#begin();
  }

  #begin(): void {
    this.#host = new RingHost({ cells: CELLS, slots: 3, queues: 1 });
    this.#survivor = this.#hire(false);
  }

  /** Lets a worker live, and tells what it came to. */
  async survey(): Promise<Survey> {
    const one = this.#hire(false);
    await this.#asleep(one);
    const early = takePassed(one.orders);
    await this.#hold();
    await this.#work(one, "many");
    this.#letGo();
    // Twice: one that looks asleep may be on its way to that still.
    await this.#work(one, "own");
    await this.#asleep(one);
    const late = takePassed(one.orders);
    await this.#leave(one);
    this.#bury(one);
    const last = [...takePassed(one.orders)].filter((point) =>
      !late.has(point)
    );
    return { early, late, last: new Set(last) };
  }

  /**
   * One death; does not resolve when the worker never comes to the point.
   *
   * @throws when a promise is broken
   */
  async die(death: Death): Promise<void> {
    this.#retry = death.retry;
    const first = this.#ends.length;
    const doomed = this.#hire(
      death.point === this.#numbers.awaits,
      death.moment === "early" ? death : undefined,
    );
    await this.#asleep(doomed);
    if (death.moment !== "early") {
      // Whoever finished a task last is woken first.
      await this.#work(doomed, "own");
      await this.#asleep(doomed);
      if (death.work === "many") await this.#hold();
      arm(doomed.orders, death);
    }
    // It wakes a host only that sleeps, which one that is quick does not meet.
    for (let i = 0; i < (death.moment === "late" ? 1000 : 1); i++) {
      await this.#work(doomed, death.work);
    }
    if (death.moment === "last") this.#host.dismiss(doomed.slot);
    await this.#until(() => doomed.gone || isStopped(doomed));
    this.#host.fence(doomed.slot, this.#settle, this.#found);
    const lost = this.#lost(first);
    if (doomed.gone) this.#bury(doomed);
    this.#resend();
    this.#letGo();
    is(doomed.orders[TAKEN], 1, "it ended before it came there");
    is(lost > 0, death.loses, `${lost} started tasks are lost`);
    await this.#until(() => this.#quiet(first));
    if (isStopped(doomed)) await this.#resume(doomed, death);
    this.#send(this.#accept());
    this.#host.publish();
    await this.#until(() => this.#quiet(first));
    this.#check(first);
  }

  /** What there is to say of a death that does not end. */
  describe(): string {
    const open = this.#ends.flatMap((ends, task) => ends.length ? [] : [task]);
    const { freeCells } = this.#host;
    return `tasks open: ${open}, ${freeCells} cells free, quarantine ${this.#quarantine}`;
  }

  /** Sends the survivor home. */
  async end(): Promise<void> {
    await this.#leave(this.#survivor);
    this.#bury(this.#survivor);
  }

  // ---- workers ------------------------------------------------------------------

  #hire(awaits: boolean, death?: Death): Hand {
    const slot = this.#host.enlist(0);
    ok(slot >= 0, "no slot is free");
    const hand = hire({
      buffer: this.#host.buffer,
      slot,
      books: this.#books,
      gate: this.#gate,
      awaits,
    }, death);
    void hand.stopped.then(() => this.#changed());
    void hand.exit.then(() => this.#changed());
    this.#hands.set(slot, hand);
    return hand;
  }

  /** Until a worker announced a sleep, or stopped. */
  async #asleep(hand: Hand): Promise<void> {
    const { words } = this.#host;
    while (!hand.gone && !isStopped(hand)) {
      if ((Atomics.load(words, MASK) & (1 << hand.slot)) !== 0) return;
      // Nobody is told of an announcement.
      await new Promise((resolve) => setTimeout(resolve, 1));
      this.#host.drain(this.#settle, () => {});
    }
  }

  /** Keeps the survivor busy. */
  async #hold(): Promise<void> {
    const task = this.#accept();
    this.#send(task, this.#survivor.slot, WAITS);
    this.#host.publish();
    await reached(this.#books, task, 1);
  }

  #letGo(): void {
    open(this.#gate, 0, ++this.#opened);
  }

  /** Gives a worker something to do, until all of it ended or the worker stopped. */
  async #work(hand: Hand, work: Work): Promise<void> {
    const first = this.#ends.length;
    if (hand.gone || isStopped(hand)) return;
    for (let i = 0; i < (work === "one" ? 1 : 3); i++) {
      this.#send(this.#accept(), work === "own" ? hand.slot : -1);
    }
    this.#host.publish();
    await this.#until(() => hand.gone || isStopped(hand) || this.#quiet(first));
  }

  /** Sends a worker home. */
  #leave(hand: Hand): Promise<void> {
    this.#host.dismiss(hand.slot);
    return this.#until(() => hand.gone);
  }

  /** A zombie goes on, or is stopped; what it does from here on is nobody's. */
  async #resume(zombie: Hand, { way }: Death): Promise<void> {
    if (way === "terminate") {
      await zombie.thread.terminate();
      await zombie.exit;
      if (runtime.exitIsCertain) return this.#bury(zombie);
    }
    // Something to claim, and nobody else to claim it.
    await this.#hold();
    this.#send(this.#accept());
    this.#host.publish();
    open(zombie.orders, GO);
    if (way !== "terminate") await zombie.exit;
    else if (!zombie.awaits && !this.#host.hasExited(zombie.slot)) {
      await reached(zombie.orders, AFTER + this.#numbers.exited, 1);
    }
    const certain = way !== "terminate" || this.#host.hasExited(zombie.slot);
    if (certain) this.#bury(zombie);
    else this.#host.sweep(zombie.slot, this.#found);
    this.#resend();
    this.#letGo();
    if (!certain) await this.#beginAnew();
  }

  // Its slot and its cells are in quarantine for good.
  async #beginAnew(): Promise<void> {
    await this.#until(() => this.#quiet(0));
    await this.end();
    this.#begin();
  }

  /** The worker certainly runs no more. */
  #bury(hand: Hand): void {
    this.#host.fence(hand.slot, this.#settle, this.#found);
    this.#host.sweep(hand.slot, this.#found);
    for (const cell of this.#quarantine.splice(0)) this.#host.release(cell);
    this.#host.certify(hand.slot);
    this.#resend();
  }

  // ---- tasks ----------------------------------------------------------------------

  #accept(): number {
    this.#attempts.push(0);
    return this.#ends.push([]) - 1;
  }

  /** Stages a task, in the private ring of `slot` if there is one. */
  #send(task: number, slot = -1, given = task * 3): void {
    const { words, layout } = this.#host;
    const cell = this.#host.acquire();
    ok(cell >= 0, "no cell is free");
    (this.#attempts[task] as number)++;
    words[layout.cell(cell) + TASK_NUMBER] = task;
    words[layout.cell(cell) + ARGS] = given;
    if (slot < 0) this.#host.stage(0, cell);
    else ok(this.#host.stageFor(slot, cell));
  }

  #resend(): void {
    for (const task of this.#waiting.splice(0)) this.#send(task);
    this.#host.publish();
  }

  readonly #found = {
    unstarted: (cell: number): void => {
      const task = this.#taskIn(cell);
      // Not another attempt: this one never began.
      (this.#attempts[task] as number)--;
      this.#waiting.unshift(task);
    },
    started: (cell: number): void => {
      const task = this.#taskIn(cell);
      this.#quarantine.push(cell);
      if (this.#retry && (this.#attempts[task] as number) < ATTEMPTS) {
        this.#waiting.push(task);
      } else this.#end(task, "lost");
    },
  };

  readonly #settle = (cell: number, slot: number): void => {
    const { words, layout } = this.#host;
    const base = layout.cell(cell);
    const task = this.#taskIn(cell);
    const given = words[base + ARGS] as number;
    is(words[base + RESULT], Math.imul(task, 31) ^ given, "foreign result");
    const { reader } = this.#hands.get(slot) as Hand;
    const at = words[base + RESULT_OFFSET] as number;
    const record = reader.bytes(0)?.subarray(at, at + RECORD) ?? [];
    ok(record.every((byte) => byte === (task & 255)), "foreign bytes");
    reader.free(0, at, RECORD);
    this.#end(task, "result");
    this.#host.release(cell);
  };

  #end(task: number, how: string): void {
    (this.#ends[task] as string[]).push(how);
  }

  #taskIn(cell: number): number {
    const { words, layout } = this.#host;
    return words[layout.cell(cell) + TASK_NUMBER] as number;
  }

  // ---- what must hold ---------------------------------------------------------------

  async #until(holds: () => boolean): Promise<void> {
    for (;;) {
      const changed = new Promise<void>((resolve) => this.#changed = resolve);
      this.#host.drain(this.#settle, () => {});
      if (holds()) return;
      const { again, wait } = this.#host.sleep();
      if (again) continue;
      if (wait !== null) this.#pending = wait;
      await Promise.race([changed, this.#pending]);
    }
  }

  #quiet(first: number): boolean {
    return this.#ends.slice(first).every(({ length }) => length > 0);
  }

  /** Started tasks that were lost, or sent again. */
  #lost(first: number): number {
    const lost = this.#ends.slice(first).filter(([end]) => end === "lost");
    return lost.length +
      this.#waiting.filter((task) => (this.#attempts[task] as number) > 0)
        .length;
  }

  #check(first: number): void {
    const host = this.#host;
    for (let task = first; task < this.#ends.length; task++) {
      const ends = this.#ends[task] as string[];
      is(ends.length, 1, `task ${task} ended as ${ends}`);
      const runs = this.#books[task] as number;
      const attempts = this.#attempts[task] as number;
      ok(runs <= attempts, `task ${task} ran ${runs} times of ${attempts}`);
      if (ends[0] === "result") ok(runs > 0, `task ${task} did not run`);
    }
    is(host.freeCells, CELLS, "cells are missing");
    for (let cell = 0; cell < CELLS; cell++) {
      ok(!isQueued(host.stateOf(cell)), `cell ${cell} is queued`);
    }
  }
}
