/** One task on a worker of its own: what it gives back. */
import process from "node:process";
import {
  CodecError,
  Process,
  ProxyError,
  StateError,
  Worker,
  WorkerLostError,
} from "../../../mod.ts";
import { equal, instance, is, rejects, throws } from "../../support/assert.ts";
import { Meeting } from "../../support/meeting.ts";
import { startMethods } from "../../support/start_methods.ts";
import { suite } from "../../support/suite.ts";
import {
  dying,
  environment,
  failing,
  initialized,
  meetings,
  needy,
  nesting,
  passing,
  preloaded,
} from "./jobs.ts";
import { sharedWords } from "../../support/words.ts";

const test = suite("Worker");
const oneFile = await import("../../fixtures/modules/one_file.ts");

function unfinished(worker: Worker<unknown>): void {
  const error = throws(
    () => worker.result,
    StateError,
    "Cannot read result: task is not completed",
  );
  is(error.code, "not_finished");
}

for (const startMethod of startMethods) {
  const named = (text: string) => `${startMethod}: ${text}`;

  test(named("a worker has its result once it is completed"), async () => {
    await using meeting = await Meeting.open();
    const worker = new Worker({
      target: meetings.pass,
      args: [meeting.path, "in"],
      startMethod,
    });
    unfinished(worker);
    worker.start();
    unfinished(worker);
    await meeting.arrived("in");
    unfinished(worker);
    meeting.release("in");
    const pid = await worker.join();
    is(worker.alive, false);
    is(worker.exitCode, 0);
    is(worker.result, pid);
    is(pid === process.pid, startMethod === "thread");
  });

  test(named("awaiting starts a worker and gives its result"), async () => {
    const worker = new Worker({
      target: dying.survives,
      args: [41],
      startMethod,
    });
    is(await worker, 42);
    is(await worker, 42);
    is(worker.result, 42);
    is(await worker.then((n) => n + 1), 43);
  });

  test(named("a task named where it stands"), async () => {
    is(
      await new Worker({ target: oneFile.handle, args: [5], startMethod }),
      15,
    );
  });

  test(
    named("no arguments, many arguments, and all kinds arrive"),
    async () => {
      const lists: unknown[][] = [
        [],
        [undefined],
        [1, -0, NaN, Infinity, 0.1],
        Array.from({ length: 40 }, (_, n) => n / 7),
        ["text", 2n ** 70n, null, [new Date(0), new Map([[1, new Set("ab")]])]],
        [{ bytes: new Uint8Array(300_000).fill(9) }],
      ];
      for (const args of lists) {
        equal(
          await new Worker({ target: passing.echoAll, args, startMethod }),
          [
            ...args,
          ],
        );
      }
      is(await new Worker({ target: passing.argumentCount, startMethod }), 0);
    },
  );

  test(named("a result of some megabytes"), async () => {
    const bytes = await new Worker({
      target: passing.makeBytes,
      args: [5_000_000],
      startMethod,
    });
    is(bytes.length, 5_000_000);
    is(bytes.every((byte) => byte === 7), true);
  });

  test(named("a thenable result is awaited"), async () => {
    const worker = new Worker({
      target: passing.thenable,
      args: [21],
      startMethod,
    });
    is(await worker, 42);
  });

  test(
    named("what a task threw is thrown by await, join and result"),
    async () => {
      const worker = new Worker({
        target: failing.throwsCustom,
        args: [5],
        startMethod,
      });
      const error = await rejects(worker, Error, "bad");
      is((error as Error & { code: number }).code, 5);
      is(await rejects(worker.join()), error);
      is(throws(() => worker.result), error);
      is(worker.exitCode, 1);
    },
  );

  test(
    named("what is thrown and is no error arrives as a ProxyError"),
    async () => {
      const worker = new Worker({ target: failing.throwsText, startMethod });
      is((await rejects(worker, ProxyError)).value, "just text");
    },
  );

  test(
    named("a killed worker throws WorkerLostError, also from result"),
    async () => {
      await using meeting = await Meeting.open();
      const worker = new Worker({
        target: meetings.pass,
        args: [meeting.path, "in"],
        startMethod,
      });
      worker.start();
      await meeting.arrived("in");
      worker.terminate();
      unfinished(worker);
      const error = await rejects(worker, WorkerLostError);
      is(error.exitCode, -15);
      is(throws(() => worker.result), error);
    },
  );

  test(named("a result that does not travel rejects"), async () => {
    const worker = new Worker({ target: failing.returnsFunction, startMethod });
    const error = await rejects(
      worker,
      CodecError,
      "Cannot encode result.rows[1]: functions do not travel",
    );
    is(error.path, "result.rows[1]");
    is(worker.exitCode, 1);
  });

  test(
    named("an asynchronous initializer has run before the task"),
    async () => {
      const worker = new Worker({
        target: initialized.read,
        initializer: initialized.initialize,
        initArgs: ["ready"],
        startMethod,
      });
      is(await worker, "ready");
    },
  );

  test(named("preload and env are the worker's"), async () => {
    const preload = [preloaded];
    is(
      await new Worker({ target: needy.preloaded, preload, startMethod }),
      "yes",
    );
    const env = { ...process.env, WHORL_TEST: "seen" };
    is(
      await new Worker({
        target: environment.variable,
        args: ["WHORL_TEST"],
        env,
        startMethod,
      }),
      "seen",
    );
  });

  test(
    named("its task may call tasks, which run on the same worker"),
    async () => {
      is(await new Worker({ target: nesting.fib, args: [7], startMethod }), 13);
    },
  );

  test(named("workers beside each other run at the same time"), async () => {
    await using meeting = await Meeting.open();
    const workers = [1, 2, 3].map(() =>
      new Worker({
        target: meetings.pass,
        args: [meeting.path, "in"],
        startMethod,
      })
    );
    for (const worker of workers) worker.start();
    await meeting.arrived("in", 3);
    meeting.release("in");
    const pids = await Promise.all(workers);
    is(new Set(pids).size, startMethod === "thread" ? 1 : 3);
  });
}

test("a worker is a process", () => {
  instance(new Worker({ target: dying.hangs }), Process);
});

test("shared memory is shared with a thread", async () => {
  const words = sharedWords(1);
  const args = [words, 42] as const;
  const answer = await new Worker({
    target: passing.write,
    args: [...args],
    startMethod: "thread",
  });
  is(words[0], 42);
  is(answer.buffer, words.buffer);
});

test("what only structured clone carries travels to a thread and back", async () => {
  const args: [Blob] = [new Blob(["four"])];
  const target = passing.blobSize;
  is(await new Worker({ target, args, startMethod: "thread" }), 4);
  const blob = await new Worker({
    target: passing.makeBlob,
    args: ["seven"],
    startMethod: "thread",
  });
  is(await blob.text(), "seven");
});

test("a bare function is refused with the lines to write", () => {
  const error = throws(
    () => new Worker({ target: (n: number) => n, args: [1] }),
    TypeError,
    "a bare function",
  );
  is(error.message.includes("task(import.meta.url"), true);
});
