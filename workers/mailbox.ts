/**
 * The worker's end of the mail: segments, shared buffers, task names and
 * values that a task refers to by number. Read only when a number is unknown
 * or the host says that there is more, so the hot path never touches a port.
 */
import type { ResultListener } from "../ring/result_ring.ts";
import type { SharedSource, Shares } from "../src/codec/mod.ts";
import { CodecError } from "../src/errors.ts";
import {
  type BootRecord,
  type HostMail,
  type Outcome,
  type Summons,
  type TaskRecord,
  transferOf,
  type WorkerMail,
} from "../src/mail.ts";
import { type Port, takeMessage } from "../src/runtime/mod.ts";

/** Numbers from here on are given by workers, those below by the host. */
const OWN = 2 ** 31;

/** What became of a nested call, or that this worker has to run it. */
export type Reply = Outcome | { readonly kind: "run"; readonly call: number };

/** What the host told this worker, and what this worker tells the host. */
export class Mailbox implements Shares, SharedSource, ResultListener {
  /** Called with each reply when it is read, which may be in the middle of a task's arguments. */
  onReply: (reply: Reply) => void = () => {};
  /** Called with each request to stop when it is read. */
  onAbort: (mail: Summons) => void = () => {};
  readonly apart: boolean;
  readonly #port: Port;
  readonly #segments = new Map<number, Uint8Array>();
  readonly #tasks: TaskRecord[];
  readonly #values = new Map<number, readonly unknown[]>();
  readonly #wanted = new Map<number, () => void>();
  readonly #buffers = new Map<number, SharedArrayBuffer>();
  readonly #ids = new WeakMap<SharedArrayBuffer, number>();
  #nextId = OWN;
  // Buffers met while decoding the arguments of one task: the host keeps them
  // alive until it settles, so a result may refer to them by number alone.
  #met: number[] = [];
  #lent: readonly number[] = [];
  // Requests to stop that came while a task was prepared.
  readonly #deferred: Summons[] = [];

  constructor(port: Port, boot: BootRecord) {
    this.#port = port;
    this.apart = boot.apart;
    this.#tasks = [...boot.tasks];
    for (const [id, buffer] of boot.segments) {
      this.#segments.set(id, new Uint8Array(buffer));
    }
    for (const [id, buffer] of boot.shares) {
      this.#buffers.set(id, buffer);
      this.#ids.set(buffer, id);
    }
  }

  /** Reads everything that waits. */
  readAll(): void {
    for (const mail of this.#deferred.splice(0)) this.onAbort(mail);
    while (this.#readOne());
  }

  /** As ResultListener. */
  added(id: number, buffer: SharedArrayBuffer, single: boolean): void {
    this.post({ kind: "segment", id, buffer, single });
  }

  /** As ResultListener. */
  dropped(id: number): void {
    this.post({ kind: "segment_dropped", id });
  }

  post(mail: WorkerMail): void {
    this.#port.postMessage(mail, transferOf(mail));
  }

  /** The bytes of an argument segment. */
  segment(id: number): Uint8Array {
    return this.#await(() => this.#segments.get(id), `segment ${id}`);
  }

  /** The task numbered `id`. */
  task(id: number): TaskRecord {
    return this.#await(() => this.#tasks[id], `task ${id}`);
  }

  /**
   * Asks for what travels beside the arguments in a cell. It stays with the
   * host until a worker has started the task: what is moved can go only once.
   */
  want(cell: number, number: number): Promise<void> {
    this.post({ kind: "want", cell, number });
    return new Promise((resolve) => this.#wanted.set(number, resolve));
  }

  /** What {@link want} brought; each is taken once. */
  values(number: number): readonly unknown[] {
    const values = this.#values.get(number) ?? [];
    this.#values.delete(number);
    return values;
  }

  /** The shared buffer behind a number in an argument. */
  bufferOf(id: number): SharedArrayBuffer {
    const buffer = this.find(id);
    this.#met.push(id);
    return buffer;
  }

  /** The same outside the arguments of a task: nobody keeps it alive for us. */
  find(id: number): SharedArrayBuffer {
    return this.#await(() => this.#buffers.get(id), `shared buffer ${id}`);
  }

  /** The numbers {@link bufferOf} answered since the last call, or null. */
  takeMet(): readonly number[] | null {
    if (this.#met.length === 0) return null;
    const met = this.#met;
    this.#met = [];
    return met;
  }

  /** Which host buffers the next encoded result may name without sending them. */
  lend(ids: readonly number[] | null): void {
    this.#lent = ids ?? [];
  }

  /** The number of a shared buffer in a result. */
  idOf(buffer: SharedArrayBuffer): number {
    let id = this.#ids.get(buffer);
    if (id === undefined) {
      id = this.#nextId++;
      this.#ids.set(buffer, id);
    }
    return id;
  }

  /** Only what the host lent us: it may have dropped any other since. */
  knows(id: number): boolean {
    return this.#lent.includes(id);
  }

  /** As {@link idOf}, for one that {@link find} shall find from here on. */
  keep(buffer: SharedArrayBuffer): number {
    const id = this.idOf(buffer);
    this.#buffers.set(id, buffer);
    return id;
  }

  #await<T>(find: () => T | undefined, what: string): T {
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      // What another task does when it hears is no part of this one.
      if (!this.#readOne((mail) => this.#defer(mail))) {
        throw new CodecError(
          "decode",
          `Cannot read a task: ${what} was never announced`,
          { path: "args" },
        );
      }
    }
  }

  #defer(mail: Summons): void {
    if (this.#deferred.push(mail) === 1) queueMicrotask(() => this.readAll());
  }

  #readOne(onAbort = this.onAbort): boolean {
    const mail = takeMessage<HostMail>(this.#port);
    if (mail === undefined) return false;
    switch (mail.kind) {
      case "segment":
        this.#segments.set(mail.id, new Uint8Array(mail.buffer));
        break;
      case "share":
        this.#buffers.set(mail.id, mail.buffer);
        this.#ids.set(mail.buffer, mail.id);
        break;
      case "share_dropped":
        this.#buffers.delete(mail.id);
        break;
      case "task":
        this.#tasks[mail.id] = mail;
        break;
      case "values":
        this.#values.set(mail.number, mail.values);
        this.#wanted.get(mail.number)?.();
        this.#wanted.delete(mail.number);
        break;
      case "abort":
      case "ping":
        onAbort(mail);
        break;
      case "outcome":
      case "run":
        this.onReply(mail);
        break;
    }
    return true;
  }
}
