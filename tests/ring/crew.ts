/**
 * A host with workers in one thread, and the books about every task: how
 * often it was run and settled, and how it ended.
 */
import {
  ARGS,
  isQueued,
  type Recovered,
  RESULT,
  RingHost,
  RingWorker,
  TASK_NUMBER,
} from "../../ring/mod.ts";
import { is, ok } from "../support/assert.ts";

/** How a task ended. */
export type End = "result" | "lost" | "cancelled";

/** One host, its workers and its books. */
export class Crew {
  readonly host: RingHost;
  /** By task number. */
  readonly runs: number[] = [];
  readonly ends: End[][] = [];
  /** Tasks that recovery gave back, first in line first. */
  readonly waiting: number[] = [];
  readonly quarantine: number[] = [];

  constructor(cells: number, first = 0, slots = 4) {
    this.host = new RingHost({ cells, slots, queues: 1 }, first);
  }

  /** Starts a worker: the object a thread would make. */
  worker(): RingWorker {
    const slot = this.host.enlist(0);
    const { buffer } = this.host;
    const worker = new RingWorker({ buffer, slot, queue: 0 });
    worker.ready();
    return worker;
  }

  /** Accepts a task and answers its number; {@link place} puts it into a cell. */
  accept(): number {
    this.runs.push(0);
    this.ends.push([]);
    return this.runs.length - 1;
  }

  /** Stages a task; its cell, or -1 when none is free. */
  place(task: number, slot = -1): number {
    const { host } = this;
    const cell = host.acquire();
    if (cell < 0) return -1;
    const base = host.layout.cell(cell);
    host.words[base + TASK_NUMBER] = task;
    host.words[base + ARGS] = task * 3 + 1;
    if (slot < 0) host.stage(0, cell);
    else ok(host.stageFor(slot, cell));
    return cell;
  }

  /** Accepts and places `count` tasks and publishes them; answers their cells. */
  send(count: number, slot = -1): number[] {
    const cells: number[] = [];
    for (let i = 0; i < count; i++) cells.push(this.place(this.accept(), slot));
    this.host.publish();
    return cells;
  }

  /** Places what recovery gave back. */
  resend(): void {
    while (this.waiting.length > 0) {
      if (this.place(this.waiting[0] as number) < 0) break;
      this.waiting.shift();
    }
    this.host.publish();
  }

  /** What a worker does with a claimed cell; whether it was still its own. */
  run(worker: RingWorker, cell: number): boolean {
    if (!worker.start(cell)) return false;
    const base = worker.layout.cell(cell);
    const task = worker.words[base + TASK_NUMBER] as number;
    (this.runs[task] as number)++;
    worker.words[base + RESULT] = (worker.words[base + ARGS] as number) * 7;
    worker.done.stage(cell);
    return true;
  }

  /** Claims, runs and publishes until nothing is left. */
  work(worker: RingWorker, limit = 32): number {
    let total = 0;
    for (let count; (count = worker.claim(limit)) > 0; total += count) {
      for (let i = 0; i < count; i++) {
        this.run(worker, worker.mine[i] as number);
      }
      worker.done.publish();
    }
    return total;
  }

  readonly settle = (cell: number): void => {
    const base = this.host.layout.cell(cell);
    const task = this.host.words[base + TASK_NUMBER] as number;
    is(this.host.words[base + RESULT], (task * 3 + 1) * 7, "foreign bytes");
    this.end(cell, "result");
    this.host.release(cell);
  };

  drain(): number {
    return this.host.drain(this.settle);
  }

  readonly found: Recovered = {
    unstarted: (cell) => void this.waiting.unshift(this.taskOf(cell)),
    started: (cell) => {
      this.end(cell, "lost");
      this.quarantine.push(cell);
    },
  };

  fence(worker: RingWorker): void {
    this.host.fence(worker.slot, this.settle, this.found);
  }

  /** The worker is certainly dead. */
  bury(worker: RingWorker): void {
    this.fence(worker);
    this.host.sweep(worker.slot, this.found);
    for (const cell of this.quarantine.splice(0)) this.host.release(cell);
    this.host.certify(worker.slot);
  }

  taskOf(cell: number): number {
    return this.host.words[
      this.host.layout.cell(cell) + TASK_NUMBER
    ] as number;
  }

  end(cell: number, how: End): void {
    (this.ends[this.taskOf(cell)] as End[]).push(how);
  }

  /** Cancels the task in a cell and books it; false when it may have started. */
  cancel(cell: number): boolean {
    if (!this.host.cancel(cell)) return false;
    this.end(cell, "cancelled");
    this.host.release(cell);
    return true;
  }

  /** Everything settled once, run at most once, and every cell free. */
  checkQuiet(): void {
    this.ends.forEach((ends, task) => {
      is(ends.length, 1, `task ${task} settled ${ends.length} times: ${ends}`);
      const runs = this.runs[task] as number;
      ok(runs <= 1, `task ${task} ran ${runs} times`);
      if (ends[0] === "result") is(runs, 1, `task ${task} has a result`);
      if (ends[0] === "cancelled") is(runs, 0, `cancelled task ${task} ran`);
    });
    is(this.host.freeCells, this.host.layout.cells, "cells are missing");
    for (let cell = 0; cell < this.host.layout.cells; cell++) {
      ok(!isQueued(this.host.stateOf(cell)), `cell ${cell} is queued`);
    }
  }
}
