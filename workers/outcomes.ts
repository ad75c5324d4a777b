/** The outcome of a task, written where the host will look for it. */
import {
  RESULT,
  RESULT_BYTES,
  RESULT_LENGTH,
  RESULT_OFFSET,
  RESULT_SEGMENT,
  RESULT_STATUS,
  RESULT_TIME,
  TASK_NUMBER,
} from "../ring/layout.ts";
import type { ResultWriter } from "../ring/result_ring.ts";
import type { RingWorker } from "../ring/worker.ts";
import { Encoder, writeOutcomes } from "../src/codec/mod.ts";
import * as frame from "../src/frame.ts";
import type { Aborts } from "./aborts.ts";
import type { Chunk } from "./chunk.ts";
import type { Mailbox } from "./mailbox.ts";
import type { Reports } from "./reports.ts";

/** Results handed over at the latest after so many. */
const PUBLISH_EVERY = 8;

/** Writes results into cells, result rings and the mail, and hands cells over. */
export class OutcomeWriter {
  readonly #ring: RingWorker;
  readonly #results: ResultWriter;
  readonly #mailbox: Mailbox;
  readonly #aborts: Aborts;
  readonly #reports: Reports;
  readonly #words: Int32Array;
  readonly #floats: Float64Array;
  readonly #bytes: Uint8Array;
  readonly #encoder: Encoder;
  #closed = false;

  constructor(
    parts: {
      ring: RingWorker;
      results: ResultWriter;
      mailbox: Mailbox;
      aborts: Aborts;
      reports: Reports;
    },
  ) {
    const { ring, mailbox } = parts;
    this.#ring = ring;
    this.#results = parts.results;
    this.#mailbox = mailbox;
    this.#aborts = parts.aborts;
    this.#reports = parts.reports;
    this.#words = ring.words;
    this.#floats = new Float64Array(ring.words.buffer);
    this.#bytes = new Uint8Array(ring.words.buffer);
    this.#encoder = new Encoder(mailbox, true);
  }

  /** From here on everything is dropped: the cells belong to others. */
  close(): void {
    this.#closed = true;
  }

  /** The task answered `value`; `met` are the shared buffers its arguments named. */
  finish(cell: number, value: unknown, met: readonly number[] | null): void {
    if (this.#closed) return;
    const base = this.#ring.layout.cell(cell);
    if (typeof value === "number") {
      this.#floats[(base + RESULT) >> 1] = value;
      this.#words[base + RESULT_STATUS] = frame.RESULT_NUMBER;
    } else if (
      value === undefined || value === null || value === true || value === false
    ) {
      this.#words[base + RESULT_STATUS] = frame.RESULT_SIMPLE;
      this.#words[base + RESULT_LENGTH] = frame.SIMPLE.indexOf(value);
    } else {
      try {
        this.#mailbox.lend(met);
        this.#encoder.begin();
        this.#encoder.value(value, "result");
        this.#write(base, frame.RESULT_VALUE);
      } catch (error) {
        return this.fail(cell, error);
      }
    }
    this.#handOver(cell);
  }

  /** The task failed. */
  fail(cell: number, error: unknown): void {
    if (this.#closed) return;
    this.#mailbox.takeMet();
    this.#encoder.begin();
    this.#encoder.failure(error);
    this.#write(this.#ring.layout.cell(cell), frame.RESULT_FAILURE);
    this.#handOver(cell);
  }

  /** Writes down how long the task ran that began at this time. */
  timed(cell: number, began: number): void {
    if (this.#closed) return;
    const micros = (performance.now() - began) * 1000;
    this.#words[this.#ring.layout.cell(cell) + RESULT_TIME] = Math.min(
      0x7fffffff,
      Math.ceil(micros),
    );
  }

  /** Every item of the chunk has an outcome. */
  finishChunk(chunk: Chunk): void {
    if (this.#closed) return;
    const { cell } = chunk.source;
    const base = this.#ring.layout.cell(cell);
    this.timed(cell, chunk.began);
    if (chunk.numbers !== null && chunk.failures === null) {
      this.#writeNumbers(base, chunk.numbers);
    } else {
      this.#mailbox.lend(chunk.source.met);
      this.#encoder.begin();
      writeOutcomes(this.#encoder, chunk.count, {
        values: chunk.numbers ?? chunk.values,
        failures: chunk.failures,
      });
      this.#write(base, frame.RESULT_OUTCOMES);
    }
    this.#handOver(cell);
  }

  #writeNumbers(base: number, numbers: Float64Array): void {
    const words = this.#words;
    const length = numbers.length * 8;
    words[base + RESULT_STATUS] = frame.RESULT_NUMBERS;
    words[base + RESULT_LENGTH] = numbers.length;
    if (length <= RESULT_BYTES) {
      words[base + RESULT_SEGMENT] = frame.INLINE;
      this.#floats.set(numbers, (base + RESULT) >> 1);
      return;
    }
    const room = this.#results.reserve(length);
    new Float64Array(room.bytes.buffer, room.offset, numbers.length).set(
      numbers,
    );
    words[base + RESULT_SEGMENT] = room.segment;
    words[base + RESULT_OFFSET] = room.offset / 8;
  }

  /** Writes what the encoder holds and says so in the result header. */
  #write(base: number, status: number): void {
    const words = this.#words;
    const length = this.#encoder.end();
    this.#encoder.takeMoved();
    const { foreign } = this.#encoder;
    if (foreign.length > 0) {
      const number = words[base + TASK_NUMBER] as number;
      this.#mailbox.post({ kind: "values", number, values: [...foreign] });
      status |= frame.RESULT_MAILED;
    }
    words[base + RESULT_STATUS] = status;
    words[base + RESULT_LENGTH] = length / 8;
    if (length <= RESULT_BYTES) {
      words[base + RESULT_SEGMENT] = frame.INLINE;
      this.#encoder.copyTo(this.#bytes, (base + RESULT) * 4);
      return;
    }
    const room = this.#results.reserve(length);
    this.#encoder.copyTo(room.bytes, room.offset);
    words[base + RESULT_SEGMENT] = room.segment;
    words[base + RESULT_OFFSET] = room.offset / 8;
  }

  #handOver(cell: number): void {
    this.#aborts.forget(cell);
    this.#reports.forget(cell);
    this.#ring.done.stage(cell);
    if (this.#ring.done.staged >= PUBLISH_EVERY) this.#ring.done.publish();
  }
}
