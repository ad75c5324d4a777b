/**
 * How fast is what one would write by hand: messages, an id, a map of promises?
 * It limits nothing and does not notice when a worker is gone.
 */
import { bareThread } from "../bare_thread.ts";
import { jobsFile, type Peer } from "./peer.ts";

interface Answer {
  id: number;
  value: unknown;
}

export const postMessage: Peer = {
  name: "postMessage",
  open(workers) {
    const waiting = new Map<number, (value: unknown) => void>();
    const threads = Array.from(
      { length: workers },
      () =>
        bareThread(jobsFile("post_message.mjs"), (answer) => {
          const { id, value } = answer as Answer;
          const resolve = waiting.get(id);
          waiting.delete(id);
          resolve?.(value);
        }),
    );
    let id = 0;
    return Promise.resolve({
      call: (job, argument) =>
        new Promise((resolve) => {
          waiting.set(++id, resolve);
          threads[id % workers]?.postMessage({ id, job, argument });
        }),
      close: () => Promise.all(threads.map((thread) => thread.terminate())),
    });
  },
};
