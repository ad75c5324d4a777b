/**
 * A pool one of whose workers dies as it is told. Its calls, its cells and its
 * arena are checked against what tasks counted themselves.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { Pool, type PoolOptions, tasks } from "../../mod.ts";
import { RESULT_STATUS } from "../../ring/mod.ts";
import { COMPUTES } from "../../src/frame.ts";
import { runtime } from "../../src/runtime/mod.ts";
import { is, ok } from "../support/assert.ts";
import { open, reached, sharedWords } from "../support/words.ts";
import { AFTER, GO, LOCK, ORDER_WORDS, PAUSED, TAKEN } from "./gap.ts";
import { Afterlife } from "./afterlife.ts";
import { Books } from "./books.ts";
import { Calls, EMPTY, IDS, PAUSING } from "./calls.ts";
import { arm, numbersOf, type Order, takePassed } from "./orders.ts";

const jobs = tasks<typeof import("./tasks.ts")>(
  new URL("./tasks.ts", import.meta.url),
);

/** How one worker of a pool dies. */
export interface PoolDeath extends Order {
  readonly retry: boolean;
  /** Calls go through the private rings. */
  readonly own: boolean;
  readonly startMethod: "thread" | "process";
  /** Bytes of the larger arguments and results. */
  readonly load: number;
  /** When it gets its orders: with it, later, later and it holds nothing, or when the pool closes. */
  readonly moment: "early" | "late" | "idle" | "last";
}

/** What a pool came to. */
export interface PoolSurvey {
  readonly early: ReadonlySet<number>;
  readonly late: ReadonlySet<number>;
  readonly last: ReadonlySet<number>;
}

const CELLS = 8;
const CALLS = 14;
const HOLD = 1;
const STAY = 2;
/** What a worker gets that is to run out of it. */
const HEAP = { maxOldGenerationSizeMb: 64 };

/** A pool and the worker that dies in it. */
export class PoolRound {
  readonly #death: PoolDeath;
  readonly #orders = sharedWords(ORDER_WORDS);
  readonly #counts = sharedWords(IDS);
  readonly #gate = sharedWords(1);
  readonly #books = new Books();
  readonly #folder = mkdtempSync(join(tmpdir(), "whorl-deaths-"));
  readonly #calls: Calls;
  readonly #afterlife: Afterlife;
  #pool!: Pool;

  constructor(death: PoolDeath) {
    this.#death = death;
    this.#calls = new Calls(death, this.#counter, this.#counts);
    const lives = death.way === "pause" || death.way === "spin";
    this.#afterlife = new Afterlife(this.#orders, lives);
  }

  get #pauses(): boolean {
    return PAUSING.has(this.#death.way);
  }

  get #counter(): Int32Array | string {
    return this.#death.startMethod === "thread"
      ? this.#counts
      : join(this.#folder, "counts");
  }

  /** Whether a worker came to the point. @throws when a promise is broken */
  async run(): Promise<boolean> {
    writeFileSync(join(this.#folder, "counts"), "");
    try {
      if (this.#death.moment === "early") arm(this.#orders, this.#death);
      this.#pool = new Pool(this.#options());
      return await (this.#pauses ? this.#pauseOne() : this.#loseOne());
    } finally {
      this.#pool.terminate();
      await this.#pool.join();
      this.#dispose();
    }
  }

  /** What there is to say of a round that does not end. */
  describe(): string {
    const { host, quarantine } = this.#books;
    const followed = this.#taken ? "followed" : "not followed";
    const { length } = this.#afterlife.ended;
    return `orders ${followed}, ${length} threads, ${this.#calls.describe()}, ${host.freeCells} cells free, ${quarantine.size} in quarantine`;
  }

  /** Operations on the rings by a worker that woke after it was declared dead. */
  get deeds(): number {
    return this.#orders.subarray(AFTER).reduce((sum, count) => sum + count, 0);
  }

  /** What workers come to that nothing happens to. */
  async survey(): Promise<PoolSurvey> {
    const pool = this.#pool = new Pool(this.#options());
    await this.#warm();
    const early = takePassed(this.#orders);
    const stay = this.#pauses ? await this.#stay() : null;
    takePassed(this.#orders);
    this.#calls.send(this.#pool, CALLS);
    await this.#calls.settled();
    this.#calls.send(this.#pool, CALLS);
    await this.#calls.settled();
    const late = takePassed(this.#orders);
    if (stay !== null) pool.terminate();
    else pool.close();
    await stay?.catch(() => {});
    await pool.join();
    const last = takePassed(this.#orders);
    this.#dispose();
    return { early, late, last };
  }

  #dispose(): void {
    this.#afterlife[Symbol.dispose]();
    this.#books[Symbol.dispose]();
    rmSync(this.#folder, { recursive: true });
  }

  #options(): PoolOptions {
    const { startMethod, retry, way } = this.#death;
    const env = startMethod === "process"
      ? { env: { ...process.env, [LOCK]: join(this.#folder, "lock") } }
      : {};
    return {
      workers: this.#pauses ? 1 : 2,
      concurrency: 4,
      ringCapacity: CELLS,
      startMethod,
      retries: retry ? 2 : 0,
      gracePeriod: this.#pauses ? 0 : 1000,
      finalizer: jobs.leaves,
      ...env,
      ...(way === "heap" ? { resourceLimits: HEAP } : {}),
    };
  }

  // ---- deaths -----------------------------------------------------------------------

  async #loseOne(): Promise<boolean> {
    const { moment } = this.#death;
    if (moment !== "early") await this.#warm();
    if (moment === "late") await this.#give();
    this.#calls.send(this.#pool, CALLS);
    if (moment === "last") {
      await this.#calls.settled();
      await this.#give();
      // Others close, while there is something left.
      this.#calls.send(this.#pool, 4);
    } else await this.#calls.settled();
    // A worker comes to some points only once it has nothing to do.
    for (let i = 0; i < 20 && moment === "late" && !this.#taken; i++) {
      await wait(i);
      this.#calls.send(this.#pool, 4);
      await this.#calls.settled();
    }
    if (moment !== "last") {
      this.#calls.send(this.#pool, 4);
      await this.#calls.settled();
      this.#checkCells();
    }
    this.#pool.close();
    await this.#pool.join();
    await this.#calls.settled();
    await this.#calls.check();
    is(this.#books.host.freeCells, CELLS, "free cells at the end");
    is(this.#books.blocks.size, 0, "blocks in use at the end");
    return this.#taken;
  }

  async #pauseOne(): Promise<boolean> {
    const { moment, way } = this.#death;
    await this.#warm();
    const controller = new AbortController();
    const stay = moment === "late" ? this.#stay(controller.signal) : null;
    const stayed = (await stay)?.catch((error: unknown) => error);
    arm(this.#orders, this.#death);
    this.#calls.send(this.#pool, CALLS);
    let paused = false;
    const pause = reached(this.#orders, PAUSED, 1).then(() => paused = true);
    if (moment === "last") {
      // Where it seldom comes it may come before.
      await Promise.race([pause, this.#calls.settled()]);
      if (!paused) this.#pool.close();
    }
    // A worker comes to some points only once it has nothing to do.
    for (let i = 0; i < 20 && moment !== "last" && !paused; i++) {
      await Promise.race([pause, this.#calls.settled().then(() => wait(i))]);
      if (!paused) this.#calls.send(this.#pool, 4);
    }
    await Promise.race([pause, wait(5000)]);
    // Ends the wait too.
    open(this.#orders, PAUSED);
    if (!paused) return false;
    // A worker is left alone while it computes for somebody, and nobody aborts
    // a broadcast.
    const ends = stay === null || (this.#computes && this.#death.own);
    if (ends) this.#pool.terminate();
    else controller.abort(new Error("enough"));
    const why = (await stayed as Error | undefined)?.message;
    ok(ends || why === "enough", why);
    if (!ends && this.#computes) this.#calls.abort();
    await this.#calls.settled();
    if (!ends) {
      // Nobody tells when the worker is given up.
      while (this.#cells !== CELLS) await wait(1);
    }
    if (way === "terminate") open(this.#orders, GO);
    else await this.#revive(!ends);
    if (!ends) {
      this.#calls.send(this.#pool, 4);
      await this.#calls.settled();
    }
    this.#pool.terminate();
    await this.#pool.join();
    await this.#calls.check();
    return true;
  }

  /** A zombie wakes while there is something to claim and nobody else to claim it. */
  async #revive(answers: boolean): Promise<void> {
    // On Deno it ends when it comes to its event loop, and tells nobody.
    const [ended] = this.#afterlife.ended as [Promise<void>];
    const end = () => runtime.exitIsCertain ? ended : wait(200);
    if (!answers) {
      open(this.#orders, GO);
      return await end();
    }
    const holding = this.#pool.apply(jobs.holds, [
      this.#counts,
      HOLD,
      this.#gate,
    ]);
    await reached(this.#counts, HOLD, 1);
    // Enough to lie wherever those it had lay.
    this.#calls.send(this.#pool, 20);
    open(this.#orders, GO);
    await end();
    open(this.#gate, 0);
    await holding;
    await this.#calls.settled();
    this.#checkCells();
    if (!runtime.exitIsCertain) return;
    // Its certificate is found by a look that the pool takes while it works.
    while (this.#books.quarantine.size > 0) {
      await this.#pool.apply(jobs.meets, [this.#counts, 3, "waits", EMPTY]);
    }
    this.#checkCells();
    is(this.#books.blocks.size, 0, "blocks in use");
  }

  // ---- calls ------------------------------------------------------------------------

  async #warm(): Promise<void> {
    await this.#pool.broadcast(jobs.meets, [this.#counter, 3, "number", EMPTY]);
  }

  /** Something that a worker holds, so that the pool has a reason to stop it. */
  async #stay(
    signal?: AbortSignal,
  ): Promise<{ catch: Promise<never>["catch"] }> {
    const call = this.#pool.apply(
      jobs.stays,
      [this.#counts, STAY],
      signal === undefined ? {} : { signal, retries: 0 },
    );
    call.catch(() => {});
    await reached(this.#counts, STAY, 1);
    return { catch: (...how) => call.catch(...how) };
  }

  // ---- orders -----------------------------------------------------------------------

  async #give(): Promise<void> {
    if (this.#death.startMethod === "thread") {
      return arm(this.#orders, this.#death);
    }
    const order = numbersOf(this.#death);
    // Its orders may hit the very task that brings them.
    await this.#pool.broadcast(jobs.arms, order).catch(() => {});
  }

  get #taken(): boolean {
    return this.#death.startMethod === "thread"
      ? Atomics.load(this.#orders, TAKEN) === 1
      : existsSync(join(this.#folder, "lock"));
  }

  // ---- what must hold -----------------------------------------------------------------

  /** Every cell is free, or one that a worker may write to still. */
  #checkCells(): void {
    is(this.#cells, CELLS, "cells free or in quarantine");
  }

  /** Whether a worker is in the synchronous part of a task. */
  get #computes(): boolean {
    const { host } = this.#books;
    const cells = [...Array(CELLS).keys()];
    return cells.some((cell) =>
      host.runnerOf(cell) >= 0 &&
      host.words[host.layout.cell(cell) + RESULT_STATUS] === COMPUTES
    );
  }

  get #cells(): number {
    const { host, quarantine } = this.#books;
    return host.freeCells + quarantine.size;
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
