/** The first module of a worker process. */
import { openChannel, startGuard } from "../src/runtime/child.ts";
import { exitThread, onExit } from "../src/runtime/mod.ts";
import * as wire from "../src/wire.ts";
import { Relay } from "./relay.ts";
import { guardEntry } from "./url.ts";

const guarded = startGuard(guardEntry);
let relay: Relay | null = null;
const frames = new wire.FrameReader((kind, start, end) => {
  if (kind !== wire.BOOT) return relay?.receive(kind, frames, start, end);
  const made = relay = new Relay(frames.bytes, start, end);
  onExit(() => made.flushAll());
  // No user code before the guard watches: it could compute for ever.
  void guarded.then(() => made.start());
});
openChannel((bytes) => {
  frames.feed(bytes);
  relay?.received();
}, () => exitThread(0));
