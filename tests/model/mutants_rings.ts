/** Planted bugs in tickets, index rings, done rings and recovery. */
import { edit, type Mutant } from "./mutant.ts";

/** In task_ring.ts, state.ts, done_ring.ts and host.ts. */
export const RINGS: readonly Mutant[] = [
  {
    ...{ name: "a ticket does not name its ring" },
    by: ["private after shared", "private and shared"],
    edits: [
      edit(
        "state.ts",
        "(ring << RING_SHIFT) | (position & POSITION)",
        "position & POSITION",
      ),
    ],
  },
  {
    name: "HEAD is moved by a store",
    by: ["two workers", "batches"],
    edits: [
      edit(
        "task_ring.ts",
        "    Atomics.compareExchange(this.#words, this.#base + HEAD, head, at);",
        "    Atomics.store(this.#words, this.#base + HEAD, at);",
      ),
    ],
  },
  {
    name: "a claim is a store",
    by: ["two workers", "cancel"],
    edits: [
      edit(
        "task_ring.ts",
        "        Atomics.compareExchange(words, state, ticket, this.#owned) === ticket",
        "        Atomics.load(words, state) === ticket &&\n        Atomics.store(words, state, this.#owned) === this.#owned",
      ),
    ],
  },
  {
    name: "TAIL is published before the entry",
    by: ["two workers", "one worker"],
    edits: [
      edit(
        "task_ring.ts",
        "    // S3 plain: published by S4.",
        "    Atomics.store(words, this.#base + TAIL, (tail + 1) | 0);\n    // S3 plain: published by S4.",
      ),
    ],
  },
  {
    name: "order of positions without wrap",
    by: ["one worker at 2^31-2", "two workers at 2^31-2"],
    edits: [
      edit("task_ring.ts", "((tail - at) | 0) > 0) {", "tail > at) {"),
    ],
  },
  {
    name: "HEAD is moved by a store to make room",
    by: ["cancel, full with queued", "cancel, ring full"],
    edits: [
      edit(
        "task_ring.ts",
        "      const seen = Atomics.compareExchange(\n        this.#words,\n        this.#base + HEAD,\n        head,\n        to,\n      );",
        "      Atomics.store(this.#words, this.#base + HEAD, to);\n      const seen = head;",
      ),
    ],
  },
  {
    name: "what was taken back to make room is not queued again",
    by: ["cancel, full with queued"],
    edits: [
      edit(
        "task_ring.ts",
        "    for (const one of waiting) this.stage(one);\n",
        "",
      ),
    ],
  },
  {
    name: "making room takes a ticket by a store",
    by: ["cancel, full with queued"],
    edits: [
      edit(
        "task_ring.ts",
        "      const seen = Atomics.compareExchange(words, state, ticket, CANCELLED);\n      if (seen === ticket) waiting.push(cell);",
        "      if (Atomics.load(words, state) !== ticket) continue;\n      Atomics.store(words, state, CANCELLED);\n      waiting.push(cell);",
      ),
    ],
  },
  {
    name: "a cancel is a store",
    by: ["cancel", "cancel and kill"],
    edits: [
      edit(
        "host.ts",
        "        const seen = Atomics.compareExchange(this.words, at, state, CANCELLED);\n        if (seen === state) return true;",
        "        Atomics.store(this.words, at, CANCELLED);\n        return true;",
      ),
    ],
  },
  {
    name: "a claimed task is taken back by a store",
    by: ["fence, replace, reuse", "steal", "cancel"],
    edits: [
      edit(
        "host.ts",
        "        const seen = Atomics.compareExchange(this.words, at, state, FREE);\n        if (seen === state) return true;",
        "        Atomics.store(this.words, at, FREE);\n        return true;",
      ),
    ],
  },
  {
    name: "a private task of a lost worker is left in its ring",
    by: ["kill with private tasks"],
    edits: [edit("host.ts", "(alone && isQueued(state))", "(false && alone)")],
  },
  {
    name: "a result is published after the look for an armed host",
    by: ["one worker"],
    edits: [
      edit(
        "done_ring.ts",
        "    Atomics.store(this.#words, this.#tailWord, this.#tail);\n    this.#wakeHost();",
        "    this.#wakeHost();\n    Atomics.store(this.#words, this.#tailWord, this.#tail);",
      ),
    ],
  },
  {
    name: "a done entry is written after it was published",
    by: ["one worker"],
    edits: [
      edit(
        "done_ring.ts",
        "    // R5 plain: published by R6.",
        "    Atomics.store(this.#words, this.#tailWord, (this.#tail + 1) | 0);\n    // R5 plain: published by R6.",
      ),
    ],
  },
  {
    name: "a new worker's done ring is not skipped",
    by: ["slot again"],
    edits: [edit("roster.ts", "    slot.done.skip();\n", "")],
  },
];
