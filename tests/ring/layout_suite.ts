import { readFileSync } from "node:fs";
import * as layout from "../../ring/layout.ts";
import { Layout, type Shape } from "../../ring/layout.ts";
import { FREE } from "../../ring/state.ts";
import { equal, is, match, ok, throws } from "../support/assert.ts";
import { rng } from "../support/rng.ts";
import { suite } from "../support/suite.ts";

const test = suite("Layout");
const constants = layout as unknown as Record<string, unknown>;

interface Row {
  readonly block: string;
  readonly name: string;
  readonly word: string;
}

/** The cells of the tables in one section of the README, row by row. */
function tableRows(section: number): string[][] {
  const page = readFileSync(
    new URL("../../ring/README.md", import.meta.url),
    "utf8",
  );
  const text = page.split(new RegExp(`^## ${section} `, "m"))[1] ?? "";
  return (text.split(/^## /m)[0] ?? "").split("\n")
    .filter((line) => line.startsWith("| "))
    .map((line) => line.split("|").map((cell) => cell.trim()));
}

/** The rows of the README's memory map. */
function memoryMap(): Row[] {
  return tableRows(2)
    .filter(([, , name]) => name?.startsWith("`"))
    .map(([, block = "", name = "", word = ""]) => ({
      block,
      name: name.replaceAll("`", ""),
      word,
    }));
}

test("README's memory map names every word of layout.ts, and where it lies", () => {
  const rows = memoryMap();
  const others = [
    "MAGIC",
    "VERSION",
    "UNREADY",
    "LEAVE",
    "FENCED",
    "CELL_WORDS",
  ];
  const names = Object.keys(constants)
    .filter((name) => typeof constants[name] === "number")
    .filter((name) => !/^MAX_|_BYTES$/.test(name) && !others.includes(name));
  equal(rows.map(({ name }) => name).sort(), names.sort());
  for (const { name, word } of rows) is(Number(word), constants[name], name);
});

test("README's pairs point at each other", () => {
  const rows = new Map(
    tableRows(4).map(([, label = "", , , partners = ""]) => [label, partners]),
  );
  ok(rows.size > 60);
  for (const [label, partners] of rows) {
    // The plain entry is published by the store after it: see its guarantee.
    if (label === "S3" || label === "R5") continue;
    for (const [, sign, other = ""] of partners.matchAll(/([⇒⇔∥]) (\w+)/g)) {
      ok(
        rows.get(other)?.match(new RegExp(`${sign} ${label}(,|$)`)),
        `${label} ${sign} ${other} is not mutual`,
      );
    }
  }
});

test("README's memory map lists each block in order and without overlap", () => {
  const blocks = new Map<string, number[]>();
  for (const { block, word } of memoryMap()) {
    blocks.set(block, [...blocks.get(block) ?? [], Number(word)]);
  }
  ok(blocks.size >= 4);
  for (const [block, words] of blocks) {
    const sorted = [...new Set(words)].sort((one, two) => one - two);
    equal(words, sorted, block);
  }
});

/** Every word a shape gives to somebody, as [first, count]. */
function spans(shape: Layout): [number, number][] {
  const all: [number, number][] = [[0, 32], [layout.ARMED, 32]];
  all.push([layout.MASK, shape.maskWords]);
  for (let ring = 0; ring < shape.queues + shape.slots; ring++) {
    all.push([shape.ring(ring), layout.ENTRY + shape.cells]);
  }
  for (let slot = 0; slot < shape.slots; slot++) {
    all.push([shape.slot(slot), layout.PRIVATE]);
    all.push([shape.done(slot), shape.cells]);
  }
  for (let cell = 0; cell < shape.cells; cell++) {
    all.push([shape.cell(cell), layout.CELL_WORDS]);
  }
  return all;
}

test("a Layout gives no word to two owners and stays inside, for many shapes", () => {
  const random = rng("layout");
  const shapes: Shape[] = [
    { cells: 1, slots: 1, queues: 1 },
    { cells: 1, slots: 255, queues: 255 },
    { cells: 4096, slots: 3, queues: 2 },
  ];
  for (let i = 0; i < 60; i++) {
    shapes.push({
      cells: 1 << random.below(11),
      slots: random.between(1, 40),
      queues: random.between(1, 9),
    });
  }
  for (const shape of shapes) {
    const made = new Layout(shape);
    const sorted = spans(made).sort(([one], [two]) => one - two);
    let end = 0;
    for (const [first, count] of sorted) {
      ok(first >= end, `${JSON.stringify(shape)}: ${first} < ${end}`);
      end = first + count;
    }
    ok(end <= made.words, JSON.stringify(shape));
  }
});

test("a Layout starts what different threads write on 128 bytes", () => {
  const made = new Layout({ cells: 2, slots: 3, queues: 2 });
  const starts = [layout.ARMED, layout.MASK];
  for (let ring = 0; ring < 5; ring++) {
    starts.push(made.ring(ring) + layout.TAIL, made.ring(ring) + layout.HEAD);
    starts.push(made.ring(ring) + layout.ENTRY);
  }
  for (let slot = 0; slot < 3; slot++) {
    starts.push(made.slot(slot) + layout.DTAIL, made.slot(slot) + layout.PARK);
    starts.push(made.done(slot), made.ring(made.privateRing(slot)));
  }
  for (const start of starts) is(start % 32, 0, String(start));
  is(made.cell(1) - made.cell(0), 64);
});

test("a Layout keeps doubles in cells on 8 bytes", () => {
  const made = new Layout({ cells: 1, slots: 1, queues: 1 });
  is((made.cell(0) + layout.ARGS) % 2, 0);
  is((made.cell(0) + layout.RESULT) % 2, 0);
  equal([layout.ARG_BYTES, layout.RESULT_BYTES], [96, 104]);
});

test("Layout.of() reads back what create() wrote", () => {
  const made = new Layout({ cells: 16, slots: 33, queues: 3 });
  const read = Layout.of(made.create());
  equal([read.cells, read.slots, read.queues, read.words, read.maskWords], [
    16,
    33,
    3,
    made.words,
    2,
  ]);
});

test("create() makes every cell free and every ring empty at its first position", () => {
  for (const first of [0, 0x7ffffffe, -2]) {
    const made = new Layout({ cells: 4, slots: 2, queues: 2 });
    const words = new Int32Array(made.create(first));
    for (let cell = 0; cell < 4; cell++) {
      is(words[made.cell(cell) + layout.STATE], FREE);
    }
    for (let ring = 0; ring < 4; ring++) {
      is(words[made.ring(ring) + layout.TAIL], first);
      is(words[made.ring(ring) + layout.HEAD], first);
    }
    is(words[made.slot(1) + layout.DTAIL], first);
  }
});

test("Layout refuses shapes out of range and says which number", () => {
  const good = { cells: 8, slots: 2, queues: 1 };
  const bad: [Partial<Shape>, RegExp][] = [
    [{ cells: 0 }, /cells must be an integer from 1 to 65536, found 0/],
    [{ cells: 3 }, /cells must be a power of two, found 3/],
    [{ cells: 131_072 }, /cells must be an integer/],
    [{ cells: 1.5 }, /cells must be an integer/],
    [{ slots: 0 }, /slots/],
    [{ slots: 256 }, /slots must be an integer from 1 to 255, found 256/],
    [{ queues: NaN }, /queues/],
  ];
  for (const [part, message] of bad) {
    throws(() => new Layout({ ...good, ...part }), RangeError, message);
  }
});

test("Layout.of() refuses other buffers, other versions and truncated ones", () => {
  throws(() => Layout.of(new SharedArrayBuffer(0)), TypeError, /another/);
  throws(() => Layout.of(new SharedArrayBuffer(7)), TypeError, /another/);
  throws(() => Layout.of(new SharedArrayBuffer(4096)), TypeError, /another/);
  const made = new Layout({ cells: 2, slots: 1, queues: 1 });
  const other = made.create();
  new Int32Array(other)[1] = 999;
  const error = throws(() => Layout.of(other), TypeError);
  match(error.message, /found version 999/);
  const short = new SharedArrayBuffer(256);
  new Int32Array(short).set(new Int32Array(made.create()).subarray(0, 64));
  throws(() => Layout.of(short), TypeError, /words/);
});
