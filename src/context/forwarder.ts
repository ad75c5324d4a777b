/**
 * A worker's end of the rings that runs nothing itself: it claims tasks on the
 * host's own thread, sends them to a child process and hands over what comes
 * back. To the pool it is a worker like any other.
 *
 * A task counts as started once it is sent, because nobody can take it back
 * from a process. When the process is dead its journal tells what it had
 * started; the rest is given back as if it had never left.
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
  RESULT,
  RESULT_BYTES,
  RESULT_LENGTH,
  RESULT_OFFSET,
  RESULT_SEGMENT,
  RESULT_STATUS,
  RESULT_TIME,
  ResultWriter,
  RingWorker,
  TASK_NUMBER,
} from "../../ring/mod.ts";
import { APART, Decoder, Encoder } from "../codec/mod.ts";
import { CodecError } from "../errors.ts";
import * as frame from "../frame.ts";
import type { BootRecord, HostMail, WorkerMail } from "../mail.ts";
import { after, nextTurn } from "../runtime/mod.ts";
import * as wire from "../wire.ts";
import { Credit } from "./credit.ts";

/** How long a child that holds something leaves tasks to others that still boot. */
const BOOT_PATIENCE_MS = 1000;
const BOOT_LOOK_MS = 5;

/** Where frames go. */
export interface Stream {
  write(bytes: Uint8Array): void;
  /** Leaves a number where a child finds it that reads no frames; `at` in bytes. */
  leave(number: number, at: number): void;
}

/** One child process's place in the rings. */
export class Forwarder {
  readonly #ring: RingWorker;
  readonly #results: ResultWriter;
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
  // Cells at the child, with the numbers of their tasks.
  readonly #held = new Map<number, number>();
  readonly #credit: Credit;
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
  constructor(record: BootRecord, stream: Stream) {
    const ring = this.#ring = new RingWorker({
      buffer: record.control,
      slot: record.slot,
      queue: record.queue,
    });
    this.#words = ring.words;
    this.#bytes = new Uint8Array(ring.words.buffer);
    this.#stream = stream;
    this.#credit = new Credit(record.concurrency, record.maxTasks);
    this.#results = new ResultWriter(record.results, {
      added: (id, buffer, single) =>
        this.#mail.push({ kind: "segment", id, buffer, single }),
      dropped: (id) => this.#mail.push({ kind: "segment_dropped", id }),
    });
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
      case "segment_dropped":
        this.#segments.delete(mail.id);
        break;
      case "abort":
        // Behind what the child writes there: 8 bytes per cell.
        this.#stream.leave(
          mail.number,
          this.#ring.layout.cells * 8 + mail.cell * 4,
        );
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
   * The child is dead: gives back what its journal does not list. The journal
   * holds, for each cell, the number of the task started last and how many
   * items of it.
   */
  end(journal: Int32Array): void {
    this.#ended = true;
    for (const [cell, number] of this.#held) {
      if (journal[cell * 2] === number) {
        this.#words[this.#ring.layout.cell(cell) + ITEM] =
          journal[cell * 2 + 1] as number;
      } else this.#ring.unstart(cell);
    }
    this.#held.clear();
    this.#ring.done.publish();
    this.#ring.exited();
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
      if (!this.#credit.open || this.#waitsForOthers()) break;
      if (this.#ring.claim(1) > 0) this.#sendTask(this.#ring.mine[0] as number);
      else if (this.#sleep()) break;
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
    this.#held.set(cell, words[base + TASK_NUMBER] as number);
    this.#credit.sent();
  }

  #leave(): void {
    this.#ring.setLoad(this.#held.size);
    if (this.#held.size > 0 || this.#leaving) return;
    this.#leaving = true;
    this.#writer.add(wire.LEAVE, 0);
    this.#flush();
  }

  #send(kind: number, value: unknown): void {
    const encoder = this.#encoder;
    encoder.begin();
    encoder.value(value, "mail");
    const length = encoder.end();
    const at = this.#writer.add(kind, length);
    encoder.copyTo(this.#writer.bytes, at);
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
        return this.#credit.progress(
          words[start / 4] as number,
          words[start / 4 + 1] as number,
          words[start / 4 + 2] as number,
        );
      case wire.MAIL:
        this.#decoder.begin(this.#reader.bytes, start, end - start);
        this.#mail.push(this.#decoder.value() as WorkerMail);
        this.#ring.done.posted();
    }
  }

  #finish(start: number, end: number): void {
    const { words, bytes } = this.#reader;
    const cell = words[start / 4] as number;
    if (!this.#held.delete(cell)) return;
    const base = this.#ring.layout.cell(cell);
    const status = words[start / 4 + 1] as number;
    const units = words[start / 4 + 2] as number;
    this.#words[base + RESULT_TIME] = words[start / 4 + 3] as number;
    const from = start + wire.DONE_WORDS * 4;
    const length = frame.resultBytes(status, units);
    if (!(length >= 0 && from + length <= end)) {
      throw new CodecError(
        "decode",
        `Cannot read a result: it says ${length} bytes and has ${end - from}`,
        { path: "result" },
      );
    }
    this.#handOver(
      cell,
      { status, units },
      bytes.subarray(from, from + length),
    );
  }

  #handOver(
    cell: number,
    { status, units }: { status: number; units: number },
    bytes: Uint8Array,
  ): void {
    const base = this.#ring.layout.cell(cell);
    this.#words[base + RESULT_STATUS] = status;
    this.#words[base + RESULT_LENGTH] = units;
    if (bytes.length <= RESULT_BYTES) {
      this.#words[base + RESULT_SEGMENT] = frame.INLINE;
      this.#bytes.set(bytes, (base + RESULT) * 4);
    } else {
      const room = this.#results.reserve(bytes.length);
      room.bytes.set(bytes, room.offset);
      this.#words[base + RESULT_SEGMENT] = room.segment;
      this.#words[base + RESULT_OFFSET] = room.offset / 8;
    }
    this.#ring.done.stage(cell);
  }
}
