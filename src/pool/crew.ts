/**
 * The workers of a pool: starts them, hears of their deaths, puts new ones in
 * their place, and sends them home.
 */
import { type Attention, createResultRing } from "../../ring/mod.ts";
import { failureBytes } from "../codec/mod.ts";
import type { Link } from "../context/mod.ts";
import type { BootRecord } from "../mail.ts";
import { after, warn } from "../runtime/mod.ts";
import type { Call } from "./call.ts";
import type { CrewOptions, CrewOwner } from "./crew_options.ts";
import type { CrewView, Dispatcher } from "./dispatcher.ts";
import { Inbox } from "./inbox.ts";
import { createMember, type Member, toError } from "./member.ts";
import { Quarantine } from "./quarantine.ts";
import { Recovery } from "./recovery.ts";
import type { PoolStats } from "./stats.ts";
import type { Times } from "./times.ts";

/** Boot failures in a row, of one place, after which the pool gives up. */
const BOOT_TRIES = 3;
/** Pauses before a place is filled again, by failures in a row (milliseconds). */
const BACKOFF_MS = [0, 50, 200, 1000];

/** Why a worker is lost that the runtime refused to make. */
const NOT_STARTED = "it could not be started";

/** Keeps the places of a pool filled. */
export class Crew implements CrewView {
  readonly #options: CrewOptions;
  readonly #owner: CrewOwner;
  #dispatcher!: Dispatcher;
  #recovery!: Recovery;
  readonly #members = new Map<number, Member>();
  readonly #failures: number[];
  readonly #waits = new Set<() => void>();
  #nextId = 1;
  #starting = 0;

  constructor(options: CrewOptions, owner: CrewOwner) {
    this.#options = options;
    this.#owner = owner;
    this.#failures = new Array(options.workers).fill(0);
  }

  /** Starts a worker in every place. @throws what the runtime throws when it refuses */
  start(dispatcher: Dispatcher): void {
    this.#dispatcher = dispatcher;
    this.#recovery = new Recovery(
      dispatcher,
      this.#options.graceMs,
      (member) => this.#post(member, { kind: "ping" }),
    );
    try {
      for (let place = 0; place < this.#options.workers; place++) {
        this.#start(place);
      }
    } catch (error) {
      this.terminate();
      throw error;
    }
  }

  // ---- what the dispatcher asks -------------------------------------------------

  settle(call: Call, cell: number, slot: number): Times {
    const member = this.#members.get(slot) as Member;
    member.inbox.settle(call, cell);
    if (call.settled) {
      member.tasks += call.tasks;
      member.failures += call.failures;
    }
    // Later: whoever drains the rings is in the middle of it.
    if (++member.done === this.#options.boot.maxTasks) {
      queueMicrotask(() => this.#recovery.retire(member));
    }
    return member.times;
  }

  /** How soon the worker of each place would hear of a call. */
  attention(): Attention[] {
    const places = new Array<Attention>(this.#options.workers).fill("booting");
    for (const member of this.#members.values()) {
      if (!takesCalls(member)) continue;
      places[member.place] = this.#dispatcher.host.attention(member.slot);
    }
    return places;
  }

  slotFor({ place }: Call): number {
    for (const member of this.#members.values()) {
      if (!takesCalls(member)) continue;
      if (place === member.place) return member.slot;
    }
    return -1;
  }

  attend(slot: number): void {
    this.#members.get(slot)?.inbox.attend();
  }

  idle(): void {
    this.#recovery.endOutcasts();
    this.#owner.idle();
  }

  /** What the pool did so far. */
  stats(): PoolStats {
    const { host, held, outstanding, tally } = this.#dispatcher;
    const { workers } = this.#options;
    const members = this.#members.values();
    return tally.stats(host, held, outstanding, workers, members);
  }

  // ---- what the watch asks --------------------------------------------------------

  abort(slot: number, cell: number, number: number, reason: unknown): void {
    const member = this.#members.get(slot);
    if (member === undefined || member.lost) return;
    this.#post(member, {
      kind: "abort",
      cell,
      number,
      reason: failureBytes(reason),
    });
  }

  patience(slot: number, number: number): number {
    const member = this.#members.get(slot);
    if (member === undefined || member.lost) return 0;
    member.inbox.readAll();
    return member.inbox.aborting.has(number)
      ? 0
      : this.#recovery.patience(member);
  }

  overdue(slot: number, number: number, why: string): void {
    const member = this.#members.get(slot);
    if (member === undefined || member.lost) return;
    const free = this.#recovery.castOut(member, number, why);
    if (free && this.#owner.needsWorkers) this.#tryStart(member.place);
  }

  // ---- start ------------------------------------------------------------------

  #start(place: number): void {
    const { host, courier } = this.#dispatcher;
    const options = this.#options;
    // Also of workers that have told since that they are gone.
    this.#recovery.certifyEnded();
    const slot = host.enlist(place % options.queues);
    if (slot < 0) {
      return this.#owner.broken(
        "all slots are held by workers that cannot be stopped",
        new Error("no slot is free"),
      );
    }
    const id = this.#nextId++;
    const results = createResultRing(options.resultBytes);
    const member = createMember(id, place, slot, {
      inbox: new Inbox(host, courier, results),
      apart: options.context.apart,
      certain: options.context.exitIsCertain,
      quarantine: new Quarantine(host, courier.arena),
    });
    const record: BootRecord = {
      workerId: id,
      apart: options.context.apart,
      control: host.buffer,
      slot,
      queue: place % options.queues,
      results,
      segments: courier.arena.segments(),
      shares: courier.shares(),
      tasks: [...courier.tasks],
      ...options.boot,
    };
    const link = { ...options.link, name: `${options.link.name}-${id}` };
    this.#members.set(slot, member);
    try {
      member.link = options.context.start(
        record,
        link,
        (code, error) => this.#exited(member, code, error),
      );
    } catch (error) {
      // It never was: nobody will report its end.
      this.#recovery.lose(member, NOT_STARTED, -1, null);
      this.#recovery.certify(member);
      this.#members.delete(slot);
      throw error;
    }
    const addressee = {
      post: (mail: Parameters<Link["post"]>[0]) => this.#post(member, mail),
    };
    this.#dispatcher.tally.started++;
    member.inbox.connect(member.link, addressee.post, ({ cell, number }) => {
      const values = this.#dispatcher.give(cell, number);
      this.#post(member, { kind: "values", number, values });
    });
    courier.join(addressee);
    this.#leavers.set(member, () => courier.leave(addressee));
    this.#dispatcher.rescue();
  }

  readonly #leavers = new WeakMap<Member, () => void>();

  #post(member: Member, mail: Parameters<Link["post"]>[0]): void {
    member.link.post(mail);
    const urgent = mail.kind === "outcome" || mail.kind === "run" ||
      mail.kind === "abort" || mail.kind === "ping" || mail.kind === "values";
    this.#dispatcher.host.setMail(member.slot, ++member.mailCount, urgent);
  }

  // ---- end --------------------------------------------------------------------

  /** Asks every worker to leave once it holds nothing. */
  dismiss(): void {
    this.#cancelStarts();
    for (const member of this.#members.values()) {
      member.leaving = true;
      this.#dispatcher.host.dismiss(member.slot);
    }
    if (this.#members.size === 0) this.#owner.gone();
  }

  /** Stops every worker now. Call after all outstanding calls are rejected. */
  terminate(): void {
    this.#cancelStarts();
    for (const member of [...this.#members.values()]) {
      member.leaving = true;
      // One that has said its last line is ending by itself; asked before the
      // fence, after which a worker says it and leaves the end to us.
      const ending = this.#dispatcher.host.hasExited(member.slot);
      this.#recovery.lose(member, "the pool was terminated", -1, null);
      if (!ending) member.link.terminate();
    }
    if (this.#members.size === 0) this.#owner.gone();
  }

  /**
   * Looks after what no event reports: tasks held by busy workers while others
   * idle, and workers that were declared dead and live on. Answers whether
   * there are such workers, or some that boot.
   */
  audit(): boolean {
    let changing = this.#starting > 0;
    for (const { link, slot } of this.#members.values()) {
      link.recall();
      changing ||= !this.#dispatcher.host.isReady(slot);
    }
    return this.#recovery.audit() || changing;
  }

  #exited(member: Member, code: number, error: unknown): void {
    member.inbox.readAll();
    const { host } = this.#dispatcher;
    const booted = host.isReady(member.slot);
    const reason = member.inbox.lastWords?.reason || member.killed ||
      (booted
        ? `it ended with exit code ${code}`
        : `it ended with exit code ${code} while it booted`);
    const cause = member.inbox.lastWords?.cause ?? toError(error);
    const wasLive = this.#members.get(member.slot) === member && !member.lost;
    const orderly = wasLive && member.killed === "" &&
      (member.leaving || member.retiring);
    if (orderly && booted && cause !== null) {
      warn(
        `Cannot finalize worker ${member.id}: ${reason}: ${cause.message}`,
        String(cause.stack),
      );
    }
    // Only terminate() on Deno reports an exit that has not happened.
    const certain = member.certain ||
      !(member.leaving || member.killed !== "") || host.hasExited(member.slot);
    if (wasLive) this.#recovery.lose(member, reason, code, cause);
    if (certain) this.#recovery.certify(member);
    // A successor may have its slot already.
    if (this.#members.get(member.slot) === member) {
      this.#members.delete(member.slot);
    }
    this.#leavers.get(member)?.();
    const { lastWords } = member.inbox;
    if (!booted && lastWords) this.#owner.bootFailed?.(lastWords.cause);
    if (!member.leaving && member.outcast === "") {
      this.#replace(member.place, booted, reason, cause);
    }
    member.inbox.close();
    this.#dispatcher.pulse.nudge();
    this.#goneIfEmpty();
  }

  #goneIfEmpty(): void {
    if (this.#members.size === 0 && this.#starting === 0) this.#owner.gone();
  }

  #replace(
    place: number,
    booted: boolean,
    reason: string,
    cause: Error | null,
  ): void {
    const failures = booted ? 0 : (this.#failures[place] as number) + 1;
    this.#failures[place] = failures;
    if (failures >= BOOT_TRIES) {
      return this.#owner.broken(
        `${failures} workers in a row could not start, the last because ${reason}`,
        cause ?? new Error(reason),
      );
    }
    if (!this.#owner.needsWorkers) return;
    const delay = BACKOFF_MS[failures] ?? 1000;
    if (delay === 0) return this.#tryStart(place);
    this.#starting++;
    const cancel = after(delay, () => {
      this.#waits.delete(cancel);
      this.#starting--;
      this.#tryStart(place);
    });
    this.#waits.add(cancel);
  }

  #tryStart(place: number): void {
    try {
      this.#start(place);
    } catch (error) {
      // As one that ended while it booted: the reason may pass.
      this.#replace(place, false, NOT_STARTED, toError(error));
      this.#goneIfEmpty();
    }
  }

  #cancelStarts(): void {
    for (const cancel of this.#waits) cancel();
    this.#waits.clear();
    this.#starting = 0;
  }
}

/** Whether what is for the worker of its place is for this one. */
function takesCalls({ leaving, retiring, lost }: Member): boolean {
  return !(leaving || retiring || lost);
}
