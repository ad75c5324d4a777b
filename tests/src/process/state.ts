/** What a process says at the wrong moment, and before the start. */
import { type Process, StateError } from "../../../mod.ts";
import { is, rejects, throws } from "../../support/assert.ts";

/** Asserts that `run` comes at the wrong moment. */
export function refused(run: () => unknown, code: string, text: string): void {
  is(throws(run, StateError, text).code, code);
}

/** The same for what answers a promise. */
export async function refusedLater(
  promise: PromiseLike<unknown>,
  code: string,
  text: string,
): Promise<void> {
  is((await rejects(promise, StateError, text)).code, code);
}

/** Asserts everything that is null or false before the start. */
export function isUnstarted(one: Process): void {
  is(one.pid, null);
  is(one.threadId, null);
  is(one.exitCode, null);
  is(one.alive, false);
}
