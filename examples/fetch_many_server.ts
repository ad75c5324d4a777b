/** A local server to fetch from: slow enough that requests overlap. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const ANSWER_AFTER_MS = 5;

/** A server that answers `/n` with {@link page} n and counts who waits. */
export interface Served extends AsyncDisposable {
  readonly origin: string;
  /** Most requests that waited at one time. */
  readonly peak: number;
}

/** What the server answers to `/n`: the same text every time. */
export function page(n: number): string {
  return `page ${n}\n`.repeat(1 + n * 7 % 50);
}

/** Starts a server on a free port of this machine. */
export async function serve(): Promise<Served> {
  let waiting = 0;
  let peak = 0;
  const server = createServer((request, response) => {
    peak = Math.max(peak, ++waiting);
    setTimeout(() => {
      waiting--;
      response.end(page(Number(request.url?.slice(1))));
    }, ANSWER_AFTER_MS);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    get peak() {
      return peak;
    },
    [Symbol.asyncDispose]: () =>
      new Promise((closed) => {
        server.close(() => closed());
        // Kept-alive connections of the workers would hold it open.
        server.closeAllConnections();
      }),
  };
}
