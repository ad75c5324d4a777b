/** Tasks in one worker: to stop one does not touch another. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  Pool,
  type StartMethod,
  tasks,
  WorkerLostError,
} from "../../../mod.ts";
import { equal, is, not, rejects } from "../../support/assert.ts";
import { Meeting } from "../../support/meeting.ts";
import { startMethods } from "../../support/start_methods.ts";
import { suite } from "../../support/suite.ts";

const test = suite("Pool neighbours");
const stopping = tasks<typeof import("../../fixtures/stopping.ts")>(
  new URL("../../fixtures/stopping.ts", import.meta.url),
);
const meeting = tasks<typeof import("../../fixtures/meeting.ts")>(
  new URL("../../fixtures/meeting.ts", import.meta.url),
);

/** Longer than a worker on a busy machine is silent. */
const GRACE_MS = 200;

/** One worker, a task in it that ignores its signal, and one that computes. */
class Street implements AsyncDisposable {
  readonly pool: Pool;
  readonly place: Meeting;
  readonly #gracePeriod: number;
  #others = 0;
  readonly #folder = mkdtempSync(join(tmpdir(), "whorl-neighbours-"));

  private constructor(
    startMethod: StartMethod,
    gracePeriod: number,
    place: Meeting,
  ) {
    this.#gracePeriod = gracePeriod;
    this.place = place;
    this.pool = this.#open(startMethod);
  }

  static async open(
    startMethod: StartMethod,
    gracePeriod = GRACE_MS,
  ): Promise<Street> {
    return new Street(startMethod, gracePeriod, await Meeting.open());
  }

  /** What a task that blocks waits for. */
  get gate(): string {
    return join(this.#folder, "gate");
  }

  #open(startMethod: StartMethod): Pool {
    return new Pool({
      workers: 1,
      concurrency: 2,
      gracePeriod: this.#gracePeriod,
      startMethod,
    });
  }

  /** Calls a task that goes on for ever; aborts it when asked to. */
  async ignores(): Promise<() => Promise<void>> {
    const control = new AbortController();
    const { signal } = control;
    const { path } = this.place;
    const call = this.pool.apply(stopping.ignores, [path], { signal });
    await this.place.arrived("ignores");
    return () => stop(control, call);
  }

  /** What a call comes to that blocks while its neighbour is asked to stop and ignores it, for so many looks at least. */
  async besides<T>(
    make: (gate: string) => PromiseLike<T>,
    looks = 1,
  ): Promise<T> {
    const abort = await this.ignores();
    const call = make(this.gate);
    await this.blocked();
    await abort();
    for (let i = 0; i < looks; i++) await this.othersAreReplaced();
    this.release();
    return await call;
  }

  /** Until the task that blocks does. */
  async blocked(gate: string = this.gate): Promise<void> {
    while (!existsSync(`${gate}.came`)) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  /** Until a worker was replaced that has no neighbours and was asked to stop after those of this pool. */
  async othersAreReplaced(): Promise<void> {
    await using pool = this.#open("thread");
    const gate = join(this.#folder, `other ${++this.#others}`);
    const control = new AbortController();
    const { signal } = control;
    const call = pool.apply(stopping.blocks, [gate], { signal });
    await this.blocked(gate);
    await stop(control, call);
    await answers(pool, this.place);
    // A thread that cannot be ended ends now.
    writeFileSync(gate, "");
  }

  /** Lets what blocks go. */
  release(): void {
    writeFileSync(this.gate, "");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.release();
    await this.pool[Symbol.asyncDispose]();
    await this.place[Symbol.asyncDispose]();
    rmSync(this.#folder, { recursive: true });
  }
}

/** Aborts a call, which rejects at once. */
async function stop(
  control: AbortController,
  call: Promise<unknown>,
): Promise<void> {
  const refused = rejects(call);
  control.abort();
  await refused;
}

/** A task runs to its end, in whatever worker. */
async function answers(pool: Pool, { path }: Meeting): Promise<void> {
  // The worker that is about to be replaced may take it.
  is(await pool.apply(meeting.knock, [path, "next"], { retries: 2 }), "next");
}

for (const startMethod of startMethods) {
  // Was: the worker that had not heard was ended, with all it had started.
  test(`one that computes outlives what ignores its signal: ${startMethod}`, async () => {
    await using street = await Street.open(startMethod);
    const { gate, pool, place } = street;
    const neighbour = (gate: string) => pool.apply(stopping.blocks, [gate]);
    is(await street.besides(neighbour, 2), gate);
    // Once it is over, the worker is replaced.
    while (pool.stats().restarts < 1) await answers(pool, place);
  });

  test(`so do the items of a map: ${startMethod}`, async () => {
    await using street = await Street.open(startMethod);
    const { gate, pool } = street;
    const map = (gate: string) =>
      pool.map(stopping.blocks, [gate, gate, gate], { chunkSize: 3 });
    equal(await street.besides(map), [gate, gate, gate]);
  });

  test(`so does what a task asked for: ${startMethod}`, async () => {
    await using street = await Street.open(startMethod);
    const { gate, pool } = street;
    const asking = (gate: string) => pool.apply(stopping.asks, [gate]);
    is(await street.besides(asking), gate);
  });

  test(`unless that task was stopped itself: ${startMethod}`, async () => {
    await using street = await Street.open(startMethod);
    const { gate, pool, place } = street;
    const control = new AbortController();
    const { signal } = control;
    const asking = pool.apply(stopping.asks, [gate], { signal });
    await street.blocked();
    await stop(control, asking);
    // It blocks still: this runs in another worker.
    await answers(pool, place);
  });

  test(`nobody waits for one that was stopped too: ${startMethod}`, async () => {
    await using street = await Street.open(startMethod);
    const { gate, pool, place } = street;
    const abort = await street.ignores();
    const control = new AbortController();
    const { signal } = control;
    const neighbour = pool.apply(stopping.blocks, [gate], { signal });
    await street.blocked();
    await abort();
    await street.othersAreReplaced();
    is(pool.stats().restarts, 0);
    await stop(control, neighbour);
    // It blocks still: this runs in another worker.
    await answers(pool, place);
  });
}

test("an item that begins when its worker is replaced already outlives it too", async () => {
  await using street = await Street.open("thread", 3 * GRACE_MS);
  const { gate, pool, place } = street;
  const abort = await street.ignores();
  const lists: [string, string][] = [[place.path, ""], [place.path, gate]];
  const map = pool.starmap(stopping.waitsOrBlocks, lists, { chunkSize: 2 });
  await place.arrived("waits");
  await abort();
  await street.othersAreReplaced();
  not(existsSync(`${gate}.came`));
  place.release("waits");
  await street.blocked();
  await street.othersAreReplaced();
  street.release();
  equal(await map, [undefined, gate]);
});

test("one that computes after an await is given time", async () => {
  await using street = await Street.open("thread", 5 * GRACE_MS);
  const { gate, pool } = street;
  const neighbour = (gate: string) => pool.apply(stopping.blocksLater, [gate]);
  is(await street.besides(neighbour), gate);
});

test("a neighbour of what computes after an await is not kept for ever", async () => {
  await using street = await Street.open("thread", 20);
  const { pool, place } = street;
  const held = pool.apply(meeting.pass, [place.path, "held"]);
  await place.arrived("held");
  const control = new AbortController();
  const { signal } = control;
  const call = pool.apply(stopping.spins, [place.path], { signal });
  await place.arrived("spins");
  const lost = rejects(held, WorkerLostError);
  await stop(control, call);
  is((await lost).started, true);
  await answers(pool, place);
});
