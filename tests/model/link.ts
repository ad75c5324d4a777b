/** The ring classes, made once, on whatever machine runs now. */
import { Later } from "./later.ts";
import type { Machine } from "./machine.ts";
import type { Op, Thread } from "./threads.ts";
import type { Factory } from "./transform.ts";

// The machine whose run this is: classes are made once, runs by the thousand,
// and an engine optimizes only what it has met before.
let active: Machine;

class SharedBuffer extends ArrayBuffer {
  readonly base: number;

  constructor(bytes: number) {
    super(bytes);
    this.base = active.memory.reserve(bytes);
  }
}

/** Makes the ring classes; each of their steps belongs to the machine made last. */
export function link(factory: Factory): Record<string, unknown> {
  const kind = (kind: string) =>
  (
    label: string,
    words: Int32Array,
    index: number,
    a = kind === "notify" ? 1e9 : 0,
    b = 0,
  ): Op => ({
    kind,
    label,
    words,
    index,
    a,
    b,
    unread: false,
    options: undefined,
  });
  const kinds = ["load", "store", "compareExchange", "add", "and", "or"];
  kinds.push("notify", "wait", "waitAsync", "put");
  const each = kinds.map((name) => [name, kind(name)]);
  return factory({
    op: Object.fromEntries(each) as never,
    now: (one) => active.now(one as Op),
    get: (words, index) => active.get(words, index),
    put: (words, index, value) => active.put(words, index, value),
    SharedArrayBuffer: SharedBuffer,
    Promise: { resolve: resolved },
  });
}

function resolved(): Later {
  const later = new Later(active.current as Thread);
  later.resolve();
  return later;
}

/** From here on steps belong to this machine. */
export function activate(machine: Machine): void {
  active = machine;
}
