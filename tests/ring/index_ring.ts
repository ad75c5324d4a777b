/** One index ring without a host, for the suites of task_ring.ts. */
import { HEAD, Layout, STATE, TAIL } from "../../ring/layout.ts";
import { CANCELLED } from "../../ring/state.ts";
import { MAX_BATCH, TaskConsumer, TaskProducer } from "../../ring/task_ring.ts";

/** An index ring and its cells. */
export class Ring {
  readonly layout: Layout;
  readonly words: Int32Array;
  readonly producer: TaskProducer;

  constructor(cells: number, first = 0) {
    this.layout = new Layout({ cells, slots: 4, queues: 2 });
    this.words = new Int32Array(this.layout.create(first));
    this.producer = new TaskProducer(this.words, this.layout, 0);
  }

  consumer(slot: number, alone = false): TaskConsumer {
    const end = { ring: 0, slot, alone };
    return new TaskConsumer(this.words, this.layout, end);
  }

  state(cell: number): number {
    return this.words[this.layout.cell(cell) + STATE] as number;
  }

  /** As RingHost.cancel does with a queued task. */
  cancel(cell: number): void {
    this.words[this.layout.cell(cell) + STATE] = CANCELLED;
  }

  send(...cells: number[]): number {
    for (const cell of cells) this.producer.stage(cell);
    return this.producer.publish();
  }

  get length(): number {
    const base = this.layout.ring(0);
    const { words } = this;
    return ((words[base + TAIL] as number) - (words[base + HEAD] as number)) |
      0;
  }
}

/** Claims into a fresh array. */
export function take(
  consumer: TaskConsumer,
  limit: number = MAX_BATCH,
): number[] {
  const taken = new Int32Array(MAX_BATCH);
  return [...taken.subarray(0, consumer.claim(taken, limit))];
}
