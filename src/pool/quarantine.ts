/**
 * What a lost worker may still read and write: nobody else gets it before that
 * worker is certainly dead.
 */
import {
  type Arena,
  type Block,
  NO_BLOCK,
  offsetOf,
  type RingHost,
} from "../../ring/mod.ts";
import type { Call } from "./call.ts";

/** The quarantine of one worker. */
export class Quarantine {
  readonly #host: RingHost;
  readonly #arena: Arena;
  readonly #held: { readonly cell: number; readonly block: Block }[] = [];

  constructor(host: RingHost, arena: Arena) {
    this.#host = host;
    this.#arena = arena;
  }

  /**
   * Takes the cell of a call and the block of its arguments in. `settle` ends
   * the call or has it tried again; in that case it gets a copy of the block.
   *
   * Was left to the arena: a worker that lived on ran its task with the
   * arguments of the next call.
   */
  take(cell: number, call: Call, settle: () => void): void {
    const { block } = call;
    this.#held.push({ cell, block });
    call.block = NO_BLOCK;
    settle();
    if (block !== NO_BLOCK && !call.settled) {
      call.block = this.#copy(call, block);
    }
  }

  /** The worker certainly runs no more. */
  end(): void {
    for (const { cell, block } of this.#held.splice(0)) {
      if (block !== NO_BLOCK) this.#arena.free(block);
      this.#host.release(cell);
    }
  }

  #copy({ numbers, length }: Call, block: Block): Block {
    const bytes = numbers === null ? length : numbers.length * 8;
    const at = offsetOf(block);
    const copy = this.#arena.allocate(bytes);
    this.#arena.bytes(copy).set(
      this.#arena.bytes(block).subarray(at, at + bytes),
      offsetOf(copy),
    );
    return copy;
  }
}
