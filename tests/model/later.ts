/** Promises of the model: nothing happens before their thread takes a turn. */

/** Whose turn it will be. */
interface Jobs {
  readonly jobs: (() => void)[];
}

/** A promise whose reactions run in the next turn of the thread that waits. */
export class Later {
  readonly #thread: Jobs;
  readonly #reactions: (() => void)[] = [];
  #resolved = false;

  constructor(thread: Jobs) {
    this.#thread = thread;
  }

  then(reaction: () => void): Later {
    const next = new Later(this.#thread);
    const job = (): void => {
      reaction();
      next.resolve();
    };
    if (this.#resolved) this.#thread.jobs.push(job);
    else this.#reactions.push(job);
    return next;
  }

  resolve(): void {
    if (this.#resolved) return;
    this.#resolved = true;
    this.#thread.jobs.push(...this.#reactions);
  }
}
