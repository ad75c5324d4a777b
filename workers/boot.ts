/**
 * From a boot record to a running loop. What fails here fails the worker: the
 * reason is sent ahead, encoded, because error events lose it on Bun and Deno.
 */
import { ResultWriter, RingWorker } from "../ring/mod.ts";
import { Decoder, Encoder } from "../src/codec/mod.ts";
import type { BootRecord } from "../src/mail.ts";
import {
  createKeepAlive,
  exitThread,
  onExit,
  onThreadExit,
  onUncaught,
  type Port,
} from "../src/runtime/mod.ts";
import { Loader } from "./loader.ts";
import { Loop } from "./loop.ts";
import { Mailbox } from "./mailbox.ts";
import { Runner } from "./runner.ts";

/** Boots this worker: attach, preload, initialize, say ready, take tasks. */
export async function boot(record: BootRecord, port: Port): Promise<void> {
  const keepAlive = createKeepAlive();
  keepAlive.hold();
  const mailbox = new Mailbox(port, record);
  onUncaught((error) => die(mailbox, "an error nobody caught", error));
  try {
    const loader = new Loader(record.importTimeout);
    for (const url of record.preload) {
      await loader.import({ url, name: "preload" });
    }
    await initialize(record, loader, mailbox);
    const ring = new RingWorker({
      buffer: record.control,
      slot: record.slot,
      queue: record.queue,
    });
    const runner = new Runner({
      ring,
      results: new ResultWriter(record.results, {
        added: (id, buffer, single) =>
          mailbox.post({ kind: "segment", id, buffer, single }),
        dropped: (id) => mailbox.post({ kind: "segment_dropped", id }),
      }),
      mailbox,
      loader,
      concurrency: record.concurrency,
    });
    onExit(() => {
      runner.exiting();
      // What was finished before it is not lost with what was not.
      ring.done.publish();
    });
    const loop = new Loop({
      ring,
      runner,
      mailbox,
      keepAlive,
      slice: record.slice,
      leave: () => exitThread(0),
    });
    // A task that exits must not take results with it that are done and wait
    // only for the end of their batch.
    onThreadExit(() => ring.done.publish());
    ring.ready();
    loop.start();
  } catch (error) {
    die(mailbox, "it could not boot", error);
  }
}

async function initialize(
  record: BootRecord,
  loader: Loader,
  mailbox: Mailbox,
): Promise<void> {
  const { initializer } = record;
  if (initializer === null) return;
  const decoder = new Decoder(mailbox);
  decoder.begin(initializer.args, 0, initializer.args.length);
  const args = decoder.value() as unknown[];
  const fn = await loader.load(initializer);
  await fn(...args);
}

function die(mailbox: Mailbox, reason: string, error: unknown): never {
  const encoder = new Encoder(mailbox);
  encoder.begin();
  encoder.failure(error);
  const failure = new Uint8Array(encoder.end());
  encoder.copyTo(failure, 0);
  mailbox.post({ kind: "fatal", reason, failure });
  return exitThread(1);
}
