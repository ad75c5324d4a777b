/** Planted bugs in the result ring and the arena. */
import { edit, type Mutant } from "./mutant.ts";

/** In result_ring.ts and arena.ts. */
export const STORES: readonly Mutant[] = [
  {
    name: "a run of grains is taken by a store",
    by: ["loop"],
    edits: [
      edit(
        "range_counter.ts",
        "Atomics.compareExchange(words, TAKEN, taken, taken + count);",
        "taken;\n      Atomics.store(words, TAKEN, taken + count);",
      ),
    ],
  },
  {
    name: "who comes too late for a run tries for it again",
    by: ["loop"],
    edits: [
      edit(
        "range_counter.ts",
        "      taken = seen;",
        "      if (seen === CLOSED) return -1;",
      ),
    ],
  },
  {
    name: "a host that is done leaves its promise behind",
    by: ["one worker"],
    edits: [
      edit("doorbell.ts", "    Atomics.notify(this.#words, ARMED);\n", ""),
    ],
  },
  {
    name: "the skip at the end of a lap is not counted",
    by: ["result ring, odd"],
    edits: [
      edit(
        "result_ring.ts",
        "ring.used() + skip + units > ring.capacity",
        "ring.used() + units > ring.capacity",
      ),
    ],
  },
  {
    name: "a result ring is never full",
    by: ["result ring"],
    edits: [
      edit(
        "result_ring.ts",
        "    if (ring.used() + skip + units > ring.capacity) return null;\n",
        "",
      ),
    ],
  },
  {
    name: "the skip at the end of a lap is not freed",
    by: ["result ring"],
    edits: [
      edit(
        "result_ring.ts",
        "(from.written + skip + length / UNIT) | 0",
        "(from.written + length / UNIT) | 0",
      ),
    ],
  },
  {
    name: "a result position is signed",
    by: ["result ring at 2^31-2"],
    edits: [
      edit(
        "result_ring.ts",
        "(this.written >>> 0) % this.capacity",
        "this.written % this.capacity",
      ),
    ],
  },
  {
    name: "a single segment is used again too soon",
    by: ["result in a segment"],
    edits: [
      edit("result_ring.ts", "      if (segment.used() !== 0) continue;\n", ""),
    ],
  },
  {
    name: "the reader forgets a ring when a larger one is made",
    by: ["result ring grows", "result ring"],
    edits: [
      edit(
        "result_ring.ts",
        "    this.#segments.set(segment, new Segment(segment, buffer, single));",
        "    this.#segments.delete(this.#ring.id);\n    this.#segments.set(segment, new Segment(segment, buffer, single));",
      ),
    ],
  },
  {
    name: "a block is handed out twice",
    by: ["arena"],
    edits: [
      edit(
        "arena.ts",
        "    const at = page.free.pop() as number;",
        "    const at = page.free[page.free.length - 1] as number;",
      ),
    ],
  },
  {
    name: "a page is formatted while blocks are in use",
    by: ["arena, pages"],
    edits: [
      edit(
        "arena.ts",
        "    if (page.free.length === 0) open.pop();",
        "    if (page.free.length === 0) this.#giveBack((open.pop() as Page).run, 0);",
      ),
    ],
  },
];
