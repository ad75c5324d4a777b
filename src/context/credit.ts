/**
 * How many tasks a child process may get. While tasks are slow each is sent
 * only when the one before it was started; quick ones are sent ahead, to cover
 * the way there and back.
 */

/** Tasks sent before the first of them is known to have started, at most. */
const WINDOW_MOST = 8;
/** The window grows when tasks are started sooner than this, shrinks to one when later than that (milliseconds). */
const QUICK_MS = 1;
const SLOW_MS = 4;

/** What one child may get. */
export class Credit {
  #concurrency: number;
  readonly #maxTasks: number;
  #sent = 0;
  #started = 0;
  #unfinished = 0;
  #window = 1;
  // The task whose start is timed, and when it was sent.
  #timed = 0;
  #timedAt = 0;

  /** `maxTasks`: 0 is no limit. */
  constructor(concurrency: number, maxTasks: number) {
    this.#concurrency = concurrency;
    this.#maxTasks = maxTasks;
  }

  /** How many tasks more the child may get while it holds `held`. */
  room(held: number): number {
    let room = this.#window - (this.#sent - this.#started);
    // Tasks that wait for something: one more than it may hold would wait
    // behind them while another worker is free.
    if (this.#unfinished > 0) room = Math.min(room, this.#concurrency - held);
    if (this.#maxTasks > 0) room = Math.min(room, this.#maxTasks - this.#sent);
    return room;
  }

  /** A task was sent. */
  sent(): void {
    this.#sent++;
    if (this.#timed > this.#started) return;
    this.#timed = this.#sent;
    this.#timedAt = performance.now();
  }

  /** Whether something was sent that has not started. */
  get ahead(): boolean {
    return this.#sent > this.#started;
  }

  /** A task was sent and certainly not started: it will never be. */
  returned(): void {
    this.#sent--;
    this.#window = 1;
  }

  /** The child started so many so far, holds so many of them and may hold so many. */
  progress(started: number, unfinished: number, concurrency: number): void {
    this.#unfinished = unfinished;
    this.#concurrency = concurrency;
    if (started === this.#started) return;
    this.#started = started;
    if (started < this.#timed) return;
    const took = performance.now() - this.#timedAt;
    if (took < QUICK_MS) this.#window = Math.min(WINDOW_MOST, this.#window * 2);
    else if (took > SLOW_MS) this.#window = 1;
  }
}
