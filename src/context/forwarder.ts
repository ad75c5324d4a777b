/**
 * A worker's end of the rings that runs nothing itself: it claims tasks on the
 * host's own thread, sends them to a child process and hands over what comes
 * back. To the pool it is a worker like any other.
 *
 * In the rings a task counts as started once it is sent. The journal tells
 * which really was, when the process is dead or does not get to it; the rest is
 * given back as if it had never left.
 */
import {
  ARG_LENGTH,
  ARG_OFFSET,
  ARG_SEGMENT,
  ARGS,
  CANCEL,
  FLAGS,
  FN,
  ITEM,
  RESULT_STATUS,
  RingWorker,
  TASK_NUMBER,
} from "../../ring/mod.ts";
import { APART, Decoder, Encoder } from "../codec/mod.ts";
import * as frame from "../frame.ts";
import type { BootRecord, HostMail, WorkerMail } from "../mail.ts";
import { after, nextTurn } from "../runtime/mod.ts";
import * as wire from "../wire.ts";
import { Credit } from "./credit.ts";
import { Holdings, type Pages } from "./holdings.ts";
import { Results } from "./results.ts";

/** How long a child that holds something leaves tasks to others that still boot. */
const BOOT_PATIENCE_MS = 1000;
const BOOT_LOOK_MS = 5;

/** Tasks that wait at a child for so long are taken back if others are free (milliseconds). */
const STUCK_MS = 50;

/** Where frames go. */
export interface Stream {
  write(bytes: Uint8Array): void;
}

/** One child process's place in the rings. */
export class Forwarder {
  readonly #ring: RingWorker;
  readonly #results: Results;
  readonly #stream: Stream;
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #writer = new wire.FrameWriter();
  readonly #reader = new wire.FrameReader((kind, start, end) =>
    this.#onFrame(kind, start, end)
  );
  readonly #encoder = new Encoder(APART);
  readonly #decoder = new Decoder(APART);
  readonly #segments = new Map<number, Uint8Array>();
  readonly #mail: WorkerMail[] = [];
  readonly #held: Holdings;
  // Claimed cells that were taken back and are not given to others yet.
  readonly #mine: number[] = [];
  #ready = false;
  #leaving = false;
  #ended = false;
  #asleep = false;
  #flushing = false;
  #patientUntil = 0;
  #waiting = false;
  // Others had a turn to take what waits.
  #yielded = false;
  readonly #goOn = (): void => {
    this.#waiting = false;
    this.#pump();
  };

  /** Attaches to the rings and sends the child what it boots with. */
  constructor(record: BootRecord, stream: Stream, pages: Pages) {
    const ring = this.#ring = new RingWorker({
      buffer: record.control,
      slot: record.slot,
      queue: record.queue,
    });
    this.#words = ring.words;
    this.#bytes = new Uint8Array(ring.words.buffer);
    this.#stream = stream;
    this.#held = new Holdings(
      pages,
      ring.layout.cells,
      new Credit(record.concurrency, record.maxTasks),
    );
    this.#results = new Results(
      ring,
      record.results,
      (mail) => this.#mail.push(mail),
    );
    for (const [id, buffer] of record.segments) {
      this.#segments.set(id, new Uint8Array(buffer));
    }
    // Memory stays here; the child makes its own.
    const memory = {
      control: null,
      results: null,
      segments: null,
      shares: null,
    };
    const { cells } = ring.layout;
    this.#send(wire.BOOT, { ...record, ...memory, cells });
  }

  /** As Link.post. */
  post(mail: HostMail): void {
    switch (mail.kind) {
      case "segment":
        this.#segments.set(mail.id, new Uint8Array(mail.buffer));
        break;
      case "abort":
        // A child that computes reads no frames, but looks there.
        this.#held.askToStop(mail.cell, mail.number);
        this.#send(wire.MAIL, mail);
        break;
      default:
        this.#send(wire.MAIL, mail);
    }
  }

  /** As Link.take. */
  take(): WorkerMail | undefined {
    return this.#mail.shift();
  }

  /** Bytes from the child. @throws CodecError when they make no sense */
  receive(bytes: Uint8Array): void {
    if (this.#ended) return;
    this.#reader.feed(bytes);
    this.#ring.done.publish();
    this.#pump();
  }

  /**
   * Takes back what waits at a child that does not get to it, if others could
   * do it: it counts as claimed again, and can be stolen.
   */
  recall(): void {
    if (this.#ended || !this.#held.waits(STUCK_MS)) return;
    if (!this.#ring.hasLessBusyPeer(this.#held.size)) return;
    for (const cell of this.#held.takeBack()) this.#regain(cell);
  }

  /** As Link.look. */
  look(): void {
    for (const [cell, status] of this.#held.statuses) {
      this.#words[this.#ring.layout.cell(cell) + RESULT_STATUS] = status;
    }
  }

  /** The child is dead: gives back what its journal does not list. */
  end(journal: Int32Array): void {
    this.#ended = true;
    for (const [cell, items] of this.#held.end(journal)) {
      if (items < 0) this.#ring.unstart(cell);
      else this.#words[this.#ring.layout.cell(cell) + ITEM] = items;
    }
    this.#ring.done.publish();
    this.#ring.exited();
  }

  #regain(cell: number): void {
    this.#ring.unstart(cell);
    this.#mine.push(cell);
  }

  // ---- to the child -------------------------------------------------------------

  #pump(): void {
    if (this.#ended || !this.#ready) return;
    if (this.#asleep) {
      this.#asleep = false;
      this.#ring.awake(false);
    }
    for (;;) {
      // Mail was sent when it was posted.
      this.#ring.hasMail();
      if (this.#ring.stopped()) return this.#leave();
      if (this.#held.room <= 0 || this.#waitsForOthers()) break;
      const again = this.#mine.shift();
      if (again !== undefined) this.#sendTask(again);
      else if (!this.#claim() && this.#sleep()) break;
    }
    this.#ring.setLoad(this.#held.size);
    this.#flush();
  }

  // Workers of one pool boot together: the first to be ready must not take
  // all there is before the others come. Later who holds less goes first.
  #waitsForOthers(): boolean {
    const held = this.#held.size;
    if (held === 0) return false;
    if (this.#waiting) return true;
    const boots = performance.now() < this.#patientUntil &&
      this.#ring.hasBootingPeer();
    if (boots) after(BOOT_LOOK_MS, this.#goOn);
    else if (!this.#yielded && this.#ring.hasLessBusyPeer(held)) {
      nextTurn(this.#goOn);
    } else {
      this.#yielded = false;
      return false;
    }
    this.#yielded = !boots;
    return this.#waiting = true;
  }

  #claim(): boolean {
    const count = this.#ring.claim(this.#held.room);
    for (let i = 0; i < count; i++) {
      this.#sendTask(this.#ring.mine[i] as number);
    }
    return count > 0;
  }

  #sleep(): boolean {
    if (!this.#ring.sleepy()) return false;
    this.#asleep = true;
    this.#ring.waitAsync()?.then(() => {
      if (this.#asleep) this.#pump();
    });
    return true;
  }

  #sendTask(cell: number): void {
    if (!this.#ring.start(cell)) return;
    const words = this.#words;
    const base = this.#ring.layout.cell(cell);
    const flags = words[base + FLAGS] as number;
    const units = (flags & frame.ARGS_KIND) === frame.ARGS_NONE
      ? 0
      : words[base + ARG_LENGTH] as number;
    const length = wire.TASK_WORDS * 4 + units * 8;
    const at = this.#writer.add(wire.TASK, length);
    const body = this.#writer.words;
    body[at / 4] = cell;
    body[at / 4 + 1] = words[base + FN] as number;
    body[at / 4 + 2] = flags;
    body[at / 4 + 3] = words[base + ITEM] as number;
    body[at / 4 + 4] = words[base + TASK_NUMBER] as number;
    body[at / 4 + 5] = units;
    body[at / 4 + 6] = words[base + CANCEL] as number;
    body[at / 4 + 7] = this.#held.send(cell);
    if (units > 0) {
      const segment = words[base + ARG_SEGMENT] as number;
      const inline = segment === frame.INLINE;
      const from = inline ? this.#bytes : this.#segments.get(segment);
      const start = inline
        ? (base + ARGS) * 4
        : (words[base + ARG_OFFSET] as number) * 8;
      this.#writer.bytes.set(
        (from as Uint8Array).subarray(start, start + units * 8),
        at + wire.TASK_WORDS * 4,
      );
    }
  }

  #leave(): void {
    this.#ring.setLoad(this.#held.size);
    if (this.#held.size > 0 || this.#leaving) return;
    this.#leaving = true;
    this.#writer.add(wire.LEAVE, 0);
    this.#flush();
  }

  #send(kind: number, value: unknown): void {
    this.#encoder.begin();
    this.#encoder.value(value, "mail");
    this.#writer.addMessage(kind, this.#encoder);
    if (this.#flushing) return;
    this.#flushing = true;
    queueMicrotask(() => {
      this.#flushing = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#writer.length > 0 && !this.#ended) {
      this.#stream.write(this.#writer.take());
    }
  }

  // ---- from the child -----------------------------------------------------------

  #onFrame(kind: number, start: number, end: number): void {
    const { words } = this.#reader;
    switch (kind) {
      case wire.READY:
        this.#ready = true;
        this.#patientUntil = performance.now() + BOOT_PATIENCE_MS;
        return this.#ring.ready();
      case wire.DONE:
        return this.#finish(start, end);
      case wire.PROGRESS:
        this.#ring.setBusy(words[start / 4 + 3] as number);
        return this.#held.progress(
          words[start / 4] as number,
          words[start / 4 + 1] as number,
          words[start / 4 + 2] as number,
        );
      case wire.RETURNED: {
        const cell = words[start / 4] as number;
        const sending = words[start / 4 + 1] as number;
        if (this.#held.returned(cell, sending)) this.#regain(cell);
        return;
      }
      case wire.MAIL:
        this.#decoder.begin(this.#reader.bytes, start, end - start);
        this.#mail.push(this.#decoder.value() as WorkerMail);
        this.#ring.done.posted();
    }
  }

  #finish(start: number, end: number): void {
    const { words, bytes } = this.#reader;
    const cell = words[start / 4] as number;
    if (!this.#held.finish(cell)) return;
    const from = start + wire.DONE_WORDS * 4;
    this.#results.write(cell, {
      status: words[start / 4 + 1] as number,
      units: words[start / 4 + 2] as number,
      time: words[start / 4 + 3] as number,
    }, bytes.subarray(from, end));
    this.#ring.done.stage(cell);
  }
}
