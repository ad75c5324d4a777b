/**
 * What running tasks say of their progress, on its way to the host: the first
 * value at once, later ones at most every 20 ms, and the last before the result
 * of its task. So a task may say as much as it likes.
 */
import { FLAGS, TASK_NUMBER } from "../ring/layout.ts";
import type { RingWorker } from "../ring/worker.ts";
import { Encoder } from "../src/codec/mod.ts";
import * as frame from "../src/frame.ts";
import { after } from "../src/runtime/mod.ts";
import type { Mailbox } from "./mailbox.ts";

const EVERY_MS = 20;

/** What one task said last. */
interface Said {
  sentAt: number;
  /** Ends the wait to send what is pending; null: none. */
  endWait: (() => void) | null;
  /** Encoded, and not sent. */
  pending: { bytes: Uint8Array; values: readonly unknown[] } | null;
}

/** The reports of one worker. */
export class Reports {
  /** Makes sent mail visible to the host. */
  handOver: () => void = () => {};
  readonly #ring: RingWorker;
  readonly #mailbox: Mailbox;
  readonly #encoder: Encoder;
  // Of the tasks that said something, by their numbers.
  readonly #said = new Map<number, Said>();

  constructor(ring: RingWorker, mailbox: Mailbox) {
    this.#ring = ring;
    this.#mailbox = mailbox;
    this.#encoder = new Encoder(mailbox);
  }

  /** As Uplink.report. */
  report(cell: number, number: number, value: unknown): void {
    const base = this.#ring.layout.cell(cell);
    const { words } = this.#ring;
    // plain: written before the task was queued; another task may be there now
    if (words[base + TASK_NUMBER] !== number) return;
    if (((words[base + FLAGS] as number) & frame.REPORTED) === 0) return;
    // A getter in a value may report while it is encoded.
    const encoder = this.#encoder.busy
      ? new Encoder(this.#mailbox)
      : this.#encoder;
    // The host may have dropped what it lent us: send it again.
    this.#mailbox.lend(null);
    encoder.begin();
    encoder.value(value, "progress");
    const said = this.#said.get(number) ?? {
      sentAt: -Infinity,
      endWait: null,
      pending: null,
    };
    said.pending = { bytes: encoder.take(), values: [...encoder.foreign] };
    this.#said.set(number, said);
    const now = performance.now();
    if (now - said.sentAt < EVERY_MS) {
      said.endWait ??= after(EVERY_MS, () => this.#now(number, said));
    } else this.#now(number, said);
  }

  #now(number: number, said: Said): void {
    said.sentAt = performance.now();
    this.#send(number, said);
    this.handOver();
  }

  /** The task in `cell` has ended: sends what is pending, and hears it no more. */
  forget(cell: number): void {
    const { words } = this.#ring;
    const base = this.#ring.layout.cell(cell);
    const flags = words[base + FLAGS] as number;
    if ((flags & frame.REPORTED) === 0) return;
    // plain: the cell is ours until it is published
    words[base + FLAGS] = flags & ~frame.REPORTED;
    const number = words[base + TASK_NUMBER] as number;
    const said = this.#said.get(number);
    if (said === undefined) return;
    this.#said.delete(number);
    this.#send(number, said);
  }

  #send(number: number, said: Said): void {
    const { pending } = said;
    said.endWait?.();
    said.endWait = null;
    if (pending === null) return;
    said.pending = null;
    this.#mailbox.post({ kind: "progress", number, ...pending });
    this.#ring.done.posted();
  }
}
