/** The calls of a round: as their callers saw them, and as tasks counted. */
import { readFileSync } from "node:fs";
import type { Pool } from "../../mod.ts";
import { tasks } from "../../mod.ts";
import { equal, is, ok } from "../support/assert.ts";
import type { PoolDeath } from "./pool_round.ts";
import { answer, type Counter, FOREIGN, type Kind, KINDS } from "./tasks.ts";

const jobs = tasks<typeof import("./tasks.ts")>(
  new URL("./tasks.ts", import.meta.url),
);
/** Below this number all ids can be counted. */
export const IDS = 1024;
/** No load. */
export const EMPTY: Uint8Array = new Uint8Array(0);
/** What travels beside the arguments. */
const CLONED = new Blob([]);

/** Ways of workers whose pool has to do something. */
export const PAUSING: ReadonlySet<string> = new Set([
  "terminate",
  "pause",
  "spin",
]);

/** One call as its caller saw it. */
interface Heard {
  readonly id: number;
  readonly kind: Kind;
  readonly load: number;
  /** How many workers ran it, each once. */
  readonly copies: number;
  readonly end: Promise<{ value?: unknown; error?: unknown }>;
  settled: boolean;
}

/** What is sent to a pool while its worker dies. */
export class Calls {
  readonly #death: PoolDeath;
  /** What tasks count in. */
  readonly #counter: Counter;
  readonly #counts: Int32Array;
  readonly #heard: Heard[] = [];
  #control = new AbortController();
  readonly #reasons = new Set<unknown>();
  #next = 4;

  /** `counts`: the counter of threads, and what is read from a file. */
  constructor(death: PoolDeath, counter: Counter, counts: Int32Array) {
    this.#death = death;
    this.#counter = counter;
    this.#counts = counts;
  }

  /** Sends calls of all kinds. */
  send(pool: Pool, count: number): void {
    const { own, startMethod, load: bytes, way } = this.#death;
    // There, all that travels is in the message.
    const beside = startMethod === "thread" ? [CLONED] as const : [] as const;
    for (let i = 0; i < count; i++) {
      const id = this.#next += 2;
      ok(id < IDS - 1, "too many calls");
      const kind = KINDS[i % KINDS.length] as Kind;
      const load = i % 2 === 0 ? new Uint8Array(bytes).fill(id) : EMPTY;
      const args = [this.#counter, id, kind, load] as const;
      const will = PAUSING.has(way) ? { signal: this.#control.signal } : {};
      const call: Promise<unknown> = own
        ? pool.broadcast(jobs.meets, args)
        : pool.apply(
          jobs.meets,
          i % 3 === 0 ? [...args, ...beside] : args,
          will,
        );
      const copies = own ? pool.workers : 1;
      const end = call.then((value) => ({ value }), (error) => ({ error }));
      const heard: Heard = {
        id,
        kind,
        load: load.length,
        copies,
        end,
        settled: false,
      };
      void end.then(() => heard.settled = true);
      this.#heard.push(heard);
    }
  }

  /** Stops all that was sent to a worker that pauses and has not settled. */
  abort(): void {
    this.#control.abort(new Error("enough"));
    this.#reasons.add(this.#control.signal.reason);
    this.#control = new AbortController();
  }

  /** Until all that was sent has settled. */
  async settled(): Promise<void> {
    await Promise.all(this.#heard.map(({ end }) => end));
  }

  /** What has not settled. */
  describe(): string {
    const open = this.#heard.filter(({ settled }) => !settled);
    return `calls open: ${open.map(({ id, kind }) => `${id} ${kind}`)}`;
  }

  /** Once all workers are gone. @throws when a promise is broken */
  async check(): Promise<void> {
    const runs = this.#runs();
    is(runs[FOREIGN], 0, "tasks ran with the arguments of others");
    const errors = new Set<unknown>();
    for (const { id, kind, load, copies, end } of this.#heard) {
      const { value, error } = await end;
      const { retry, own } = this.#death;
      const most = copies * (retry ? 3 : 1);
      ok((runs[id] as number) <= most, `call ${id} ran ${runs[id]} times`);
      if (error === undefined) {
        const each = answer(id, kind, load);
        equal(value, own ? new Array(copies).fill(each) : each);
        ok((runs[id] as number) >= copies, `call ${id} ran ${runs[id]} times`);
        continue;
      }
      if (this.#reasons.has(error)) continue;
      ok(!errors.has(error), "two calls have one error");
      errors.add(error);
      this.#checkError(error as Error);
    }
  }

  #checkError(
    error:
      & Error
      & { [key in "started" | "workerId" | "reason" | "exitCode"]?: unknown },
  ): void {
    const { way, retry, moment, own } = this.#death;
    if (error.name === "WorkerLostError") {
      ok(!retry, "it was not tried again");
      is(error.started, true);
      ok((error.workerId as number) > 0);
      is(typeof error.reason, "string");
      // What a zombie takes after it was given up has no code.
      ok(error.exitCode === null || Number.isInteger(error.exitCode));
    } else if (error.name === "StateError") {
      const ended = PAUSING.has(way) && (moment !== "late" || own);
      ok(ended, error.message);
    } else {
      // Inside a task an error is that of the task.
      ok(way === "throw" || way === "overflow", error.stack);
    }
  }

  #runs(): Int32Array {
    if (this.#death.startMethod === "process") {
      const lines = readFileSync(this.#counter as string, "utf8").split("\n");
      for (const line of lines) {
        if (line !== "") (this.#counts[Number(line)] as number)++;
      }
    }
    return this.#counts;
  }
}
