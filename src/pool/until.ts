/** Waiting that a signal can end. */

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
    const abort = (): void => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    const done = (): void => signal.removeEventListener("abort", abort);
    promise.then(resolve, reject).then(done);
  });
}
