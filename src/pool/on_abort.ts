/** Hearing of an abort, for as long as somebody wants to. */

/** Calls back when `signal` aborts; answers how to stop listening. */
export function onAbort(
  signal: AbortSignal,
  callback: () => void,
): () => void {
  signal.addEventListener("abort", callback, { once: true });
  return () => signal.removeEventListener("abort", callback);
}
