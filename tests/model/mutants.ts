/**
 * Planted bugs: one line of the ring source changed. Each must be found, or
 * the model does not see what it claims to see. `design` is the number of the
 * mutant in the design's list of thirteen; `by` are scenarios that should find
 * it, tried first.
 */
import type { Edit } from "./transform.ts";

/** One planted bug. */
export interface Mutant {
  readonly name: string;
  readonly design?: string;
  readonly by: readonly string[];
  readonly edits: readonly Edit[];
}

function edit(file: string, from: string, to: string): Edit {
  return { file, from, to };
}

const LOOKS = `      this.stopped() || this.mail() !== this.#mailSeen ||
      this.#private.hasWork() || this.#shared.hasWork()`;

const DESIGN: readonly Mutant[] = [
  {
    ...{ name: "a worker does not look again after it announced" },
    ...{ design: "M01", by: ["one worker"] },
    edits: [edit("worker.ts", LOOKS, "      false")],
  },
  {
    ...{ name: "a worker announces after its second look" },
    ...{ design: "M02", by: ["one worker"] },
    edits: [
      edit("worker.ts", "    this.bell.announce();\n", ""),
      edit(
        "worker.ts",
        "      return false;\n    }\n    return true;\n  }\n\n  /**\n   * Ends",
        "      return false;\n    }\n    this.bell.announce();\n    return true;\n  }\n\n  /**\n   * Ends",
      ),
    ],
  },
  {
    ...{ name: "the host looks for sleepers before it publishes" },
    ...{ design: "M03", by: ["one worker"] },
    edits: [
      edit(
        "host.ts",
        "      const count = (this.#queues[q] as TaskProducer).publish();\n      if (count > 0) this.#roster.wake(q, count);",
        "      this.#roster.wake(q, (this.#queues[q] as TaskProducer).staged);\n      (this.#queues[q] as TaskProducer).publish();",
      ),
    ],
  },
  {
    ...{ name: "the host does not look again after it armed" },
    ...{ design: "M04", by: ["one worker"] },
    edits: [
      edit("host.ts", "    if (this.hasResults()) {", "    if (false) {"),
    ],
  },
  {
    ...{ name: "recovery does not run the wake policy again" },
    ...{ design: "M05", by: ["kill", "kill, two tasks", "dismiss"] },
    edits: [
      edit(
        "roster.ts",
        "    this.wake(slot.queue, this.#queues[slot.queue]?.waiting() ?? 0);",
        "",
      ),
    ],
  },
  {
    ...{ name: "the sweep comes without a last look" },
    ...{ design: "M06", by: ["kill and replace", "kill"] },
    edits: [
      edit(
        "host.ts",
        "    if (lost.done.look()) this.#take(lost, settle);\n",
        "",
      ),
    ],
  },
  {
    ...{ name: "a claim moves HEAD first and marks the cell after" },
    ...{ design: "M07", by: ["kill and replace", "kill"] },
    edits: [
      edit(
        "task_ring.ts",
        "      const state = this.#layout.cell(cell) + STATE;\n      const ticket = queued(this.#ring, at);\n      // D4",
        "      const state = this.#layout.cell(cell) + STATE;\n      const ticket = queued(this.#ring, at);\n      this.#advance(at, (at + 1) | 0);\n      // D4",
      ),
    ],
  },
  {
    ...{ name: "the host does not arm while a promise is pending" },
    ...{ design: "M08", by: ["kill, two tasks", "kill"] },
    edits: [
      edit(
        "doorbell.ts",
        "    Atomics.store(this.#words, ARMED, 1);",
        "    if (this.#pending) return;\n    Atomics.store(this.#words, ARMED, 1);",
      ),
    ],
  },
  {
    ...{ name: "a start is a store" },
    ...{ design: "M09", by: ["fence, replace, reuse", "fence while alive"] },
    edits: [
      edit(
        "worker.ts",
        "    return Atomics.compareExchange(\n      this.words,\n      at,\n      this.#claimed,\n      this.#running,\n    ) === this.#claimed;",
        "    Atomics.store(this.words, at, this.#running);\n    return true;",
      ),
    ],
  },
  {
    ...{ name: "there is no quarantine" },
    ...{ design: "M10", by: ["fence, replace, reuse"] },
    edits: [
      edit("host.ts", "        this.#home[cell] = QUARANTINED;\n", ""),
    ],
  },
  {
    ...{ name: "one waiter is notified, not all" },
    ...{ design: "M11", by: ["promise left behind"] },
    edits: [
      edit(
        "doorbell.ts",
        "    Atomics.notify(this.#words, park);",
        "    Atomics.notify(this.#words, park, 1);",
      ),
    ],
  },
  {
    ...{ name: "a full ring is not noticed" },
    ...{ design: "M12", by: ["cancel, full with queued", "cancel, ring full"] },
    edits: [
      edit("task_ring.ts", "    if (this.#full()) this.#makeRoom(cell);\n", ""),
    ],
  },
  {
    ...{ name: "only who claimed moves HEAD" },
    ...{ design: "M13", by: ["cancel", "kill"] },
    edits: [
      edit(
        "task_ring.ts",
        "    this.#advance(head, at);",
        "    if (count > 0) this.#advance(head, at);",
      ),
    ],
  },
];

const RINGS: readonly Mutant[] = [
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

const BELLS: readonly Mutant[] = [
  {
    name: "PARK is set after the bit",
    by: ["one worker", "two workers"],
    edits: [
      edit(
        "doorbell.ts",
        "    Atomics.or(this.#words, this.#maskWord, this.#bit);",
        "    Atomics.or(this.#words, this.#maskWord, this.#bit);\n    Atomics.store(this.#words, this.#park, 1);",
      ),
    ],
  },
  {
    name: "a wake leaves the bit",
    by: ["tasks that meet"],
    edits: [
      edit(
        "doorbell.ts",
        "    const before = Atomics.and(this.#words, MASK + (slot >>> 5), ~bit);",
        "    const before = Atomics.load(this.#words, MASK + (slot >>> 5));",
      ),
    ],
  },
  {
    name: "a wake notifies without PARK",
    by: ["one worker"],
    edits: [
      edit("doorbell.ts", "    Atomics.store(this.#words, park, 0);\n", ""),
    ],
  },
  {
    name: "a wake notifies before PARK",
    by: ["one worker"],
    edits: [
      edit(
        "doorbell.ts",
        "    Atomics.store(this.#words, park, 0);\n",
        "    Atomics.notify(this.#words, park);\n",
      ),
      edit(
        "doorbell.ts",
        "    // earlier sleep would eat a single notification.\n    Atomics.notify(this.#words, park);",
        "    Atomics.store(this.#words, park, 0);",
      ),
    ],
  },
  {
    name: "a second promise is asked for",
    by: ["async sleep, own events"],
    edits: [
      edit(
        "doorbell.ts",
        "    if (this.#pending) return null;\n    // P4a",
        "    // P4a",
      ),
    ],
  },
  {
    name: "a worker told to leave is not woken",
    by: ["one worker"],
    edits: [
      edit(
        "roster.ts",
        "    Atomics.store(this.#words, this.#layout.slot(index) + STOP, how);\n    this.#sleepers.knock(index);",
        "    Atomics.store(this.#words, this.#layout.slot(index) + STOP, how);",
      ),
    ],
  },
  {
    name: "a worker is woken before it is told to leave",
    by: ["one worker"],
    edits: [
      edit(
        "roster.ts",
        "    Atomics.store(this.#words, this.#layout.slot(index) + STOP, how);\n    this.#sleepers.knock(index);",
        "    this.#sleepers.knock(index);\n    Atomics.store(this.#words, this.#layout.slot(index) + STOP, how);",
      ),
    ],
  },
  {
    name: "the second look forgets STOP",
    by: ["one worker"],
    edits: [edit("worker.ts", "this.stopped() || this.mail()", "this.mail()")],
  },
  {
    name: "the second look forgets mail",
    by: ["mail"],
    edits: [
      edit(
        "worker.ts",
        "this.stopped() || this.mail() !== this.#mailSeen ||",
        "this.stopped() ||",
      ),
    ],
  },
  {
    name: "the second look forgets the private ring",
    by: ["private only", "private and shared"],
    edits: [
      edit(
        "worker.ts",
        "      this.#private.hasWork() || this.#shared.hasWork()\n    ) {\n      this.bell",
        "      this.#shared.hasWork()\n    ) {\n      this.bell",
      ),
    ],
  },
  {
    name: "urgent mail knocks before it counts",
    by: ["mail", "ask and listen"],
    edits: [
      edit(
        "roster.ts",
        "    Atomics.store(this.#words, this.#layout.slot(index) + MAIL, count);\n    if (urgent) this.#sleepers.knock(index);",
        "    if (urgent) this.#sleepers.knock(index);\n    Atomics.store(this.#words, this.#layout.slot(index) + MAIL, count);",
      ),
    ],
  },
  {
    name: "a listener does not look again",
    by: ["ask and listen"],
    edits: [
      edit(
        "worker.ts",
        "    return this.mail() === this.#mailSeen;",
        "    return true;",
      ),
    ],
  },
  {
    name: "a post is counted after the look for an armed host",
    by: ["ask and listen"],
    edits: [
      edit(
        "done_ring.ts",
        "    Atomics.store(this.#words, this.#postedWord, this.#posts);\n    this.#wakeHost();",
        "    this.#wakeHost();\n    Atomics.store(this.#words, this.#postedWord, this.#posts);",
      ),
    ],
  },
  {
    name: "the host that armed does not look for posts",
    by: ["ask and listen"],
    edits: [
      edit(
        "host.ts",
        "if (done.look() || done.hasPost()) return true;",
        "if (done.look()) return true;",
      ),
    ],
  },
  {
    name: "posts are looked for before results",
    by: ["post", "post, two workers"],
    edits: [
      edit(
        "host.ts",
        "      const finished = slot.done.look();\n      if (slot.done.hasPost()) {",
        "      if (slot.done.hasPost()) {",
      ),
      edit(
        "host.ts",
        "      if (finished) count += this.#take(slot, settle);",
        "      if (slot.done.look()) count += this.#take(slot, settle);",
      ),
    ],
  },
];

const STORES: readonly Mutant[] = [
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
        "    if (page.free.length === 0) this.#freePages.push(open.pop() as Page);",
      ),
    ],
  },
];

/** Every planted bug. */
export const MUTANTS: readonly Mutant[] = [
  ...DESIGN,
  ...RINGS,
  ...BELLS,
  ...STORES,
];
