/**
 * What becomes of the tasks of a worker that is lost or retires: those it had
 * not started go to others, those it had are lost with it.
 */
import { RESULT_STATUS } from "../../ring/mod.ts";
import { COMPUTES, SENT } from "../frame.ts";
import { after } from "../runtime/mod.ts";
import type { Call } from "./call.ts";
import { ChunkCall } from "./chunk_call.ts";
import type { Dispatcher } from "./dispatcher.ts";
import { lostError, type Member } from "./member.ts";

/** Grace periods for a worker that hears nothing and holds tasks of others. */
const NEIGHBOURLY = 10;
/** How long what was seen of a worker that is silent is good (milliseconds). */
const LOOK_MS = 5;
/** How long a worker that was declared dead may take to say so itself (milliseconds). */
const LAST_LINE_MS = 50;

/** Takes tasks out of the hands of workers. */
export class Recovery {
  readonly #dispatcher: Dispatcher;
  readonly #graceMs: number;
  readonly #ping: (member: Member) => void;
  readonly #zombies = new Set<Member>();
  readonly #outcasts = new Set<Member>();

  /** `graceMs`: see `PoolOptions.gracePeriod`. */
  constructor(
    dispatcher: Dispatcher,
    graceMs: number,
    ping: (member: Member) => void,
  ) {
    this.#dispatcher = dispatcher;
    this.#graceMs = graceMs;
    this.#ping = ping;
  }

  /**
   * Looks after what no event reports: tasks held by busy workers while others
   * idle, and workers that were declared dead and live on. Answers whether
   * there are such workers.
   */
  audit(): boolean {
    this.endOutcasts();
    const { host } = this.#dispatcher;
    host.steal((cell) => this.#requeue(cell));
    host.wakeForAll();
    // Also what waits because cancelled entries filled a ring: no event tells
    // that a worker has walked over them.
    this.#dispatcher.refill();
    for (const zombie of this.#zombies) {
      host.sweep(
        zombie.slot,
        this.#found(zombie, "it was stopped", null, null),
      );
    }
    this.certifyEnded();
    return this.#zombies.size > 0 || this.#outcasts.size > 0;
  }

  /** Gives back the slots of workers that said their last line since. */
  certifyEnded(): void {
    for (const zombie of this.#zombies) {
      if (this.#dispatcher.host.hasExited(zombie.slot)) this.certify(zombie);
    }
  }

  /** A worker has done all it may: what waits for it alone goes to the next. */
  retire(member: Member): void {
    if (member.lost || member.leaving) return;
    member.retiring = true;
    const { host } = this.#dispatcher;
    host.dismiss(member.slot);
    for (const call of [...this.#dispatcher.pending()]) {
      const { cell } = call;
      if (cell < 0 || call.slot !== member.slot || !host.cancel(cell)) continue;
      host.release(cell);
      this.#requeue(cell);
    }
    this.#dispatcher.refill();
    host.publish();
  }

  /** Stops listening to a worker: what it had not started goes to others, the rest is lost. */
  lose(
    member: Member,
    reason: string,
    code: number,
    cause: Error | null,
  ): void {
    const { host } = this.#dispatcher;
    if (!member.lost) this.#dispatcher.tally.ended(host.busyOf(member.slot));
    this.#zombies.add(member);
    member.lost = true;
    host.fence(
      member.slot,
      (cell, slot) => this.#dispatcher.settleCell(cell, slot),
      this.#found(member, reason, code, cause),
    );
    this.#dispatcher.refill();
    host.publish();
  }

  /**
   * A task that was asked to stop has not stopped: its worker ends at once if
   * it does not even hear, because nothing else it holds could ever finish;
   * else when all that is left are tasks nobody waits for. Whether its place is
   * free: it has not ended, and would have been replaced then.
   */
  castOut(member: Member, number: number, why: string): boolean {
    member.inbox.readAll();
    if (!member.inbox.aborting.delete(number)) {
      this.#kill(member, why);
      return false;
    }
    if (member.outcast !== "") return false;
    member.outcast = why;
    this.#outcasts.add(member);
    this.#heard(member);
    this.retire(member);
    this.endOutcasts();
    return !member.leaving;
  }

  /** Ends the outcasts that hold nothing more that somebody waits for, or that turn no more. */
  endOutcasts(): void {
    for (const member of this.#outcasts) {
      const ended = member.lost || member.killed !== "";
      if (!ended && this.#dispatcher.isBusy(member.slot)) {
        member.inbox.readAll();
        if (member.inbox.turns) this.#heard(member);
        const now = performance.now();
        const patience = this.patience(member);
        if (patience === Infinity) {
          member.heardAt = now;
          continue;
        }
        if (now - member.heardAt <= patience * this.#graceMs) continue;
      }
      this.#outcasts.delete(member);
      if (!ended) this.#kill(member, member.outcast);
    }
  }

  /**
   * For how many grace periods a worker that hears nothing is waited for: as
   * long as it takes while it is in the synchronous part of a task that
   * somebody waits for; some while it holds such a task, which may be what
   * computes, after an await; else one.
   */
  patience(member: Member): number {
    const now = performance.now();
    // Many are aborted at a time, and each look is at all that is held.
    if (now - member.lookedAt >= LOOK_MS) {
      member.lookedAt = now;
      member.link.look();
      member.patience = this.#patience(member.slot);
    }
    return member.patience;
  }

  #patience(slot: number): number {
    const { host } = this.#dispatcher;
    let patience = 1;
    for (let cell = 0; cell < host.layout.cells; cell++) {
      const call = this.#dispatcher.callIn(cell);
      if (call === null || host.runnerOf(cell) !== slot) continue;
      if (!this.#isAwaited(call)) continue;
      const status = host.words[host.layout.cell(cell) + RESULT_STATUS];
      if (status === COMPUTES) return Infinity;
      if (status !== SENT) patience = NEIGHBOURLY;
    }
    return patience;
  }

  // A call that a task made is nobody's once that task has ended.
  #isAwaited(made: Call): boolean {
    let call: Call | null = made;
    while (call !== null && !call.settled && call.asker !== 0) {
      call = this.#dispatcher.numbered(call.asker);
    }
    return call !== null && !call.settled;
  }

  #heard(member: Member): void {
    member.heardAt = performance.now();
    member.inbox.turns = false;
    this.#ping(member);
  }

  #kill(member: Member, why: string): void {
    member.killed = why;
    // What a process had started is known when it is dead, and it will be soon.
    if (member.apart) this.#dispatcher.host.dismiss(member.slot);
    else this.lose(member, why, -1, null);
    // Where an end is not certain, only the worker itself can tell of it.
    if (member.certain) member.link.terminate();
    else after(LAST_LINE_MS, () => member.link.terminate());
  }

  /** The worker certainly runs no more. */
  certify(member: Member): void {
    if (!this.#zombies.delete(member)) return;
    const { host } = this.#dispatcher;
    host.sweep(member.slot, this.#found(member, "it ended", null, null));
    member.quarantine.end();
    host.certify(member.slot);
    this.#dispatcher.refill();
  }

  #found(
    member: Member,
    reason: string,
    code: number | null,
    cause: Error | null,
  ): { unstarted(cell: number): void; started(cell: number): void } {
    const lost = (started: boolean, task: string) =>
      lostError(
        { workerId: member.id, exitCode: code, reason, started, cause },
        task,
      );
    return {
      unstarted: (cell) => this.#requeue(cell),
      started: (cell) => {
        const known = this.#dispatcher.itemsStarted(cell);
        const call = this.#dispatcher.evict(cell);
        // A thread that is being stopped may start more items of its chunk
        // after this look: all of them may have run. And what was moved to it
        // is lost with it.
        const all = call.gave || (member.killed !== "" && !member.apart);
        const items = all && call instanceof ChunkCall
          ? call.items.length
          : known;
        const { name } = call.task;
        this.#dispatcher.tally.lost += call instanceof ChunkCall
          ? Math.max(0, items - call.skip)
          : 1;
        member.quarantine.take(cell, call, () => {
          if (!(call instanceof ChunkCall)) {
            this.#dispatcher.fail(call, lost(true, name));
          } else if (call.lose(items, () => lost(true, name))) {
            this.#dispatcher.requeue(call);
          } else this.#dispatcher.failLost(call);
        });
      },
    };
  }

  #requeue(cell: number): void {
    const call = this.#dispatcher.evict(cell);
    this.#dispatcher.requeue(call);
  }
}
