/**
 * The host's end of the mail: what every worker has to know besides the rings.
 * Numbers tasks, argument segments and shared buffers, tells live workers when
 * one is made, and new workers all there are.
 */
import { Arena } from "../../ring/mod.ts";
import type { SharedSource, Shares } from "../codec/mod.ts";
import { CodecError } from "../errors.ts";
import {
  type HostMail,
  recordOf,
  type TaskRecord,
  type WorkerMail,
} from "../mail.ts";
import { inlineOf, type Task } from "../task.ts";

/** Numbers from here on were given by workers. */
const THEIRS = 2 ** 31;

/** Somebody to post to. */
export interface Addressee {
  post(mail: HostMail): void;
}

/** Takes what the tasks of one worker ask of their own pool. */
export interface Desk {
  take(mail: WorkerMail): void;
  /** The worker is gone. */
  close(): void;
}

/** Opens a desk for each worker whose tasks ask something. */
export interface Reception {
  open(shares: WorkerShares, post: (mail: HostMail) => void): Desk;
}

/** Keeps what was announced, and announces. */
export class Courier implements Shares {
  readonly apart: boolean;
  readonly arena: Arena;
  /** What running tasks ask of their own pool. */
  reception: Reception | null = null;
  readonly #addressees = new Set<Addressee>();
  readonly #tasks: TaskRecord[] = [];
  readonly #taskIds = new WeakMap<Task, number>();
  readonly #shareIds = new WeakMap<SharedArrayBuffer, number>();
  readonly #shares = new Map<number, WeakRef<SharedArrayBuffer>>();
  // The host drops a buffer that the program let go of; calls under way hold theirs.
  readonly #collected = new FinalizationRegistry<number>((id) => {
    this.#shares.delete(id);
    this.#announce({ kind: "share_dropped", id });
  });
  #nextShare = 1;
  #met: SharedArrayBuffer[] | null = null;
  readonly #kept: SharedArrayBuffer[] = [];

  /** `apart`: the workers are other processes. */
  constructor(apart: boolean) {
    this.apart = apart;
    this.arena = new Arena({
      added: (id, buffer) => this.#announce({ kind: "segment", id, buffer }),
    });
  }

  /** The tasks numbered so far, in order. */
  get tasks(): readonly TaskRecord[] {
    return this.#tasks;
  }

  /** The shared buffers that the program still holds, by number. */
  shares(): Map<number, SharedArrayBuffer> {
    const held = new Map<number, SharedArrayBuffer>();
    for (const [id, reference] of this.#shares) {
      const buffer = reference.deref();
      if (buffer !== undefined) held.set(id, buffer);
    }
    return held;
  }

  /** Tells a new worker everything from now on; its boot record says the rest. */
  join(addressee: Addressee): void {
    this.#addressees.add(addressee);
  }

  /** Nobody to post to any more. */
  leave(addressee: Addressee): void {
    this.#addressees.delete(addressee);
  }

  /** The number of a task; every worker knows it before this returns. */
  numberOf(task: Task): number {
    let id = this.#taskIds.get(task);
    if (id === undefined) {
      const record = this.record(task);
      id = this.#tasks.length;
      this.#tasks.push(record);
      this.#taskIds.set(task, id);
      this.#announce({ kind: "task", id, ...record });
    }
    return id;
  }

  /** What travels of a task; the shared buffers in it are announced. */
  record(task: Task): TaskRecord {
    const inline = inlineOf(task);
    if (this.apart && inline !== undefined) {
      if (inline.buffers.length + inline.values.length > 0) {
        throw new CodecError(
          "encode",
          `Cannot encode captures of ${task.name}: shared memory and objects of the platform do not travel to another process`,
          { path: "captures" },
        );
      }
    }
    // The handle keeps its buffers alive, the call under way keeps the handle.
    return recordOf(task, (buffer) => this.#numberOf(buffer));
  }

  /** The number of a shared buffer; every worker knows it before this returns. */
  idOf(buffer: SharedArrayBuffer): number {
    (this.#met ??= []).push(buffer);
    return this.#numberOf(buffer);
  }

  /** Every worker knows what has a number here. */
  knows(): boolean {
    return true;
  }

  #numberOf(buffer: SharedArrayBuffer): number {
    let id = this.#shareIds.get(buffer);
    if (id === undefined) {
      id = this.#nextShare++;
      this.#shareIds.set(buffer, id);
      this.#shares.set(id, new WeakRef(buffer));
      this.#collected.register(buffer, id);
      this.#announce({ kind: "share", id, buffer });
    }
    return id;
  }

  /** The buffers {@link idOf} was asked for since the last call: the call keeps them alive. */
  takeMet(): readonly SharedArrayBuffer[] | null {
    const met = this.#met;
    this.#met = null;
    return met;
  }

  /**
   * The same for what every worker gets when it starts: the pool keeps them
   * alive. Were the first call's, and gone with it before the next worker came.
   */
  keepMet(): void {
    this.#kept.push(...this.takeMet() ?? []);
  }

  /** The buffer the host numbered `id`, if the program still holds it. */
  share(id: number): SharedArrayBuffer | undefined {
    return this.#shares.get(id)?.deref();
  }

  #announce(mail: HostMail): void {
    for (const addressee of this.#addressees) addressee.post(mail);
  }
}

/** The shared buffers one worker may name in a result. */
export class WorkerShares implements SharedSource {
  readonly #courier: Courier;
  // Those it made, for as long as the program holds them: what comes back
  // twice is one object.
  readonly #theirs = new Map<number, WeakRef<SharedArrayBuffer>>();
  readonly #collected = new FinalizationRegistry<number>((id) => {
    // It may have come again since.
    if (this.#theirs.get(id)?.deref() === undefined) this.#theirs.delete(id);
  });

  constructor(courier: Courier) {
    this.#courier = courier;
  }

  bufferOf(id: number): SharedArrayBuffer {
    const buffer = this.#courier.share(id);
    if (buffer !== undefined) return buffer;
    throw new CodecError(
      "decode",
      `Cannot read a result: shared buffer ${id} is not here any more`,
      { path: "result" },
    );
  }

  adopt(id: number, sent: SharedArrayBuffer): SharedArrayBuffer {
    if (id < THEIRS) return this.#courier.share(id) ?? sent;
    const known = this.#theirs.get(id)?.deref();
    if (known !== undefined) return known;
    this.#theirs.set(id, new WeakRef(sent));
    this.#collected.register(sent, id);
    return sent;
  }
}
