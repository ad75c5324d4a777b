/** Results that came from another process, written where the host looks for them. */
import {
  RESULT,
  RESULT_BYTES,
  RESULT_LENGTH,
  RESULT_OFFSET,
  RESULT_SEGMENT,
  RESULT_STATUS,
  RESULT_TIME,
  ResultWriter,
  type RingWorker,
} from "../../ring/mod.ts";
import { CodecError } from "../errors.ts";
import { INLINE, resultBytes } from "../frame.ts";
import type { WorkerMail } from "../mail.ts";

/** The header of a result, as it lies in a cell. */
export interface ResultHeader {
  readonly status: number;
  readonly units: number;
  /** In microseconds, of a chunk. */
  readonly time: number;
}

/** Writes into cells and a result ring. */
export class Results {
  readonly #ring: RingWorker;
  readonly #bytes: Uint8Array;
  readonly #writer: ResultWriter;

  /** `post`: tells the host of segments. */
  constructor(
    ring: RingWorker,
    buffer: SharedArrayBuffer,
    post: (mail: WorkerMail) => void,
  ) {
    this.#ring = ring;
    this.#bytes = new Uint8Array(ring.words.buffer);
    this.#writer = new ResultWriter(buffer, {
      added: (id, buffer, single) =>
        post({ kind: "segment", id, buffer, single }),
      dropped: (id) => post({ kind: "segment_dropped", id }),
    });
  }

  /** The result of a cell; `bytes` may be longer. @throws CodecError when they are shorter */
  write(
    cell: number,
    { status, units, time }: ResultHeader,
    bytes: Uint8Array,
  ): void {
    const length = resultBytes(status, units);
    if (!(length >= 0 && length <= bytes.length)) {
      throw new CodecError(
        "decode",
        `Cannot read a result: it says ${length} bytes and has ${bytes.length}`,
        { path: "result" },
      );
    }
    const { words } = this.#ring;
    const base = this.#ring.layout.cell(cell);
    words[base + RESULT_STATUS] = status;
    words[base + RESULT_LENGTH] = units;
    words[base + RESULT_TIME] = time;
    const body = bytes.subarray(0, length);
    if (length <= RESULT_BYTES) {
      words[base + RESULT_SEGMENT] = INLINE;
      this.#bytes.set(body, (base + RESULT) * 4);
      return;
    }
    const room = this.#writer.reserve(length);
    room.bytes.set(body, room.offset);
    words[base + RESULT_SEGMENT] = room.segment;
    words[base + RESULT_OFFSET] = room.offset / 8;
  }
}
