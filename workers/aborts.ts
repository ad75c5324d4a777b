/**
 * The signals of running tasks. The host asks a task to stop by a bit in its
 * cell and posts the reason; a task that never yields sees the bit when it
 * looks at `aborted`, others hear of it when the message is read.
 */
import { cancelPayload, isCancelRequested } from "../ring/cancellation.ts";
import { TASK_NUMBER } from "../ring/layout.ts";
import type { RingWorker } from "../ring/worker.ts";
import { APART, Decoder } from "../src/codec/mod.ts";
import type { Summons } from "../src/mail.ts";
import type { Mailbox } from "./mailbox.ts";
import type { Outlet } from "./outlet.ts";

const aborted = Object.getOwnPropertyDescriptor(
  AbortSignal.prototype,
  "aborted",
)?.get as (this: AbortSignal) => boolean;

/** Hands out signals and fires them. */
export class Aborts {
  readonly #ring: RingWorker;
  readonly #mailbox: Mailbox;
  readonly #outlet: Outlet | null;
  // Of the tasks that asked for one, by their numbers.
  readonly #controllers = new Map<number, AbortController>();
  #firing = false;

  constructor(ring: RingWorker, mailbox: Mailbox, outlet: Outlet | null) {
    this.#ring = ring;
    this.#mailbox = mailbox;
    this.#outlet = outlet;
    mailbox.onAbort = (mail) => this.#abort(mail);
  }

  /** The number of the task in a cell, while it runs there. */
  numberIn(cell: number): number {
    return this.#ring.words[
      this.#ring.layout.cell(cell) + TASK_NUMBER
    ] as number;
  }

  /** Which attempt at its task this is, from 1. */
  attemptIn(cell: number): number {
    return cancelPayload(this.#ring.words, this.#ring.layout, cell) || 1;
  }

  /** The signal of task `number` in `cell`. One that has ended gets one that never fires. */
  signalOf(cell: number, number: number): AbortSignal {
    let controller = this.#controllers.get(number);
    if (controller === undefined) {
      controller = new AbortController();
      if (this.numberIn(cell) === number) {
        this.#controllers.set(number, controller);
        this.#teach(controller, cell, number);
      }
    }
    return controller.signal;
  }

  /** The task in `cell` has ended. */
  forget(cell: number): void {
    if (this.#controllers.size > 0) {
      this.#controllers.delete(this.numberIn(cell));
    }
  }

  // A loop that never yields reads no mail: looking at the signal does.
  #teach(controller: AbortController, cell: number, number: number): void {
    const { signal } = controller;
    const look = (): boolean => {
      // A runtime may look itself while it fires the signal.
      if (aborted.call(signal) || this.#firing) return aborted.call(signal);
      if (this.#controllers.get(number) !== controller) return false;
      if (!this.#isRequested(cell, number)) return false;
      this.#mailbox.readAll();
      // Between processes the reason comes later than the request.
      if (!aborted.call(signal)) this.#fire(controller);
      return true;
    };
    Object.defineProperties(signal, {
      aborted: { get: look, configurable: true },
      throwIfAborted: {
        value: () => {
          if (look()) throw signal.reason;
        },
        configurable: true,
      },
    });
  }

  #isRequested(cell: number, number: number): boolean {
    return this.#outlet === null
      ? isCancelRequested(this.#ring.words, this.#ring.layout, cell)
      : this.#outlet.isCancelRequested(cell, number);
  }

  #abort(mail: Summons): void {
    // That it is read at all tells the host that this worker turns.
    this.#mailbox.post(
      mail.kind === "ping"
        ? { kind: "pong" }
        : { kind: "aborting", number: mail.number },
    );
    this.#ring.done.posted();
    if (mail.kind === "ping") return;
    const { number, reason } = mail;
    const controller = this.#controllers.get(number);
    if (controller === undefined) return;
    const decoder = new Decoder(APART);
    decoder.begin(reason, 0, reason.length);
    this.#fire(controller, decoder.failure());
  }

  #fire(controller: AbortController, reason?: unknown): void {
    this.#firing = true;
    controller.abort(reason);
    this.#firing = false;
  }
}
