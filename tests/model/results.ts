/**
 * The result ring: a writer that never waits for room, and a reader that gives
 * it back in the order it was handed over. Records go through every way there
 * is: in the ring, around its end, into a larger ring, into a single segment.
 */
import type { Room } from "../../ring/mod.ts";
import type { Scenario } from "./run.ts";
import type { Machine } from "./machine.ts";
import { boot, Failure, op, type Steps, type Thread } from "./threads.ts";
import { ringsOf } from "./rings.ts";

/** One instance. */
export interface ResultOptions {
  readonly name: string;
  /** How many are read of how many, and in which segments they lay. */
  readonly ends: readonly string[];
  /** Bytes of each record, in order. */
  readonly records: readonly number[];
  /** Bytes of the first ring. */
  readonly size?: number;
  readonly first?: number;
  readonly kills?: number;
  /** Records that the reader frees only after the next was handed over. */
  readonly late?: boolean;
  /** A record whose reservation is given up: its result could not be written. */
  readonly abandoned?: number;
}

interface Record {
  readonly segment: number;
  readonly offset: number;
  readonly length: number;
  readonly stamp: number;
}

class Pipe {
  readonly machine: Machine;
  readonly options: ResultOptions;
  readonly records: Record[] = [];
  readonly announced: {
    segment: number;
    buffer: SharedArrayBuffer;
    single: boolean;
  }[] = [];
  readonly dropped: number[] = [];
  readonly buffer: SharedArrayBuffer;
  /** A word of the scenario that plays DTAIL. */
  readonly tail: Int32Array;
  readonly segments = new Set<number>();
  read = 0;

  constructor(machine: Machine, options: ResultOptions) {
    this.machine = machine;
    this.options = options;
    const { createResultRing } = ringsOf(machine);
    this.buffer = createResultRing(options.size ?? 64, options.first ?? 0);
    this.tail = new Int32Array(createResultRing(64));
    machine.spawn("reader", this.#reader());
    machine.spawn("writer", this.#writer());
    machine.quiet = () => {
      const [reader, writer] = machine.threads as [Thread, Thread];
      const sent = this.tail[0] as number;
      if (writer.state === "ready" || reader.state === "ready") {
        throw new Failure("stuck: a thread waits");
      }
      if (this.read !== sent) throw new Failure("a record was not read");
      if (writer.state === "done") this.#checkFreed();
    };
  }

  /** All was read, so the ring it went on in is empty. */
  #checkFreed(): void {
    const last = this.records.at(-1) as Record;
    const made = this.announced.find((one) => one.segment === last.segment);
    if (made?.single || this.options.late) return;
    const words = new Int32Array(made?.buffer ?? this.buffer);
    const units = (words.length * 4 - 128) / 8;
    const end = (last.offset - 128 + last.length) / 8;
    if (((words[0] as number) - end) % units === 0) return;
    throw new Failure("room was not given back");
  }

  *#writer(): Steps<void> {
    yield boot("B0");
    const { machine, options } = this;
    const { ResultWriter } = ringsOf(machine);
    const writer = new ResultWriter(this.buffer, {
      added: (segment, buffer, single) =>
        void this.announced.push({ segment, buffer, single }),
      dropped: (segment) => void this.dropped.push(segment),
    });
    for (let i = 0; i < options.records.length; i++) {
      const length = options.records[i] as number;
      const room = yield* writer.reserve(length);
      this.#fill(room, length, i + 1);
      if (i === options.abandoned) continue;
      const { segment, offset } = room;
      this.segments.add(segment);
      this.records.push({ segment, offset, length, stamp: i + 1 });
      yield { ...store, words: this.tail, a: this.records.length };
    }
  }

  *#reader(): Steps<void> {
    yield boot("B0");
    const { machine } = this;
    const { ResultReader } = ringsOf(machine);
    const reader = new ResultReader(this.buffer);
    let [known, gone] = [0, 0];
    const kept: Record[] = [];
    for (;;) {
      machine.mark();
      const sent = Number(yield { ...load, words: this.tail });
      machine.observe(this.announced.length);
      for (; known < this.announced.length; known++) {
        const { segment, buffer, single } = this
          .announced[known] as typeof this.announced[0];
        reader.add(segment, buffer, single);
      }
      machine.observe(this.dropped.length);
      for (; gone < this.dropped.length; gone++) {
        reader.drop(this.dropped[gone] as number);
      }
      const idle = sent === this.read;
      while (this.read < sent) {
        const record = this.records[this.read++] as Record;
        this.#check(reader.bytes(record.segment), record);
        kept.push(record);
        if (this.options.late && kept.length < 2) continue;
        const { segment, offset, length } = kept.shift() as Record;
        yield* reader.free(segment, offset, length);
      }
      const writer = machine.threads[1] as Thread;
      // An exit is a level that the host looks at, as at any other.
      if (idle && writer.state !== "ready") return;
      if (idle) {
        yield op(
          "choose",
          () =>
            writer.state !== "ready" || this.tail[0] !== sent
              ? [{ name: "look", must: true }]
              : [],
        );
      }
    }
  }

  #fill(room: Room, length: number, stamp: number): void {
    const words = new Int32Array(room.bytes.buffer);
    if (room.offset < 128 || room.offset + length > room.bytes.length) {
      throw new Failure(`record ${stamp} lies outside its segment`);
    }
    for (let at = room.offset; at < room.offset + length; at += 4) {
      this.machine.put(words, at / 4, stamp);
    }
  }

  #check(bytes: Uint8Array | undefined, record: Record): void {
    if (!bytes) throw new Failure(`segment ${record.segment} is not known`);
    const words = new Int32Array(bytes.buffer);
    const { offset, length, stamp } = record;
    for (let at = offset; at < offset + length; at += 4) {
      if (this.machine.get(words, at / 4) === stamp) continue;
      throw new Failure(`record ${stamp} holds other bytes`);
    }
  }

  get outcome(): string {
    return `${this.read} of ${this.records.length}, segments ${
      [...this.segments].sort().join(" ")
    }`;
  }
}

const load = { ...op("boot"), kind: "load", label: "T1" };
const store = { ...op("boot"), kind: "store", label: "T2" };

/** A scenario of one result ring. */
export function resultScenario(options: ResultOptions): Scenario {
  let pipe: Pipe;
  return {
    name: options.name,
    kills: options.kills ?? 0,
    outcomes: { expected: options.ends, forbidden: {} },
    start: (machine) => void (pipe = new Pipe(machine, options)),
    outcome: () => pipe.outcome,
  };
}
