/** The task of fetch_many.ts. Like any task it may await as long as it likes. */

/** One answer, and what the worker was doing meanwhile. */
export interface Answer {
  readonly body: string;
  /** Requests this worker held when this one began, itself included. */
  readonly held: number;
}

let holding = 0;

/** Fetches one URL. */
export async function get(url: string): Promise<Answer> {
  const held = ++holding;
  try {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`Cannot get ${url}: ${response.status}`);
    return { body: await response.text(), held };
  } finally {
    holding--;
  }
}
