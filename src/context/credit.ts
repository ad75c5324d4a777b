/**
 * When a child process may get its next task. A task that was sent can be
 * taken by nobody else, so it is sent only when the one before it was started:
 * nothing ever waits behind a task that computes while another worker is free.
 */

/** What one child may get. */
export class Credit {
  #concurrency: number;
  readonly #maxTasks: number;
  #sent = 0;
  #started = 0;
  #unfinished = 0;

  /** `maxTasks`: 0 is no limit. */
  constructor(concurrency: number, maxTasks: number) {
    this.#concurrency = concurrency;
    this.#maxTasks = maxTasks;
  }

  /** Whether the child may get one task more. */
  get open(): boolean {
    return this.#sent === this.#started &&
      this.#unfinished < this.#concurrency &&
      (this.#maxTasks === 0 || this.#sent < this.#maxTasks);
  }

  /** A task was sent. */
  sent(): void {
    this.#sent++;
  }

  /** The child started so many so far, holds so many of them and may hold so many. */
  progress(started: number, unfinished: number, concurrency: number): void {
    this.#started = started;
    this.#unfinished = unfinished;
    this.#concurrency = concurrency;
  }
}
