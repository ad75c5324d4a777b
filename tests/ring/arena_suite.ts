import { Arena, type Block, offsetOf, segmentOf } from "../../ring/arena.ts";
import { equal, is, ok } from "../support/assert.ts";
import { type Rng, rng } from "../support/rng.ts";
import { suite } from "../support/suite.ts";

const test = suite("Arena");

/** What the workers know of segments, kept from the announcements alone. */
class Workers {
  readonly known = new Map<number, SharedArrayBuffer>();

  added(segment: number, buffer: SharedArrayBuffer): void {
    ok(!this.known.has(segment), `segment ${segment} announced twice`);
    this.known.set(segment, buffer);
  }
}

interface Held {
  readonly block: Block;
  readonly length: number;
  readonly canary: number;
}

function fill(workers: Workers, { block, length, canary }: Held): void {
  const buffer = workers.known.get(segmentOf(block));
  ok(buffer !== undefined, "a block lies in a segment nobody was told of");
  new Uint8Array(buffer, offsetOf(block), length).fill(canary);
}

function check(workers: Workers, { block, length, canary }: Held): void {
  const buffer = workers.known.get(segmentOf(block)) as SharedArrayBuffer;
  const bytes = new Uint8Array(buffer, offsetOf(block), length);
  for (const at of [0, length >> 1, length - 1]) {
    is(bytes[at], canary, `block ${block} of ${length} was overwritten`);
  }
  if (length < 1000) ok(bytes.every((byte) => byte === canary));
}

function lengthOf(random: Rng): number {
  const around = [1, 127, 128, 129, 4096, 65_535, 65_536, 65_537, 200_000];
  const kind = random.below(20);
  if (kind === 0) return random.pick(around);
  return 1 + random.below(kind < 14 ? 700 : 20_000);
}

test("20,000 operations agree with a plain allocator", () => {
  const random = rng("arena");
  const workers = new Workers();
  const arena = new Arena(workers);
  const held: Held[] = [];
  // The plain allocator: every live span by segment.
  const spans = new Map<number, Map<number, number>>();
  for (let i = 0; i < 20_000; i++) {
    const grows = Math.floor(i / 2_000) % 2 === 0;
    if (held.length === 0 || random.below(100) < (grows ? 60 : 40)) {
      const length = lengthOf(random);
      const block = arena.allocate(length);
      const one = { block, length, canary: 1 + random.below(255) };
      const offset = offsetOf(block);
      is(offset % 128, 0);
      const live = spans.get(segmentOf(block)) ?? new Map<number, number>();
      spans.set(segmentOf(block), live);
      for (const [start, size] of live) {
        ok(offset >= start + size || offset + length <= start, "overlap");
      }
      live.set(offset, length);
      is(arena.bytes(block).buffer, workers.known.get(segmentOf(block)));
      fill(workers, one);
      held.push(one);
    } else {
      const at = random.below(held.length);
      const one = held[at] as Held;
      held[at] = held.at(-1) as Held;
      held.pop();
      check(workers, one);
      spans.get(segmentOf(one.block))?.delete(offsetOf(one.block));
      arena.free(one.block);
    }
  }
  for (const one of held) {
    check(workers, one);
    arena.free(one.block);
  }
  equal([...arena.segments()], [...workers.known]);
  // Everything is free: all of it serves sizes that nobody used, but for the
  // empty page each of ten classes may keep.
  const { size } = arena;
  for (let i = 0; i < size / 65_536 - 10; i++) arena.allocate(65_536);
  is(arena.size, size, "free pages were lost");
});

for (const most of [4000, 3_000_000]) {
  test(`bursts of blocks up to ${most} bytes take no more than twice what the largest needs`, () => {
    const workers = new Workers();
    const arena = new Arena(workers);
    const random = rng(`arena bursts ${most}`);
    let needed = 0;
    for (let round = 0; round < 8; round++) {
      const lengths = Array.from(
        { length: Math.ceil(2e8 / most) },
        () => random.between(100, most),
      );
      const blocks = lengths.map((length) => arena.allocate(length));
      let sum = 0;
      for (const length of lengths) sum += rounded(length);
      needed = Math.max(needed, sum);
      for (const block of random.shuffle(blocks)) arena.free(block);
    }
    ok(arena.size <= 2 * needed + 2 ** 26, `${arena.size} for ${needed}`);
    // All of it is one again: a block as large as a segment takes no more.
    const { size } = arena;
    const largest = Math.max(
      ...[...workers.known.values()].map(({ byteLength }) => byteLength),
    );
    const open = segmentOf(arena.allocate(largest / 2));
    is(arena.size, size);
    ok(workers.known.has(open));
  });
}

test("a large block that was freed is split and merged for others", () => {
  const workers = new Workers();
  const arena = new Arena(workers);
  const large = arena.allocate(20_000_000);
  const { size } = arena;
  arena.free(large);
  const parts = [9_000_000, 3_000_000, 70_000, 100, 8_000_000].map((length) =>
    arena.allocate(length)
  );
  is(arena.size, size);
  is(new Set(parts).size, parts.length);
  for (const part of parts) arena.free(part);
  arena.free(arena.allocate(10_000_000));
  is(arena.size, size);
});

test("segments grow with what is needed, and the largest blocks get their own", () => {
  const workers = new Workers();
  const arena = new Arena(workers);
  const sizes = () =>
    [...workers.known.values()].map(({ byteLength }) => byteLength / 2 ** 20);
  for (let i = 0; i < 5; i++) arena.allocate(2 ** 20);
  equal(sizes(), [1, 1, 2, 4]);
  arena.allocate(100 * 2 ** 20);
  equal(sizes(), [1, 1, 2, 4, 128]);
  is(arena.size, 136 * 2 ** 20);
});

/** What a block of `length` bytes takes. */
function rounded(length: number): number {
  let size = 128;
  while (size < length) size *= 2;
  return size;
}

test("a class that goes between none and one block stays on its page", () => {
  const arena = new Arena(new Workers());
  const block = arena.allocate(100);
  for (let i = 0; i < 10; i++) {
    arena.free(block);
    is(arena.allocate(100), block);
  }
});

test("segmentOf() and offsetOf() take any block apart", () => {
  for (const segment of [0, 1, 65_535]) {
    for (const offset of [0, 128, 2 ** 32 - 128]) {
      const block = segment * 2 ** 32 + offset;
      equal([segmentOf(block), offsetOf(block)], [segment, offset]);
    }
  }
});
