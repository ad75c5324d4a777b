/**
 * A worker on the raw rings that comes to every label a worker can come to:
 * it also forwards, listens for mail and tells of lost wake-ups, as none in a
 * pool does all at once.
 */
import { workerData } from "node:worker_threads";
import {
  ARGS,
  isCancelRequested,
  MAX_GRAINS,
  RangeCounter,
  RESULT,
  RESULT_OFFSET,
  ResultWriter,
  RingWorker,
  TASK_NUMBER,
} from "../../ring/mod.ts";
import { ARGUMENT_DECODE, gap, RESULT_WORDS, USER_CODE } from "./gap.ts";
import { type Post, RECORD, WAITS } from "./post.ts";

const post = workerData as Post;
const awake = setInterval(() => {}, 1_000_000);
const ring = new RingWorker({ ...post, queue: 0 });
const results = new ResultWriter(post.results, { added() {}, dropped() {} });
const shares = { total: MAX_GRAINS, step: 1, guide: 0 };
const loop = new RangeCounter(RangeCounter.allot(1), 0);
loop.begin(shares);
ring.ready();
let turns = 0;
while (!ring.stopped()) {
  ring.hasMail();
  ring.hasLessBusyPeer(ring.hasNews() ? 1 : 0);
  const count = ring.claim(8);
  ring.setLoad(count);
  ring.setBusy(++turns);
  for (let i = 0; i < count; i++) run(ring.mine[i] as number);
  ring.done.publish();
  if (count > 0) ring.done.posted();
  else if (ring.listen() && ring.sleepy()) {
    if (post.awaits) await ring.waitAsync();
    else ring.bell.wait(60_000);
    // As one that nobody called: it counts when there is work.
    ring.awake(true);
  }
}
ring.fenced();
ring.exited();
clearInterval(awake);

function run(cell: number): void {
  if (!ring.start(cell)) return;
  ring.unstart(cell);
  if (!ring.start(cell)) return;
  const base = ring.layout.cell(cell);
  const task = ring.words[base + TASK_NUMBER] as number;
  gap(ARGUMENT_DECODE);
  const given = ring.words[base + ARGS] as number;
  const closed = Atomics.load(post.gate, 0);
  isCancelRequested(ring.words, ring.layout, cell);
  Atomics.add(post.books, task, 1);
  Atomics.notify(post.books, task);
  gap(USER_CODE);
  // A task that is a member of a loop.
  loop.takeRun();
  loop.isClosed();
  loop.finish(1, 0);
  loop.close();
  loop.begin(shares);
  if (given === WAITS) Atomics.wait(post.gate, 0, closed);
  const { bytes, offset } = results.reserve(RECORD);
  bytes.fill(task & 255, offset, offset + RECORD / 2);
  gap(RESULT_WORDS);
  bytes.fill(task & 255, offset + RECORD / 2, offset + RECORD);
  ring.words[base + RESULT_OFFSET] = offset;
  ring.words[base + RESULT] = Math.imul(task, 31) ^ given;
  ring.done.stage(cell);
}
