/** How a process ends: a signal, an error, an exit, a boot that fails. */
import { Process, TaskLookupError, WorkerLostError } from "../../../mod.ts";
import { is, match, rejects } from "../../support/assert.ts";
import { Meeting } from "../../support/meeting.ts";
import { startMethods } from "../../support/start_methods.ts";
import { suite } from "../../support/suite.ts";
import {
  dying,
  failing,
  initialized,
  math,
  meetings,
  missing,
} from "./jobs.ts";
import { isUnstarted, refused } from "./state.ts";

const test = suite("Process end");

for (const startMethod of startMethods) {
  const named = (text: string) => `${startMethod}: ${text}`;

  for (const [verb, code] of [["terminate", -15], ["kill", -9]] as const) {
    test(
      named(`${verb}() right after the start ends it with ${code}`),
      async () => {
        const one = new Process({ target: dying.hangs, startMethod });
        one.start();
        one[verb]();
        const error = await rejects(one.join(), WorkerLostError, "hangs");
        is(error.exitCode, code);
        is(one.exitCode, code);
        is(one.alive, false);
      },
    );

    test(
      named(`${verb}() while the task runs ends it with ${code}`),
      async () => {
        await using meeting = await Meeting.open();
        const one = new Process({
          target: meetings.pass,
          args: [meeting.path, "in"],
          startMethod,
        });
        one.start();
        await meeting.arrived("in");
        one[verb]();
        one[verb]();
        is(one.alive, true);
        const error = await rejects(one, WorkerLostError, "while it ran");
        is(error.exitCode, code);
        is(error.started, true);
        is(one.exitCode, code);
        one[verb]();
        is(one.exitCode, code);
      },
    );

    test(named(`${verb}() after the end changes nothing`), async () => {
      const one = new Process({
        target: math.increment,
        args: [1],
        startMethod,
      });
      await one;
      one[verb]();
      is(one.exitCode, 0);
      await one;
    });

    test(named(`${verb}() before the start is refused`), () => {
      const one = new Process({ target: dying.hangs, startMethod });
      refused(
        () => one[verb](),
        "not_started",
        `Cannot ${verb}: must start process before`,
      );
      isUnstarted(one);
    });
  }

  test(named("the error of its task rejects whoever waits"), async () => {
    const one = new Process({
      target: failing.throwsRange,
      args: [7],
      startMethod,
    });
    const error = await rejects(one, RangeError, "out of range: 7");
    is((error.cause as Error).message, "the cause");
    match(String(error.stack), "new Process");
    match(String(error.stack), "end_suite");
    is(await rejects(one.join()), error);
    is(await rejects(one), error);
    is(one.exitCode, 1);
    is(one.alive, false);
  });

  for (const code of [0, 3]) {
    test(named(`a task that exits with ${code} is lost`), async () => {
      const one = new Process({
        target: dying.exits,
        args: [code],
        startMethod,
      });
      const error = await rejects(one, WorkerLostError, `exit code ${code}`);
      is(error.exitCode, code);
      is(error.started, true);
      is(one.exitCode, code);
    });
  }

  for (
    const [target, text] of [
      [dying.throwsOutside, "outside any task"],
      [dying.rejectsOutside, "rejected outside any task"],
    ] as const
  ) {
    test(named(`an error nobody catches ends it: ${target.name}`), async () => {
      const one = new Process({ target, startMethod });
      const error = await rejects(one, WorkerLostError, text);
      is((error.cause as Error).message, text);
      is(one.exitCode, 1);
    });
  }

  test(
    named("an error of the initializer rejects, the task never runs"),
    async () => {
      await using meeting = await Meeting.open();
      const one = new Process({
        target: meetings.pass,
        args: [meeting.path, "in"],
        initializer: initialized.initializeFails,
        startMethod,
      });
      const error = await rejects(one, RangeError, "initializer refused");
      match(String(error.stack), "initializeFails");
      is(one.exitCode, 1);
      is(one.alive, false);
      is(meeting.names.length, 0);
    },
  );

  test(named("an initializer that is not there rejects"), async () => {
    const one = new Process({
      target: math.increment,
      args: [1],
      initializer: missing,
      startMethod,
    });
    await rejects(one, TaskLookupError, "Cannot find task missing");
    is(one.exitCode, 1);
  });

  test(named("a target that is not there rejects"), async () => {
    const one = new Process({ target: missing, startMethod });
    await rejects(one, TaskLookupError, "Cannot find task missing");
    is(one.exitCode, 1);
  });

  test(named("disposing ends it, whatever it does"), async () => {
    const running = new Process({ target: dying.hangs, startMethod });
    {
      await using one = running;
      one.start();
    }
    is(running.exitCode, -15);
    const never = new Process({ target: dying.hangs, startMethod });
    await never[Symbol.asyncDispose]();
    isUnstarted(never);
    const failed = new Process({ target: failing.throwsText, startMethod });
    await rejects(failed);
    await failed[Symbol.asyncDispose]();
    is(failed.exitCode, 1);
  });
}
