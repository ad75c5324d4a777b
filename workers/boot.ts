/**
 * From a boot record to a running loop. What fails here fails the worker: the
 * reason is sent ahead, encoded, because error events lose it on Bun and Deno.
 */
import { ResultWriter } from "../ring/result_ring.ts";
import { RingWorker } from "../ring/worker.ts";
import { failureBytes } from "../src/codec/mod.ts";
import type { BootRecord } from "../src/mail.ts";
import {
  createKeepAlive,
  exitThread,
  HeapWatch,
  onExit,
  onUncaught,
  type Port,
} from "../src/runtime/mod.ts";
import { Aborts } from "./aborts.ts";
import { Hooks } from "./hooks.ts";
import { Loader } from "./loader.ts";
import { Loop } from "./loop.ts";
import { Mailbox } from "./mailbox.ts";
import type { Outlet } from "./outlet.ts";
import { Reports } from "./reports.ts";
import { Runner } from "./runner.ts";
import { WorkerUplink } from "./uplink.ts";

/**
 * Boots this worker: attach, preload, initialize, say ready, take tasks.
 * `outlet`: the worker has a process to itself.
 */
export async function boot(
  record: BootRecord,
  port: Port,
  outlet: Outlet | null = null,
): Promise<void> {
  const keepAlive = createKeepAlive();
  keepAlive.hold();
  const mailbox = new Mailbox(port, record);
  const heap = watchHeap(mailbox);
  onUncaught((error) => die(mailbox, "an error nobody caught", error));
  try {
    const loader = new Loader(record.importTimeout, mailbox);
    for (const url of record.preload) {
      await loader.import({ url, name: "preload" });
    }
    const ring = new RingWorker({
      buffer: record.control,
      slot: record.slot,
      queue: record.queue,
    });
    const hooks = new Hooks(record, { ring, loader, mailbox });
    await hooks.initialize();
    const aborts = new Aborts(ring, mailbox, outlet);
    const reports = new Reports(ring, mailbox);
    const runner = new Runner({
      ring,
      aborts,
      reports,
      results: new ResultWriter(record.results, mailbox),
      mailbox,
      loader,
      hooks,
      uplink: new WorkerUplink(record, {
        ring,
        mailbox,
        loader,
        aborts,
        reports,
      }),
      concurrency: record.concurrency,
      maxTasks: record.maxTasks,
      outlet,
    });
    const handOver = wayHome(ring, runner, outlet);
    reports.handOver = handOver;
    const loop = new Loop({
      ring,
      runner,
      mailbox,
      hooks,
      keepAlive,
      heap,
      slice: record.slice,
      handOver,
      // Its tasks come by events of this very thread.
      spins: outlet === null,
      leave: () => exitThread(0),
    });
    ring.ready();
    loop.start();
  } catch (error) {
    die(mailbox, "it could not boot", error);
  }
}

/** How finished tasks become visible to the host, also when a task exits. */
function wayHome(
  ring: RingWorker,
  runner: Runner,
  outlet: Outlet | null,
): () => void {
  const handOver = (): void => {
    ring.done.publish();
    outlet?.flush(runner.concurrency);
  };
  onExit(() => {
    // What comes after an exit is void. But a task that exits must not take
    // results with it that are done and wait only for the end of their batch.
    runner.abandon();
    handOver();
  });
  return handOver;
}

function watchHeap(mailbox: Mailbox): HeapWatch {
  const heap = new HeapWatch(() => {
    const error = new Error("JS heap out of memory");
    die(mailbox, "its heap met its limit", error);
  });
  heap.start();
  return heap;
}

function die(mailbox: Mailbox, reason: string, error: unknown): never {
  mailbox.post({ kind: "fatal", reason, failure: failureBytes(error) });
  return exitThread(1);
}
