/** The arguments in a cell, read. */
import {
  ARG_LENGTH,
  ARG_OFFSET,
  ARG_SEGMENT,
  ARGS,
  FLAGS,
  TASK_NUMBER,
} from "../ring/layout.ts";
import type { RingWorker } from "../ring/worker.ts";
import { Decoder } from "../src/codec/mod.ts";
import * as frame from "../src/frame.ts";
import type { Order } from "../src/team.ts";
import type { TaskFunction } from "./loader.ts";
import type { Mailbox } from "./mailbox.ts";
import type { Team } from "./team.ts";

/** Reads what the host wrote into a cell, its arena block and the mail. */
export class ArgumentReader {
  readonly #ring: RingWorker;
  readonly #mailbox: Mailbox;
  readonly #team: Team;
  readonly #words: Int32Array;
  readonly #floats: Float64Array;
  readonly #bytes: Uint8Array;
  readonly #decoder: Decoder;

  constructor(ring: RingWorker, mailbox: Mailbox, team: Team) {
    this.#ring = ring;
    this.#mailbox = mailbox;
    this.#team = team;
    this.#words = ring.words;
    this.#floats = new Float64Array(ring.words.buffer);
    this.#bytes = new Uint8Array(ring.words.buffer);
    this.#decoder = new Decoder(mailbox);
  }

  /** Calls `fn` with the arguments in a cell; `quick`: see QUICK_CALL_MS. @throws what it throws, or CodecError */
  call(cell: number, fn: TaskFunction, quick: boolean): unknown {
    const base = this.#ring.layout.cell(cell);
    const flags = (this.#words[base + FLAGS] as number) & ~frame.ASIDE;
    if (quick && flags === frame.ARGS_NUMBERS) {
      return this.#callWithNumbers(base, fn);
    }
    if (quick && flags === frame.ARGS_NONE) return fn();
    return this.#callApart(base, fn, flags);
  }

  #callApart(base: number, fn: TaskFunction, flags: number): unknown {
    if (flags === frame.ARGS_NONE) return Reflect.apply(fn, undefined, []);
    if (flags === frame.ARGS_NUMBERS) {
      return Reflect.apply(fn, undefined, this.#list(base));
    }
    const decoder = this.#read(base, flags);
    const args = decoder.value() as unknown[];
    if ((flags & frame.TEAM) === 0) return Reflect.apply(fn, undefined, args);
    return this.#team.run(fn, args, decoder.value() as Order);
  }

  /** The items of a chunk. @throws CodecError */
  items(cell: number): Float64Array | unknown[] {
    const base = this.#ring.layout.cell(cell);
    const flags = this.#words[base + FLAGS] as number;
    if ((flags & frame.ARGS_KIND) === frame.ARGS_NUMBERS) {
      return this.#numbers(base);
    }
    const decoder = this.#read(base, flags);
    const items: unknown[] = [];
    const count = decoder.uint32();
    for (let i = 0; i < count; i++) items.push(decoder.value());
    return items;
  }

  #callWithNumbers(base: number, fn: TaskFunction): unknown {
    const count = this.#words[base + ARG_LENGTH] as number;
    const at = (base + ARGS) >> 1;
    const floats = this.#floats;
    const first = frame.counted(floats[at] as number);
    if (count === 1) return fn(first);
    const second = frame.counted(floats[at + 1] as number);
    if (count === 2) return fn(first, second);
    return Reflect.apply(fn, undefined, this.#list(base));
  }

  #list(base: number): number[] {
    const count = this.#words[base + ARG_LENGTH] as number;
    const at = (base + ARGS) >> 1;
    const args: number[] = [];
    for (let i = 0; i < count; i++) {
      args.push(frame.counted(this.#floats[at + i] as number));
    }
    return args;
  }

  #read(base: number, flags: number): Decoder {
    const words = this.#words;
    const segment = words[base + ARG_SEGMENT] as number;
    const inline = segment === frame.INLINE;
    this.#decoder.begin(
      inline ? this.#bytes : this.#mailbox.segment(segment),
      inline ? (base + ARGS) * 4 : (words[base + ARG_OFFSET] as number) * 8,
      (words[base + ARG_LENGTH] as number) * 8,
      (flags & frame.MAILED) === 0
        ? undefined
        : this.#mailbox.values(words[base + TASK_NUMBER] as number),
    );
    return this.#decoder;
  }

  #numbers(base: number): Float64Array {
    const words = this.#words;
    const count = words[base + ARG_LENGTH] as number;
    const segment = words[base + ARG_SEGMENT] as number;
    if (segment === frame.INLINE) {
      const at = (base + ARGS) >> 1;
      return this.#floats.subarray(at, at + count);
    }
    return new Float64Array(
      this.#mailbox.segment(segment).buffer,
      (words[base + ARG_OFFSET] as number) * 8,
      count,
    );
  }
}
