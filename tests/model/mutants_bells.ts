/** Planted bugs in sleeping, waking and messages. */
import { edit, type Mutant } from "./mutant.ts";
import type { Edit } from "./transform.ts";

/** The host sleeps and wakes nobody before, which would mend wakes that were lost. */
export const AWAKE: Edit = edit(
  "host.ts",
  "    if (waking) this.wakeForAll();\n    this.bell",
  "    this.bell",
);

/** In doorbell.ts, worker.ts and roster.ts. */
export const BELLS: readonly Mutant[] = [
  {
    name: "listening forgets STOP",
    by: ["ask and listen, fence"],
    edits: [
      edit("worker.ts", " && this.#stop() === this.#stopSeen", ""),
    ],
  },
  {
    name: "a worker posts after it raised EXITED",
    by: ["slot again"],
    edits: [edit("done_ring.ts", "    if (this.#ended) return;\n", "")],
  },
  {
    name: "a request to stop overwrites what stands above it",
    by: ["stop"],
    edits: [
      edit(
        "cancellation.ts",
        "Atomics.or(words, layout.cell(cell) + CANCEL, 1)",
        "Atomics.store(words, layout.cell(cell) + CANCEL, 1)",
      ),
    ],
  },
  {
    name: "a new worker finds the STOP of the last",
    by: ["slot again"],
    edits: [
      edit(
        "roster.ts",
        "[READY, EXITED, RESCUED, POSTED, BUSY, STOP, MAIL]",
        "[READY, EXITED, RESCUED, POSTED, MAIL]",
      ),
    ],
  },
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
    name: "a host that sleeps wakes nobody for what is left",
    by: ["few awake"],
    edits: [AWAKE],
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
        "    return this.mail() === this.#mailSeen && this.#stop() === this.#stopSeen;",
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
