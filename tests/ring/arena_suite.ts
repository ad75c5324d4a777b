import { Arena, type Block, offsetOf, segmentOf } from "../../ring/arena.ts";
import { equal, is, ok } from "../support/assert.ts";
import { type Rng, rng } from "../support/rng.ts";
import { suite } from "../support/suite.ts";

const test = suite("Arena");

/** What the workers know of segments, kept from the announcements alone. */
class Workers {
  readonly known = new Map<number, SharedArrayBuffer>();
  drops = 0;

  added(segment: number, buffer: SharedArrayBuffer): void {
    ok(!this.known.has(segment), `segment ${segment} announced twice`);
    this.known.set(segment, buffer);
  }

  dropped(segment: number): void {
    ok(this.known.delete(segment), `segment ${segment} dropped twice`);
    this.drops++;
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
  const arena = new Arena(workers, 1024 * 1024);
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
  equal([...arena.segments().keys()], [...workers.known.keys()]);
  ok(workers.drops > 0, "the budget was never reached");
  // Everything is free: the same room serves a class nobody used.
  const size = arena.size;
  const paged = [...workers.known.values()]
    .filter((buffer) => buffer.byteLength === 1024 * 1024).length;
  // One empty page per class may stay formatted: ten classes.
  for (let i = 0; i < paged * 16 - 10; i++) arena.allocate(65_536);
  is(arena.size, size, "free pages were lost");
});

test("large blocks are reused when they fit well and dropped beyond the budget", () => {
  const workers = new Workers();
  const arena = new Arena(workers, 300_000);
  const one = arena.allocate(200_000);
  arena.free(one);
  is(segmentOf(arena.allocate(150_000)), segmentOf(one));
  arena.free(one);
  ok(segmentOf(arena.allocate(70_000)) !== segmentOf(one), "wastes too much");
  // Together with the one that is free this exceeds the budget: the older goes.
  const other = arena.allocate(130_500);
  arena.free(other);
  equal([...workers.known.keys()].includes(segmentOf(one)), false);
  is(workers.drops, 1);
  is(
    arena.size,
    [...workers.known.values()].reduce(
      (sum, { byteLength }) => sum + byteLength,
      0,
    ),
  );
});

test("a block larger than the budget is dropped when it is freed", () => {
  const workers = new Workers();
  const arena = new Arena(workers, 1000);
  arena.free(arena.allocate(100_000));
  is(workers.known.size, 0);
  is(arena.size, 0);
});

test("pages that a burst of small blocks took are given back beyond the budget", () => {
  const workers = new Workers();
  const arena = new Arena(workers, 2 * 1024 * 1024);
  const random = rng("arena burst");
  for (let round = 0; round < 3; round++) {
    const blocks = Array.from(
      { length: 20_000 },
      () => arena.allocate(random.between(200, 4000)),
    );
    ok(arena.size > 20 * 1024 * 1024);
    for (const block of random.shuffle(blocks)) arena.free(block);
    // The budget, and the last page of each of five classes, each perhaps in
    // the way of a segment.
    ok(arena.size <= 7 * 1024 * 1024, `${arena.size} bytes are kept`);
  }
  ok(workers.drops > 0);
});

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
