/** The thirteen mutants of the design, in our source. */
import { edit, type Mutant } from "./mutant.ts";
import { AWAKE } from "./mutants_bells.ts";

const LOOKS = `      this.stopped() || this.mail() !== this.#mailSeen ||
      this.#private.hasWork() || this.#shared.hasWork()`;

/** M01 to M13. */
export const DESIGN: readonly Mutant[] = [
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
        "      const count = (this.#queues[q] as TaskProducer).publish();\n      if (count > 0) this.#roster.wake(q, count, wanted);",
        "      this.#roster.wake(q, (this.#queues[q] as TaskProducer).staged);\n      (this.#queues[q] as TaskProducer).publish();",
      ),
      AWAKE,
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
      AWAKE,
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
    ...{ design: "M13", by: ["kill", "cancel, ring full"] },
    edits: [
      edit(
        "task_ring.ts",
        "    this.#advance(head, at);",
        "    if (count > 0) this.#advance(head, at);",
      ),
    ],
  },
];
