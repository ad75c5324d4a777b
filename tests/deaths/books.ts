/**
 * What hosts know of cells, blocks and workers that are gone, which a pool
 * tells nobody: read off the classes of ring/ while a pool uses them.
 */
import { Arena, type Block, type Recovered, RingHost } from "../../ring/mod.ts";

/** Watches every host and arena from its making on. */
export class Books {
  readonly hosts: RingHost[] = [];
  /** Cells that may be written to still. */
  readonly quarantine: Set<number> = new Set();
  /** Blocks of the arena that are in use. */
  readonly blocks: Set<Block> = new Set();
  readonly #end: () => void;

  constructor() {
    const host = RingHost.prototype;
    const arena = Arena.prototype;
    const { enlist, sweep, release } = host;
    const { allocate, free } = arena;
    // deno-lint-ignore no-this-alias
    const books = this;
    host.enlist = function (queue) {
      if (!books.hosts.includes(this)) books.hosts.push(this);
      return enlist.call(this, queue);
    };
    host.sweep = function (slot, found: Recovered) {
      sweep.call(this, slot, {
        unstarted: (cell) => found.unstarted(cell),
        started(cell) {
          books.quarantine.add(cell);
          found.started(cell);
        },
      });
    };
    host.release = function (cell) {
      books.quarantine.delete(cell);
      release.call(this, cell);
    };
    arena.allocate = function (length) {
      const block = allocate.call(this, length);
      books.blocks.add(block);
      return block;
    };
    arena.free = function (block) {
      books.blocks.delete(block);
      free.call(this, block);
    };
    this.#end = () => {
      Object.assign(host, { enlist, sweep, release });
      Object.assign(arena, { allocate, free });
    };
  }

  /** The host of the pool. */
  get host(): RingHost {
    return this.hosts[0] as RingHost;
  }

  /** Watches no longer. */
  [Symbol.dispose](): void {
    this.#end();
  }
}
