/** Waiting that a signal can end. */
import { onAbort } from "./on_abort.ts";

/**
 * As `promise`, unless the signal aborts first: then it rejects with the
 * signal's reason, and what was waited for goes on.
 */
export function until<T>(
  promise: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const done = onAbort(signal, () => reject(signal.reason));
    promise.then(resolve, reject).then(done);
  });
}
