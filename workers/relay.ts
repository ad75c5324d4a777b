/**
 * The host of a worker that has a process to itself: it keeps rings of its own
 * for that one worker, fills them with what the stream brings, and sends back
 * what it hands over. Loop and runner work as they do in a thread.
 */
import {
  Arena,
  ARG_BYTES,
  ARG_LENGTH,
  ARG_OFFSET,
  ARG_SEGMENT,
  ARGS,
  type Block,
  CANCEL,
  createResultRing,
  FLAGS,
  FN,
  ITEM,
  NO_BLOCK,
  offsetOf,
  RESULT,
  RESULT_LENGTH,
  RESULT_OFFSET,
  RESULT_SEGMENT,
  RESULT_STATUS,
  RESULT_TIME,
  ResultReader,
  RingHost,
  segmentOf,
  TASK_NUMBER,
} from "../ring/mod.ts";
import { APART, Decoder, Encoder } from "../src/codec/mod.ts";
import { CodecError } from "../src/errors.ts";
import * as frame from "../src/frame.ts";
import type { BootRecord, HostMail, WorkerMail } from "../src/mail.ts";
import {
  readJournal,
  writeChannel,
  writeJournal,
} from "../src/runtime/child.ts";
import { createPorts, type Port, takeMessage } from "../src/runtime/mod.ts";
import {
  abortAt,
  awaitsAt,
  isRevoked,
  revokedAt,
  START_WORDS,
  startAt,
} from "../src/journal.ts";
import * as wire from "../src/wire.ts";
import { boot } from "./boot.ts";
import type { Outlet } from "./outlet.ts";

const RESULT_RING_BYTES = 256 * 1024;

/** No number of a synchronous part, as it lies in the journal. */
const NOT_COMPUTING = new Uint8Array(4);

/** What the host sends to boot with; the rest of a boot record is made here. */
type Plain =
  & Omit<
    BootRecord,
    "control" | "slot" | "queue" | "results" | "segments" | "shares"
  >
  & { readonly cells: number };

/** Both ends of a worker's rings in one process. */
export class Relay implements Outlet {
  readonly #host: RingHost;
  readonly #slot: number;
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #results: ResultReader;
  readonly #arena: Arena;
  readonly #port: Port;
  readonly #theirs: Port;
  readonly #record: BootRecord;
  readonly #writer = new wire.FrameWriter();
  readonly #encoder = new Encoder(APART);
  readonly #decoder = new Decoder(APART);
  // Of each cell: where its task lies at the host, and its arguments here.
  readonly #homes: Int32Array;
  readonly #sendings: Int32Array;
  readonly #blocks: Block[];
  // What is written to the journal, and what was read from it.
  readonly #start = new Int32Array(START_WORDS);
  readonly #startBytes = new Uint8Array(this.#start.buffer);
  readonly #note = new Int32Array(1);
  readonly #noteBytes = new Uint8Array(this.#note.buffer);
  #parts = 0;
  #posts = 0;
  #started = 0;
  #finished = 0;
  #toldStarted = 0;
  #toldUnfinished = 0;
  #toldBusy = 0;
  #concurrency: number;

  /** `bytes` from `start` to `end`: what the host sends to boot with. */
  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#decoder.begin(bytes, start, end - start);
    const { cells, ...plain } = this.#decoder.value() as Plain;
    this.#concurrency = plain.concurrency;
    const host = this.#host = new RingHost({ cells, slots: 1, queues: 1 });
    this.#words = host.words;
    this.#bytes = new Uint8Array(host.buffer);
    this.#homes = new Int32Array(cells);
    this.#sendings = new Int32Array(cells);
    this.#blocks = new Array(cells).fill(NO_BLOCK);
    [this.#port, this.#theirs] = createPorts();
    this.#arena = new Arena({
      added: (id, buffer) => this.#post({ kind: "segment", id, buffer }),
    });
    const results = createResultRing(RESULT_RING_BYTES);
    this.#results = new ResultReader(results);
    this.#slot = host.enlist(0);
    this.#record = {
      ...plain,
      control: host.buffer,
      slot: this.#slot,
      queue: 0,
      results,
      segments: new Map(),
      shares: new Map(),
    };
  }

  /** Boots the worker; one that cannot boot ends this process. */
  async start(): Promise<void> {
    await boot(this.#record, this.#theirs, this);
    if (!this.#host.isReady(this.#slot)) return;
    this.#writer.add(wire.READY, 0);
    this.flush(this.#concurrency);
  }

  /** A frame of the host, whose body is bytes `start` to `end`. */
  receive(
    kind: number,
    frames: wire.FrameReader,
    start: number,
    end: number,
  ): void {
    switch (kind) {
      case wire.TASK:
        return this.#queue(frames, start, end);
      case wire.MAIL:
        this.#decoder.begin(frames.bytes, start, end - start);
        return this.#post(this.#decoder.value() as HostMail);
      case wire.LEAVE:
        this.#host.dismiss(this.#slot);
    }
  }

  /** All frames that came together were received. */
  received(): void {
    this.#host.publish();
  }

  // ---- what the worker tells ----------------------------------------------------

  started(cell: number): boolean {
    this.computes(cell);
    const sending = this.#sendings[cell] as number;
    if (isRevoked(sending, this.#noted(revokedAt, cell))) {
      this.#giveBack(cell, sending);
      return false;
    }
    this.#started++;
    return true;
  }

  computes(cell: number): void {
    this.reached(
      cell,
      this.#words[this.#host.layout.cell(cell) + ITEM] as number,
    );
  }

  awaits(cell: number): void {
    writeJournal(NOT_COMPUTING, awaitsAt(this.#homes[cell] as number));
  }

  isCancelRequested(cell: number, number: number): boolean {
    return this.#noted(abortAt, cell) === number;
  }

  reached(cell: number, count: number): void {
    this.#start[0] = this.#sendings[cell] as number;
    this.#start[1] = count;
    this.#start[2] = this.#parts = (this.#parts + 1) | 0 || 1;
    writeJournal(this.#startBytes, startAt(this.#homes[cell] as number));
  }

  flush(concurrency: number): void {
    this.#host.drain(
      (cell) => this.#finish(cell),
      () => this.#readAll(),
    );
    this.#tellProgress(concurrency);
    if (this.#writer.length > 0) writeChannel(this.#writer.lend());
  }

  /** As {@link flush}, of a process that is about to end. */
  flushAll(): void {
    this.#readAll();
    this.flush(this.#concurrency);
  }

  #tellProgress(concurrency: number): void {
    const unfinished = this.#started - this.#finished;
    const busy = this.#host.busyOf(this.#slot);
    if (
      this.#toldStarted === this.#started &&
      this.#toldUnfinished === unfinished &&
      this.#concurrency === concurrency &&
      this.#toldBusy === busy
    ) return;
    this.#toldStarted = this.#started;
    this.#toldUnfinished = unfinished;
    this.#concurrency = concurrency;
    this.#toldBusy = busy;
    const at = this.#writer.add(wire.PROGRESS, 16) / 4;
    this.#writer.words[at] = this.#started;
    this.#writer.words[at + 1] = unfinished;
    this.#writer.words[at + 2] = concurrency;
    this.#writer.words[at + 3] = busy;
  }

  // ---- to the worker ------------------------------------------------------------

  #post(mail: HostMail): void {
    this.#port.postMessage(mail, []);
    this.#host.setMail(this.#slot, ++this.#posts, true);
  }

  #queue(frames: wire.FrameReader, start: number, end: number): void {
    const from = frames.words;
    const at = start / 4;
    const cell = this.#host.acquire();
    const words = this.#words;
    const base = this.#host.layout.cell(cell);
    this.#homes[cell] = from[at] as number;
    this.#sendings[cell] = from[at + 7] as number;
    words[base + FN] = from[at + 1] as number;
    words[base + FLAGS] = from[at + 2] as number;
    words[base + ITEM] = from[at + 3] as number;
    words[base + TASK_NUMBER] = from[at + 4] as number;
    words[base + ARG_LENGTH] = from[at + 5] as number;
    words[base + CANCEL] = from[at + 6] as number;
    words[base + ARG_SEGMENT] = frame.INLINE;
    const body = start + wire.TASK_WORDS * 4;
    const args = frames.bytes.subarray(body, end);
    if (args.length <= ARG_BYTES) this.#bytes.set(args, (base + ARGS) * 4);
    else {
      const block = this.#blocks[cell] = this.#arena.allocate(args.length);
      this.#arena.bytes(block).set(args, offsetOf(block));
      words[base + ARG_SEGMENT] = segmentOf(block);
      words[base + ARG_OFFSET] = offsetOf(block) / 8;
    }
    this.#host.stage(0, cell);
  }

  // ---- to the host --------------------------------------------------------------

  #finish(cell: number): void {
    const words = this.#words;
    const base = this.#host.layout.cell(cell);
    const status = words[base + RESULT_STATUS] as number;
    const units = words[base + RESULT_LENGTH] as number;
    const length = frame.resultBytes(status, units);
    const start = this.#writer.add(wire.DONE, wire.DONE_WORDS * 4 + length);
    const to = this.#writer.words;
    const at = start / 4;
    to[at] = this.#homes[cell] as number;
    to[at + 1] = status;
    to[at + 2] = units;
    to[at + 3] = words[base + RESULT_TIME] as number;
    const segment = frame.resultSegment(
      status,
      words[base + RESULT_SEGMENT] as number,
    );
    const body = start + wire.DONE_WORDS * 4;
    if (segment === frame.INLINE) {
      const from = (base + RESULT) * 4;
      this.#writer.bytes.set(this.#bytes.subarray(from, from + length), body);
    } else {
      const from = (words[base + RESULT_OFFSET] as number) * 8;
      const bytes = this.#segment(segment).subarray(from, from + length);
      this.#writer.bytes.set(bytes, body);
      this.#results.free(segment, from, length);
    }
    this.#finished++;
    this.#release(cell);
  }

  #giveBack(cell: number, sending: number): void {
    const at = this.#writer.add(wire.RETURNED, 8) / 4;
    this.#writer.words[at] = this.#homes[cell] as number;
    this.#writer.words[at + 1] = sending;
    this.#release(cell);
  }

  // What the host left for the task in a cell.
  #noted(
    placeOf: (cells: number, cell: number) => number,
    cell: number,
  ): number {
    const at = placeOf(this.#homes.length, this.#homes[cell] as number);
    const count = readJournal(this.#noteBytes, at);
    return count < 4 ? 0 : this.#note[0] as number;
  }

  #release(cell: number): void {
    this.#host.release(cell);
    const block = this.#blocks[cell] as Block;
    if (block === NO_BLOCK) return;
    this.#arena.free(block);
    this.#blocks[cell] = NO_BLOCK;
  }

  #segment(id: number): Uint8Array {
    for (;;) {
      const bytes = this.#results.bytes(id);
      if (bytes !== undefined) return bytes;
      if (this.#readOne()) continue;
      throw new CodecError(
        "decode",
        `Cannot read a result: segment ${id} was never announced`,
        { path: "result" },
      );
    }
  }

  #readAll(): void {
    while (this.#readOne());
  }

  #readOne(): boolean {
    const mail = takeMessage<WorkerMail>(this.#port);
    if (mail === undefined) return false;
    if (mail.kind === "segment") {
      this.#results.add(mail.id, mail.buffer, mail.single);
    } else if (mail.kind === "segment_dropped") this.#results.drop(mail.id);
    else this.#forward(mail);
    return true;
  }

  #forward(mail: WorkerMail): void {
    this.#encoder.begin();
    this.#encoder.value(mail, "mail");
    this.#writer.addMessage(wire.MAIL, this.#encoder);
  }
}
