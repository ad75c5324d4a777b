/** The ring classes as they are after the transform, for the type checker. */
import type * as ring from "../../ring/mod.ts";
import type { Machine } from "./machine.ts";
import { type Steps } from "./threads.ts";

/** Methods that touch no shared word, by name, and stay what they were. */
type Plain =
  | "acquire"
  | "allocate"
  | "begin"
  | "attend"
  | "certify"
  | "place"
  | "placeOf"
  | "release"
  | "take"
  | "waitsFor";

/** Classes within classes. */
type Parts = ring.DoneProducer | ring.WorkerBell | ring.HostBell;

/** A class whose methods became generators. */
export type Stepped<T> = {
  [K in keyof T]: T[K] extends (...args: infer A) => infer R
    ? K extends Plain ? T[K] : (...args: A) => Steps<R>
    : T[K] extends Parts ? Stepped<T[K]>
    : T[K];
};

/** A function that became a generator. */
type Step<T> = T extends (...args: infer A) => infer R
  ? (...args: A) => Steps<R>
  : never;

/** What the scenarios use of ring/mod.ts. */
export interface Rings {
  readonly RingHost: new (
    ...args: ConstructorParameters<typeof ring.RingHost>
  ) => Stepped<ring.RingHost>;
  readonly RingWorker: new (
    ...args: ConstructorParameters<typeof ring.RingWorker>
  ) => Stepped<ring.RingWorker>;
  readonly ResultWriter: new (
    ...args: ConstructorParameters<typeof ring.ResultWriter>
  ) => Stepped<ring.ResultWriter>;
  readonly ResultReader: new (
    ...args: ConstructorParameters<typeof ring.ResultReader>
  ) => ReaderSteps;
  readonly Arena: new (
    ...args: ConstructorParameters<typeof ring.Arena>
  ) => ArenaSteps;
  readonly RangeCounter: {
    new (buffer: SharedArrayBuffer, taker: number): Stepped<ring.RangeCounter>;
    allot(takers: number): SharedArrayBuffer;
  };
  readonly isCancelRequested: Step<typeof ring.isCancelRequested>;
  readonly requestCancel: Step<typeof ring.requestCancel>;
  readonly cancelPayload: typeof ring.cancelPayload;
  readonly createResultRing: typeof ring.createResultRing;
}

/** Only `free` reaches shared words. */
export interface ReaderSteps extends Omit<ring.ResultReader, "free"> {
  free(segment: number, offset: number, length: number): Steps<void>;
}

/** `free` is a name of the result ring as well, so it is a generator here. */
export interface ArenaSteps extends Omit<ring.Arena, "free"> {
  free(block: ring.Block): Steps<void>;
}

/** The classes of one run. */
export function ringsOf(machine: Machine): Rings {
  return machine.ring as unknown as Rings;
}
