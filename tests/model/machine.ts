/**
 * The machine of the model: threads that are generators, shared words, wait
 * lists and promises. It performs one operation of one thread at a time and
 * knows which moves are possible; which one is made, the explorer decides.
 */
import { hash1, hash2, learn } from "./hashes.ts";
import { Later } from "./later.ts";
import { MOST_THREADS, type Races } from "./races.ts";
import { activate } from "./link.ts";
import { Waiters } from "./waiters.ts";
import {
  baseOf,
  Failure,
  KILL,
  NONE,
  type Op,
  op,
  OPTIONS,
  remember,
  type Steps,
  type Thread,
  TIMEOUT,
} from "./threads.ts";

/** Steps of one run; more is a thread that never gets anywhere. */
const MOST_STEPS = 4_000;

/** What these read stays in private fields of the ring classes. */
const KEPT = new Set(["E1", "E2", "S0", "S6", "S7", "S8", "B0", "B2"]);

/** One run of one scenario. */
export class Machine {
  readonly threads: Thread[] = [];
  readonly races: Races;
  /** The ring classes, whose reaching methods are generators. */
  readonly ring: Record<string, unknown>;
  current: Thread | null = null;
  /** Called after each operation with a label. */
  watch: (thread: Thread, op: Op, result: unknown) => void = () => {};
  /** Called where only optional events are left; throws when work is left. */
  quiet: () => void = () => {};
  kills = 0;
  timeouts = 0;
  stepCount = 0;
  readonly #waiters = new Waiters();
  #nextBase = 0;
  #m1 = 0;
  #m2 = 0;
  #changes = 0;

  constructor(ring: Record<string, unknown>, races: Races) {
    this.races = races;
    this.ring = ring;
    races.reset();
    activate(this);
  }

  // ---- what programs of threads use -------------------------------------------

  spawn(name: string, steps: Steps<void>): Thread {
    const id = this.threads.length;
    if (id >= MOST_THREADS) throw new Error("Cannot spawn: too many threads");
    const thread: Thread = {
      ...{ id, name, steps, pending: null, state: "ready" },
      ...{ waiting: false, woken: "", jobs: [], count: 0 },
      ...{ told: { h1: id, h2: id + 77 }, kept: { h1: id, h2: id + 77 } },
      ...{ changes: 0, mark: 0 },
    };
    this.threads.push(thread);
    if (this.current) this.races.spawned(this.current.id, id);
    thread.pending = op("boot", NONE);
    return thread;
  }

  /** A plain read of a shared word. */
  get(words: Int32Array, index: number): number {
    const value = words[index] as number;
    if (this.current) {
      const at = baseOf(words) + index;
      const race = this.races.read(this.current.id, at);
      if (race >= 0) this.#race("reads", at, race);
    }
    return value;
  }

  /** A plain write. */
  put(words: Int32Array, index: number, value: number): number {
    const at = baseOf(words) + index;
    if (this.current) {
      const race = this.races.write(this.current.id, at);
      if (race >= 0) this.#race("writes", at, race);
    }
    this.#change(words, index, at, value);
    return value;
  }

  /** Notes what the current thread will remember beyond its present round. */
  observe(value: number): void {
    if (this.current) remember(this.current, value);
  }

  /**
   * A round is over: of all it was told, the current thread remembers only
   * what was observed. Called where nothing else is left in its variables.
   */
  forgetRound(): void {
    const { told, kept } = this.current as Thread;
    told.h1 = kept.h1;
    told.h2 = kept.h2;
  }

  /** Remembers what the memory looks like to a thread that begins to look. */
  mark(): void {
    const thread = this.current as Thread;
    thread.mark = this.#changes - thread.changes;
  }

  /** Performs an operation of a constructor. */
  now(one: Op): unknown {
    return this.#perform(this.current, one);
  }

  /** Runs steps without letting anybody else in: for what nobody sees yet. */
  atOnce<T>(steps: Steps<T>): T {
    for (let at = steps.next();;) {
      if (at.done) return at.value;
      at = steps.next(this.#perform(this.current, at.value));
    }
  }

  /** Runs the promise jobs of the current thread: its event loop turns. */
  runJobs(): void {
    const { jobs } = this.current as Thread;
    for (let job = jobs.shift(); job; job = jobs.shift()) job();
  }

  // ---- what the explorer uses -------------------------------------------------

  /** Fills `into` with the possible moves; answers whether the machine is at rest. */
  moves(into: number[], limits: { kills: number; timeouts: number }): boolean {
    into.length = 0;
    let rest = true;
    for (const thread of this.threads) {
      if (thread.state !== "ready") continue;
      const pending = thread.pending as Op;
      if (pending.options) {
        pending.options().forEach((option, at) => {
          into.push(thread.id * OPTIONS + at);
          if (option.must) rest = false;
        });
      } else if (this.#enabled(thread)) {
        into.push(thread.id * OPTIONS);
        rest = false;
      } else if (thread.waiting && this.timeouts < limits.timeouts) {
        into.push(TIMEOUT + thread.id);
      }
    }
    if (this.kills < limits.kills) {
      for (const thread of this.threads) {
        // A death anywhere else is this one, noticed later.
        const here = thread === this.current || thread.count === 0;
        if (thread.id > 0 && thread.state === "ready" && here) {
          into.push(KILL + thread.id);
        }
      }
    }
    return rest;
  }

  /** Makes one move. */
  make(move: number): void {
    if (++this.stepCount > MOST_STEPS) {
      throw new Failure(`runs for ever: more than ${MOST_STEPS} steps`);
    }
    if (move >= TIMEOUT) {
      const thread = this.threads[move - TIMEOUT] as Thread;
      this.timeouts++;
      this.#waiters.forget(thread, false);
      thread.waiting = false;
      thread.woken = "timed-out";
    } else if (move >= KILL) this.#kill(this.threads[move - KILL] as Thread);
    else {
      const thread = this.threads[Math.floor(move / OPTIONS)] as Thread;
      this.#step(thread, move % OPTIONS);
    }
  }

  /** Two hashes of everything that decides the future of this run. */
  key(into: Int32Array): void {
    let [a, b] = [this.#m1, this.#m2];
    for (const thread of this.threads) {
      const spin = thread.pending?.kind === "spin" && this.#enabled(thread);
      const flags =
        (thread.state === "ready" ? 0 : thread.state === "done" ? 1 : 2) |
        (thread.waiting ? 4 : 0) | (spin ? 8 : 0) |
        (thread.woken.length << 4) | (thread.jobs.length << 10) |
        (this.#waiters.promises(thread) << 16);
      a = Math.imul(a ^ thread.told.h1 ^ flags, 0x85ebca6b);
      a ^= a >>> 15;
      b = Math.imul(b + thread.told.h2 + flags, 0xc2b2ae35);
      b ^= b >>> 13;
    }
    into[0] = a ^ (this.kills << 4) ^ this.timeouts;
    into[1] = b;
  }

  // ---- inside -----------------------------------------------------------------

  #enabled(thread: Thread): boolean {
    if (thread.waiting) return false;
    if (thread.pending?.kind !== "spin") return true;
    return this.#changes - thread.changes !== thread.mark;
  }

  #step(thread: Thread, choice: number): void {
    this.current = thread;
    thread.count++;
    const op = thread.pending as Op;
    let result: unknown;
    if (op.options) {
      const name = op.options()[choice]?.name as string;
      // Its name, not its number: the same number may mean something else.
      for (let i = 0; i < name.length; i++) {
        remember(thread, name.charCodeAt(i));
      }
      // Taken up is another state than done with.
      learn(thread.told, 1);
      result = name;
    } else if (op.kind === "wait" && thread.woken !== "") {
      result = thread.woken;
      thread.woken = "";
      learn(thread.told, result === "ok" ? 1 : 2);
    } else {
      result = this.#perform(thread, op);
      if (thread.waiting) return;
    }
    this.watch(thread, op, result);
    const next = thread.steps.next(result);
    if (next.done) {
      thread.state = "done";
      thread.pending = null;
      this.#waiters.forget(thread, true);
    } else thread.pending = next.value;
  }

  #perform(thread: Thread | null, op: Op): unknown {
    const { words, index, a, b } = op;
    if (words === NONE) {
      if (thread) learn(thread.told, 5);
      return undefined;
    }
    if (op.kind === "put") {
      if (thread) learn(thread.told, 6);
      return this.put(words, index, a);
    }
    const at = baseOf(words) + index;
    const value = words[index] as number;
    const id = thread?.id ?? -1;
    let result: number = value;
    if (op.kind === "load") this.races.acquire(id, at);
    else if (op.kind === "store") {
      this.races.release(id, at);
      this.#change(words, index, at, a);
      result = a;
    } else if (op.kind === "notify") result = this.#waiters.notify(at, a);
    else if (op.kind === "wait" || op.kind === "waitAsync") {
      return this.#waiters.wait(thread as Thread, op, at);
    } else {
      this.races.acquire(id, at);
      this.races.release(id, at);
      const next = op.kind === "add"
        ? value + a
        : op.kind === "and"
        ? value & a
        : op.kind === "or"
        ? value | a
        : value === a
        ? b
        : value;
      this.#change(words, index, at, next);
    }
    if (thread) {
      if (KEPT.has(op.label)) remember(thread, result);
      else learn(thread.told, result);
    }
    return result;
  }

  #kill(thread: Thread): void {
    this.kills++;
    thread.state = "dead";
    thread.pending = null;
    this.#waiters.forget(thread, true);
  }

  /** `Promise.resolve()` in the current thread. */
  resolved(): Later {
    const later = new Later(this.current as Thread);
    later.resolve();
    return later;
  }

  #change(words: Int32Array, index: number, at: number, value: number): void {
    const before = words[index] as number;
    if (before === (value | 0)) return;
    words[index] = value;
    this.#m1 ^= hash1(at, before) ^ hash1(at, value | 0);
    this.#m2 = (this.#m2 - hash2(at, before) + hash2(at, value | 0)) | 0;
    this.#changes++;
    if (this.current) this.current.changes++;
  }

  /** Gives a shared buffer its place among all words. */
  reserve(bytes: number): number {
    const base = this.#nextBase;
    this.#nextBase += bytes >>> 2;
    this.races.size(this.#nextBase);
    return base;
  }

  #race(verb: string, at: number, other: number): never {
    const [one, two] = [this.current as Thread, this.threads[other] as Thread];
    throw new Failure(
      `race: ${one.name} ${verb} word ${at} while ${two.name} may use it`,
    );
  }
}
