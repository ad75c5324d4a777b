import {
  createResultRing,
  ResultReader,
  ResultWriter,
} from "../../ring/result_ring.ts";
import { equal, is, ok, throws } from "../support/assert.ts";
import { rng } from "../support/rng.ts";
import { suite } from "../support/suite.ts";
import { FIRSTS } from "./play.ts";

const test = suite("ResultWriter and ResultReader");

interface Record {
  readonly segment: number;
  readonly offset: number;
  readonly length: number;
  readonly canary: number;
}

/** Both ends in one thread; records are freed in the order written, as the host does. */
class Pair {
  readonly reader: ResultReader;
  readonly writer: ResultWriter;
  readonly records: Record[] = [];
  readonly singles: number[] = [];
  readonly rings: number[] = [];
  dropped = 0;
  #canary = 0;

  constructor(size: number, first = 0) {
    const buffer = createResultRing(size, first);
    this.reader = new ResultReader(buffer);
    this.writer = new ResultWriter(buffer, {
      added: (segment, buffer, single) => {
        (single ? this.singles : this.rings).push(segment);
        this.reader.add(segment, buffer, single);
      },
      dropped: (segment) => {
        this.dropped++;
        this.reader.drop(segment);
      },
    });
  }

  write(length: number): Record {
    const { segment, bytes, offset } = this.writer.reserve(length);
    is(offset % 8, 0);
    ok(offset >= 128 && offset + length <= bytes.length, "out of its segment");
    for (const other of this.records) {
      if (other.segment !== segment) continue;
      ok(
        offset >= other.offset + other.length ||
          offset + length <= other.offset,
        "overwrites an unread record",
      );
    }
    this.#canary = this.#canary % 255 + 1;
    bytes.fill(this.#canary, offset, offset + length);
    const record = { segment, offset, length, canary: this.#canary };
    this.records.push(record);
    return record;
  }

  read(): void {
    const { segment, offset, length, canary } = this.records.shift() as Record;
    const bytes = this.reader.bytes(segment);
    ok(bytes !== undefined, `segment ${segment} was dropped too early`);
    const record = bytes.subarray(offset, offset + length);
    ok(record.every((byte) => byte === canary), "foreign bytes");
    this.reader.free(segment, offset, length);
  }
}

test("records of every length from every alignment, at every first position", () => {
  for (const first of FIRSTS) {
    for (let units = 1; units <= 16; units++) {
      const pair = new Pair(512, first);
      for (let i = 0; i < 200; i++) {
        pair.write(units * 8);
        // Moves the alignment by one unit each round.
        if (i % 2 === 0) pair.write(8);
        while (pair.records.length > 1) pair.read();
      }
      while (pair.records.length > 0) pair.read();
      equal(pair.rings, [], `${units} units from ${first} made the ring grow`);
    }
  }
});

test("20,000 records of random lengths, read late and soon", () => {
  for (const first of FIRSTS) {
    const random = rng(`results ${first}`);
    const pair = new Pair(1024, first);
    for (let i = 0; i < 7_000; i++) {
      if (pair.records.length > 0 && random.below(100) < 51) pair.read();
      else pair.write(8 * random.between(1, random.below(50) === 0 ? 200 : 20));
    }
    while (pair.records.length > 0) pair.read();
    equal(pair.singles, []);
  }
});

test("a full ring goes on in a larger one and the old one is read to its end", () => {
  const pair = new Pair(256);
  const first = pair.write(64);
  while (pair.rings.length < 3) pair.write(64);
  is(first.segment, 0);
  ok(pair.reader.bytes(0) !== undefined);
  while (pair.records.length > 0) pair.read();
  is(pair.reader.bytes(0), undefined);
  is(pair.reader.bytes(pair.rings[1] as number), undefined);
  const last = pair.rings[2] as number;
  ok(pair.reader.bytes(last) !== undefined);
  for (let i = 0; i < 500; i++) {
    is(pair.write(128).segment, last);
    pair.read();
  }
});

test("a record larger than a quarter of the ring makes it grow", () => {
  const pair = new Pair(1024);
  is(pair.write(256).segment, 0);
  const record = pair.write(264);
  is(record.segment, pair.rings[0]);
  is(pair.writer.reserve(8).bytes.length - 128, 2048);
  const large = pair.write(1_000_000);
  is(large.segment, pair.rings[1]);
  equal(pair.singles, []);
});

test("a very large record gets a segment of its own, reused once it is read", () => {
  const pair = new Pair(1024);
  const length = 3 * 1024 * 1024;
  const first = pair.write(length);
  equal(pair.singles, [first.segment]);
  const second = pair.write(length);
  ok(second.segment !== first.segment, "it was not read yet");
  pair.read();
  is(pair.write(length - 8).segment, first.segment);
  pair.read();
  pair.read();
  ok(pair.write(length / 4 * 3).segment !== pair.singles.length + 10);
  is(pair.singles.length, 2);
});

test("unused single segments beyond the budget are dropped", () => {
  const pair = new Pair(1024);
  const { writer, reader } = pair;
  const take = (length: number) => {
    const { segment, offset } = writer.reserve(length);
    return () => reader.free(segment, offset, length);
  };
  const MIB = 1024 * 1024;
  const frees = [3, 30, 31, 32].map((size) => take(size * MIB));
  for (const free of frees) free();
  // Fits none of them: the search meets all, more than the budget in total.
  take(9 * MIB)();
  ok(pair.dropped >= 1);
  for (const segment of pair.singles.slice(-1)) {
    ok(reader.bytes(segment) !== undefined);
  }
});

test("a record nobody freed costs its room once, not the order of the rest", () => {
  const pair = new Pair(1024);
  for (let i = 0; i < 400; i++) {
    pair.write(96);
    // The result of this one could not be read.
    if (i % 50 === 7) pair.records.shift();
    else pair.read();
  }
  equal(pair.rings, []);
});

test("free() of a segment that was never announced is nothing", () => {
  const pair = new Pair(1024);
  pair.reader.free(77, 128, 8);
  is(pair.reader.bytes(77), undefined);
  pair.write(8);
  pair.read();
});

test("createResultRing() refuses sizes whose laps do not end at 2^32", () => {
  for (const size of [0, 8, 63, 65, 1000, 1.5, NaN, 2 ** 31, -64]) {
    throws(() => createResultRing(size), RangeError, /power of two/);
  }
  is(createResultRing(64).byteLength, 192);
});
