/**
 * The machine of the model: threads that are generators, shared words, wait
 * lists and promises. It performs one operation of one thread at a time and
 * knows which moves are possible; which one is made, the search decides.
 */
import type { Accesses } from "./accesses.ts";
import { digest } from "./digest.ts";
import { learn } from "./hashes.ts";
import { MOST_THREADS, type Races } from "./races.ts";
import { activate } from "./link.ts";
import { Memory } from "./memory.ts";
import type { Memo } from "./memo.ts";
import { Waiters } from "./waiters.ts";
import {
  baseOf,
  Failure,
  KILL,
  newThread,
  NONE,
  type Op,
  OPTIONS,
  type Steps,
  type Thread,
  TIMEOUT,
} from "./threads.ts";

/** Steps of one run; more is a thread that never gets anywhere. */
const MOST_STEPS = 4_000;

const NOTHING = { h1: 0, h2: 0 };

/** One run of one scenario. */
export class Machine {
  readonly threads: Thread[] = [];
  readonly races: Races;
  /** The ring classes, whose reaching methods are generators. */
  readonly ring: Record<string, unknown>;
  current: Thread | null = null;
  /** By the index of a move: it is an event that need not ever happen. */
  readonly whims: boolean[] = [];
  /** Called after each operation with a label. */
  watch: (thread: Thread, op: Op, result: unknown) => void = () => {};
  /** Called where only optional events are left; throws when work is left. */
  quiet: () => void = () => {};
  /** What the scenario knows beside shared memory, for the key of a state. */
  world: () => unknown = () => 0;
  /** Called for each operation of a constructor. */
  built: (label: string, host: boolean) => void = () => {};
  /** Whom an operation of the host declares dead. */
  victim: (op: Op) => Thread | undefined = () => undefined;
  /** Of an exhaustive search; without it no hash is kept. */
  memo: Memo | null = null;
  accesses: Accesses | null = null;
  kills = 0;
  timeouts = 0;
  stepCount = 0;
  readonly #waiters = new Waiters();
  readonly memory: Memory;

  constructor(ring: Record<string, unknown>, races: Races) {
    this.races = races;
    this.ring = ring;
    this.memory = new Memory((words) => races.size(words));
    races.reset();
    activate(this);
  }

  // ---- what programs of threads use -------------------------------------------

  spawn(name: string, steps: Steps<void>): Thread {
    const id = this.threads.length;
    if (id >= MOST_THREADS) throw new Error("Cannot spawn: too many threads");
    const thread = newThread(id, name, steps);
    this.threads.push(thread);
    if (this.current) this.races.spawned(this.current.id, id);
    return thread;
  }

  /** A plain read of a shared word. */
  get(words: Int32Array, index: number): number {
    const value = words[index] as number;
    if (this.current) {
      const at = baseOf(words) + index;
      this.accesses?.touch(this.current.id, at, false);
      const race = this.races.read(this.current.id, at);
      if (race >= 0) this.#race("reads", at, race);
    }
    return value;
  }

  /** A plain write. */
  put(words: Int32Array, index: number, value: number): number {
    const at = baseOf(words) + index;
    if (this.current) {
      const { id } = this.current;
      this.accesses?.touch(id, at, words[index] !== (value | 0));
      const race = this.races.write(id, at);
      if (race >= 0) this.#race("writes", at, race);
    }
    this.memory.change(words, index, at, value, this.current);
    return value;
  }

  /** Notes what the current thread learned beside shared memory. */
  observe(value: number): void {
    if (this.current) learn(this.current.told, value);
  }

  /**
   * From here on the current thread is where it stands and what it has: of all
   * it was told nothing else is left in its variables.
   */
  forget(
    place: number,
    has: () => unknown,
    cells: readonly number[] = [],
  ): void {
    if (this.memo === null) return;
    const { told, id } = this.current as Thread;
    learn(told, place);
    for (const cell of cells) learn(told, cell);
    this.memo.replace(told, () => [id, place, cells, has()]);
  }

  /** Remembers what the memory looks like to a thread that begins to look. */
  mark(): void {
    const thread = this.current as Thread;
    thread.mark = this.memory.changes - thread.changes;
  }

  /** What others change no longer concerns the looks of this round. */
  unmark(): void {
    (this.current as Thread).mark = -1;
  }

  /** Performs an operation of a constructor. */
  now(one: Op): unknown {
    this.built(one.label, (this.current?.id ?? 0) === 0);
    return this.#perform(this.current, one);
  }

  /** Runs steps without letting anybody else in: for what nobody sees yet. */
  atOnce<T>(steps: Steps<T>): T {
    for (let at = steps.next();;) {
      if (at.done) return at.value;
      at = steps.next(this.#perform(this.current, at.value));
    }
  }

  /** How many promises of the current thread nobody has resolved. */
  promises(): number {
    return this.#waiters.promises(this.current as Thread);
  }

  /** Runs the promise jobs of the current thread: its event loop turns. */
  runJobs(): void {
    const { jobs } = this.current as Thread;
    this.observe(jobs.length);
    for (let job = jobs.shift(); job; job = jobs.shift()) job();
  }

  // ---- what the searches use --------------------------------------------------

  /** Fills `into` with the possible moves; answers whether the machine is at rest. */
  moves(into: number[], limits: { kills: number; timeouts: number }): boolean {
    into.length = 0;
    this.whims.length = 0;
    let rest = true;
    for (const thread of this.threads) {
      if (thread.state !== "ready") continue;
      const pending = thread.pending as Op;
      if (pending.options) {
        pending.options().forEach((option, at) => {
          if (!option.must) this.whims[into.length] = true;
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

  /**
   * Whether the current thread is about to do something that concerns nobody
   * else, so that there is nothing to decide before it.
   */
  silent(): boolean {
    const { accesses, current } = this;
    if (accesses === null || current?.state !== "ready") return false;
    const { kind, words, index } = current.pending as Op;
    if (words === NONE || kind === "notify" || kind.startsWith("wait")) {
      return false;
    }
    return accesses.isSilentFor(current.id, baseOf(words) + index);
  }

  /** Two hashes of everything that decides the future of this run. */
  key(into: Int32Array): void {
    const world = { h1: this.memory.h1, h2: this.memory.h2 };
    digest(world, this.world());
    let [a, b] = [world.h1, world.h2];
    for (const thread of this.threads) {
      // What the dead were told died with them.
      const { h1, h2 } = thread.state === "ready" ? thread.told : NOTHING;
      const news = this.memory.changes - thread.changes !== thread.mark;
      const flags =
        (thread.state === "ready" ? 0 : thread.state === "done" ? 1 : 2) |
        (thread.waiting ? 4 : 0) | (news && thread.mark >= 0 ? 8 : 0) |
        (thread.woken.length << 4) | (thread.jobs.length << 10) |
        (this.#waiters.promises(thread) << 16);
      a = Math.imul(a ^ h1 ^ flags, 0x85ebca6b);
      a ^= a >>> 15;
      b = Math.imul(b + h2 + flags, 0xc2b2ae35);
      b ^= b >>> 13;
    }
    into[0] = a ^ (this.kills << 4) ^ this.timeouts;
    into[1] = b;
  }

  // ---- inside -----------------------------------------------------------------

  #enabled(thread: Thread): boolean {
    if (thread.waiting) return false;
    if (thread.pending?.kind !== "spin") return true;
    return this.memory.changes - thread.changes !== thread.mark;
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
        learn(thread.told, name.charCodeAt(i));
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
      this.memory.change(words, index, at, a, this.current);
      result = a;
    } else if (op.kind === "notify") result = this.#waiters.notify(at, a);
    else if (op.kind === "wait" || op.kind === "waitAsync") {
      this.accesses?.touch(id, at, false);
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
      this.memory.change(words, index, at, next, this.current);
    }
    if (thread) {
      learn(thread.told, op.unread ? 0 : result);
      this.accesses?.touch(id, at, (words[index] as number) !== value);
    }
    return result;
  }

  #kill(thread: Thread): void {
    this.kills++;
    thread.state = "dead";
    thread.pending = null;
    this.#waiters.forget(thread, true);
  }

  #race(verb: string, at: number, other: number): never {
    const [one, two] = [this.current as Thread, this.threads[other] as Thread];
    throw new Failure(
      `race: ${one.name} ${verb} word ${at} while ${two.name} may use it`,
    );
  }
}
