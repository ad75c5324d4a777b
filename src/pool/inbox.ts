/**
 * What one worker sends back: reads results out of its cells, its result
 * rings and its mail, and settles calls with them.
 */
import {
  RESULT,
  RESULT_LENGTH,
  RESULT_OFFSET,
  RESULT_SEGMENT,
  RESULT_STATUS,
  RESULT_TIME,
  ResultReader,
  type RingHost,
  TASK_NUMBER,
} from "../../ring/mod.ts";
import { Decoder, readOutcomes } from "../codec/mod.ts";
import type { Link } from "../context/mod.ts";
import { CodecError } from "../errors.ts";
import * as frame from "../frame.ts";
import type { HostMail, Want, WorkerMail } from "../mail.ts";
import { warn } from "../runtime/mod.ts";
import type { Call } from "./call.ts";
import { ChunkCall } from "./chunk_call.ts";
import { type Courier, type Desk, WorkerShares } from "./courier.ts";

/** Why a worker says it died. */
export interface LastWords {
  readonly reason: string;
  readonly cause: Error;
}

/** The receiving end of one worker. */
export class Inbox {
  /** What the worker said before it died, if it could. */
  lastWords: LastWords | null = null;
  /** It answered the last ping. */
  turns = false;
  /** Numbers of tasks that the worker heard it should stop. */
  readonly aborting: Set<number> = new Set();
  readonly #host: RingHost;
  readonly #words: Int32Array;
  readonly #floats: Float64Array;
  readonly #bytes: Uint8Array;
  readonly #reader: ResultReader;
  readonly #shares: WorkerShares;
  readonly #decoder: Decoder;
  readonly #values = new Map<number, readonly unknown[]>();
  readonly #courier: Courier;
  // Read at any time, even in the middle of a result; handled by attend().
  #asked: WorkerMail[] = [];
  #desk: Desk | null = null;
  #closed = false;
  #link: Link | null = null;
  #post: (mail: HostMail) => void = () => {};
  #give: (want: Want) => void = () => {};

  constructor(host: RingHost, courier: Courier, results: SharedArrayBuffer) {
    this.#host = host;
    this.#courier = courier;
    this.#words = host.words;
    this.#floats = new Float64Array(host.buffer);
    this.#bytes = new Uint8Array(host.buffer);
    this.#reader = new ResultReader(results);
    this.#shares = new WorkerShares(courier);
    this.#decoder = new Decoder(this.#shares);
  }

  /** Where the mail comes from, how answers go back, and who gives what tasks want. */
  connect(
    link: Link,
    post: (mail: HostMail) => void,
    give: (want: Want) => void,
  ): void {
    this.#link = link;
    this.#post = post;
    this.#give = give;
  }

  /** The worker posted something that wants attention: what its tasks ask of the pool. */
  attend(): void {
    this.readAll();
    const asked = this.#asked;
    if (asked.length === 0 || this.#closed) return;
    this.#asked = [];
    for (const mail of asked) {
      if (mail.kind === "want") this.#give(mail);
      else this.#openDesk()?.take(mail);
    }
  }

  #openDesk(): Desk | null {
    return this.#desk ??=
      this.#courier.reception?.open(this.#shares, this.#post) ?? null;
  }

  /** The worker is gone: nobody waits for what its tasks asked. */
  close(): void {
    this.#closed = true;
    this.#asked = [];
    this.#desk?.close();
  }

  /** Reads all mail that waits. */
  readAll(): void {
    while (this.#readOne());
  }

  /** Settles `call` with the result in its cell. A result that cannot be read fails it. */
  settle(call: Call, cell: number): void {
    const base = this.#host.layout.cell(cell);
    const status = this.#words[base + RESULT_STATUS] as number;
    if (status === frame.RESULT_NUMBER) {
      return call.fulfil(this.#floats[(base + RESULT) >> 1]);
    }
    if (status === frame.RESULT_SIMPLE) {
      return call.fulfil(
        frame.SIMPLE[this.#words[base + RESULT_LENGTH] as number],
      );
    }
    try {
      this.#settleEncoded(call, base, status);
    } catch (error) {
      call.fail(error);
    }
  }

  #settleEncoded(call: Call, base: number, status: number): void {
    const words = this.#words;
    const length = (words[base + RESULT_LENGTH] as number) * 8;
    const segment = words[base + RESULT_SEGMENT] as number;
    const inline = segment === frame.INLINE;
    const bytes = inline ? this.#bytes : this.#segment(segment);
    const offset = inline
      ? (base + RESULT) * 4
      : (words[base + RESULT_OFFSET] as number) * 8;
    if (call instanceof ChunkCall) call.resultBytes = length;
    try {
      if (status === frame.RESULT_NUMBERS) {
        const numbers = new Float64Array(bytes.buffer, offset, length / 8)
          .slice();
        return (call as ChunkCall).complete(
          numbers,
          null,
          words[base + RESULT_TIME] as number,
        );
      }
      const foreign = (status & frame.RESULT_MAILED) === 0
        ? undefined
        : this.#takeValues(words[base + TASK_NUMBER] as number);
      this.#decoder.begin(bytes, offset, length, foreign);
      this.#decode(call, base, status & ~frame.RESULT_MAILED);
    } finally {
      if (!inline) this.#reader.free(segment, offset, length);
    }
  }

  #decode(call: Call, base: number, status: number): void {
    const decoder = this.#decoder;
    if (status === frame.RESULT_VALUE) return call.fulfil(decoder.value());
    if (status === frame.RESULT_FAILURE) return call.fail(decoder.failure());
    const { values, failures } = readOutcomes(decoder);
    (call as ChunkCall).complete(
      values,
      failures,
      this.#words[base + RESULT_TIME] as number,
    );
  }

  #segment(id: number): Uint8Array {
    for (;;) {
      const bytes = this.#reader.bytes(id);
      if (bytes !== undefined) return bytes;
      if (!this.#readOne()) throw unannounced(`segment ${id}`);
    }
  }

  #takeValues(number: number): readonly unknown[] {
    for (;;) {
      const values = this.#values.get(number);
      if (values !== undefined) {
        this.#values.delete(number);
        return values;
      }
      if (!this.#readOne()) throw unannounced(`values of task ${number}`);
    }
  }

  #readOne(): boolean {
    const mail = this.#link?.take();
    if (mail === undefined) return false;
    switch (mail.kind) {
      case "segment":
        this.#reader.add(mail.id, mail.buffer, mail.single);
        break;
      case "segment_dropped":
        this.#reader.drop(mail.id);
        break;
      case "values":
        this.#values.set(mail.number, mail.values);
        break;
      case "task":
      case "submit":
      case "cancel":
      case "recall":
      case "progress":
      case "want":
        this.#asked.push(mail);
        break;
      case "aborting":
        this.aborting.add(mail.number);
        break;
      case "pong":
        this.turns = true;
        break;
      case "warning":
        warn(mail.message, mail.detail);
        break;
      case "fatal": {
        const decoder = new Decoder(this.#shares);
        decoder.begin(mail.failure, 0, mail.failure.length);
        this.lastWords = { reason: mail.reason, cause: decoder.failure() };
      }
    }
    return true;
  }
}

function unannounced(what: string): CodecError {
  return new CodecError(
    "decode",
    `Cannot read a result: ${what} was never announced`,
    { path: "result" },
  );
}
