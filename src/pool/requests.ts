/**
 * What running tasks ask of their own pool: the host's end of nested calls.
 * They are calls like any other, submitted for a worker, with their outcomes
 * posted back to it. A call that would have to wait for a cell is run by the
 * worker that asks: all cells may be held by tasks that wait for such calls.
 */
import { Decoder, Encoder, type Shares, writeOutcomes } from "../codec/mod.ts";
import { StateError } from "../errors.ts";
import * as frame from "../frame.ts";
import {
  type HostMail,
  type Outcome,
  type OwnTaskMail,
  type Report,
  type Submit,
  taskOf,
  type WorkerMail,
} from "../mail.ts";
import type { Task } from "../task.ts";
import { type Call, SingleCall } from "./call.ts";
import { ChunkCall, type ChunkListener } from "./chunk_call.ts";
import type { Desk, Reception, WorkerShares } from "./courier.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { ChunkJob, Intake } from "./intake.ts";
import { notify } from "./notify.ts";
import type { Watch } from "./watch.ts";
import {
  assertWishes,
  type CallOptions,
  type WillDefaults,
  willOf,
} from "./will.ts";

/** What a desk works with. */
interface Parts {
  readonly intake: Intake;
  readonly dispatcher: Dispatcher;
  readonly watch: Watch;
  readonly defaults: WillDefaults;
  /** Whether the pool has ended. */
  readonly closed: () => boolean;
}

type Answer = Omit<Outcome, "kind" | "call">;

/** Why a call fails that was taken back. */
const CANCELLED = new Error("taken back as asked");
const RECALLED = new Error("taken back, the worker runs it");

/** Serves the workers of one pool. */
export class Requests implements Reception {
  readonly #parts: Parts;
  // One handle per task, however many workers name it.
  readonly #tasks = new Map<string, Task>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  open(shares: WorkerShares, post: (mail: HostMail) => void): Desk {
    return new WorkerDesk(this.#parts, this.#tasks, shares, post);
  }
}

/** Serves one worker. */
class WorkerDesk implements Desk {
  readonly #parts: Parts;
  readonly #known: Map<string, Task>;
  readonly #shares: WorkerShares;
  readonly #post: (mail: HostMail) => void;
  readonly #decoder: Decoder;
  readonly #answers: Answers;
  // By the numbers the worker gave.
  readonly #tasks: Task[] = [];
  readonly #calls = new Map<number, Call>();
  #recalled = false;
  #closed = false;

  constructor(
    parts: Parts,
    known: Map<string, Task>,
    shares: WorkerShares,
    post: (mail: HostMail) => void,
  ) {
    this.#parts = parts;
    this.#known = known;
    this.#shares = shares;
    this.#post = post;
    this.#decoder = new Decoder(shares);
    this.#answers = new Answers(parts.dispatcher.courier);
  }

  take(mail: WorkerMail): void {
    if (mail.kind === "task") this.#learn(mail);
    else if (mail.kind === "submit") this.#submit(mail);
    else if (mail.kind === "progress") this.#report(mail);
    else if (mail.kind === "cancel") this.#takeBack(mail.call, CANCELLED);
    else if (mail.kind === "recall") {
      this.#recalled = true;
      for (const call of [...this.#calls.keys()]) {
        this.#takeBack(call, RECALLED);
      }
    }
  }

  close(): void {
    this.#closed = true;
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    for (const call of calls) this.#parts.dispatcher.cancel(call, CANCELLED);
  }

  #learn(mail: OwnTaskMail): void {
    const task = () =>
      taskOf(
        mail,
        (id, place) =>
          this.#shares.adopt(id, mail.buffers[place] as SharedArrayBuffer),
      );
    if (mail.inline !== undefined) {
      this.#tasks[mail.id] = task();
      return;
    }
    const key = `${mail.url}#${mail.name}`;
    let known = this.#known.get(key);
    if (known === undefined) this.#known.set(key, known = task());
    this.#tasks[mail.id] = known;
  }

  #report({ number, bytes, values }: Report): void {
    const onProgress = this.#parts.dispatcher.numbered(number)?.will
      ?.onProgress;
    if (onProgress === undefined) return;
    const decoder = new Decoder(this.#shares);
    notify("onProgress of a call", () => {
      decoder.begin(bytes, 0, bytes.length, values);
      onProgress(decoder.value());
    });
  }

  #submit(mail: Submit): void {
    const { call } = mail;
    try {
      if (this.#parts.closed()) {
        throw new StateError(
          "pool_closed",
          "Cannot call a task from inside a task: pool is closed",
        );
      }
      if (this.#recalled || !this.#parts.dispatcher.hasRoom) {
        return this.#post({ kind: "run", call });
      }
      this.#send(mail);
    } catch (error) {
      this.#answer(call, (answers) => answers.failure(error));
    }
  }

  #send(mail: Submit): void {
    const { call, task, flags, bytes, values } = mail;
    const decoder = this.#decoder;
    decoder.begin(bytes, 0, bytes.length, values);
    const options = decoder.value() as CallOptions;
    assertWishes(options, "call a task");
    const will = () => willOf(options, this.#parts.defaults);
    const handle = this.#tasks[task] as Task;
    if ((flags & frame.CHUNK) === 0) {
      const args = decoder.value() as unknown[];
      return this.#apply(mail, handle, args, options);
    }
    const items: unknown[] = [];
    for (let left = decoder.uint32(); left > 0; left--) {
      items.push(decoder.value());
    }
    const job = {
      itemMicros: 0,
      call: { task: handle, spread: (flags & frame.SPREAD) !== 0, will },
      chunkDone: (...done) => this.#chunkDone(call, done),
    } satisfies ChunkJob;
    const sent = this.#parts.intake.submitChunk(job, 0, items, options.key);
    if (!(sent instanceof ChunkCall)) throw sent.error;
    sent.asker = mail.asker;
    this.#calls.set(call, sent);
  }

  #apply(
    { call, asker }: Submit,
    task: Task,
    args: unknown[],
    options: CallOptions,
  ): void {
    const { intake, defaults } = this.#parts;
    const single = new SingleCall(
      { task, taskId: intake.nextId(), site: null },
      (value) => this.#answer(call, (answers) => answers.value(value)),
      (error) => this.#failed(call, error),
    );
    single.will = willOf(options, defaults);
    single.asker = asker;
    this.#calls.set(call, single);
    intake.submit(single, args, options);
  }

  #chunkDone(
    call: number,
    [, values, failures, micros]: Parameters<ChunkListener["chunkDone"]>,
  ): void {
    const first = failures?.get(0);
    if (first === CANCELLED || first === RECALLED) {
      return this.#failed(call, first);
    }
    this.#answer(call, (answers) => answers.chunk(values, failures, micros));
  }

  #failed(call: number, error: unknown): void {
    if (error !== RECALLED) {
      const taken = error === CANCELLED;
      return this.#answer(
        call,
        (answers) => taken ? answers.none() : answers.failure(error),
      );
    }
    if (this.#calls.delete(call)) this.#post({ kind: "run", call });
  }

  #takeBack(call: number, why: Error): void {
    const known = this.#calls.get(call);
    // Of a chunk whose first items were lost the rest is for another worker.
    if (known === undefined || known.skip > 0) return;
    if (why === CANCELLED) this.#parts.watch.stop(known, why);
    else this.#parts.dispatcher.withdraw(known, RECALLED);
  }

  #answer(
    call: number,
    write: (answers: Answers) => Answer,
  ): void {
    this.#calls.delete(call);
    if (this.#closed) return;
    const outcome = write(this.#answers);
    this.#post({ kind: "outcome", call, ...outcome });
  }
}

/** Writes outcomes. */
class Answers {
  readonly #shares: Shares & { takeMet(): unknown };
  readonly #encoder: Encoder;

  constructor(shares: Shares & { takeMet(): unknown }) {
    this.#shares = shares;
    this.#encoder = new Encoder(shares);
  }

  none(): Answer {
    return this.#taken(0, () => {});
  }

  value(value: unknown): Answer {
    try {
      return this.#taken(
        frame.RESULT_VALUE,
        (encoder) => encoder.value(value, "result"),
      );
    } catch (error) {
      return this.failure(error);
    }
  }

  failure(error: unknown): Answer {
    return this.#taken(
      frame.RESULT_FAILURE,
      (encoder) => encoder.failure(error),
    );
  }

  chunk(
    values: ArrayLike<unknown>,
    failures: ReadonlyMap<number, unknown> | null,
    micros: number,
  ): Answer {
    const outcome = failures === null && values instanceof Float64Array
      ? this.value(values)
      : this.#taken(
        frame.RESULT_OUTCOMES,
        (encoder) =>
          writeOutcomes(encoder, values.length, { values, failures }),
      );
    return { ...outcome, micros };
  }

  #taken(
    status: number,
    write: (encoder: Encoder) => void,
  ): Answer {
    const encoder = this.#encoder;
    encoder.begin();
    write(encoder);
    // The message itself holds them from here on.
    this.#shares.takeMet();
    const bytes = encoder.take();
    const values = [...encoder.foreign];
    return { status, micros: 0, bytes, values };
  }
}
