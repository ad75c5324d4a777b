/** One task on a worker of its own: start it, look at it, wait for it. */
import process from "node:process";
import { Process, setStartMethod, Worker } from "../../../mod.ts";
import { is, match, ok, rejects, throws } from "../../support/assert.ts";
import { Meeting } from "../../support/meeting.ts";
import { startMethods } from "../../support/start_methods.ts";
import { suite } from "../../support/suite.ts";
import { dying, failing, location, math, meetings } from "./jobs.ts";
import { isUnstarted, refused, refusedLater } from "./state.ts";

const test = suite("Process");

for (const startMethod of startMethods) {
  const named = (text: string) => `${startMethod}: ${text}`;

  test(named("a process has a name and a pid, lives and ends"), async () => {
    await using meeting = await Meeting.open();
    const one = new Process({
      target: meetings.pass,
      args: [meeting.path, "in"],
      name: "one",
      startMethod,
    });
    isUnstarted(one);
    one.start();
    is(one.name, "one");
    ok(Number(one.pid) > 0);
    is(one.alive, true);
    is(one.exitCode, null);
    await meeting.arrived("in");
    is(one.alive, true);
    meeting.release("in");
    is(await one.join(), undefined);
    is(one.alive, false);
    is(one.exitCode, 0);
    is(one.name, "one");
  });

  test(named("awaiting starts a process and waits for it"), async () => {
    const one = new Process({ target: dying.survives, args: [1], startMethod });
    is(await one, undefined);
    is(one.exitCode, 0);
    is(await one, undefined);
    is(await one.join(), undefined);
  });

  test(named("awaiting a started process waits for it"), async () => {
    const one = new Process({ target: dying.survives, args: [1], startMethod });
    one.start();
    await Promise.all([one, one.join(), one]);
    is(one.exitCode, 0);
  });

  test(
    named("then() without a callback for errors passes them on"),
    async () => {
      const one = new Process({ target: failing.throwsText, startMethod });
      is(
        await one.then(() => "fulfilled").then(null, (e) => e.value),
        "just text",
      );
      is(await one.then(null, () => "rejected"), "rejected");
    },
  );

  test(named("it runs where pid and threadId say"), async () => {
    const one = new Worker({ target: location.where, startMethod });
    one.start();
    const { pid, threadId } = await one;
    is(one.pid, pid);
    is(one.threadId, threadId);
    is(pid === process.pid, startMethod === "thread");
    is(threadId === 0, startMethod !== "thread");
  });

  test(named("a process starts once"), async () => {
    const one = new Process({ target: math.increment, args: [1], startMethod });
    one.start();
    refused(() => one.start(), "already_started", "Cannot start: process was");
    await one;
    refused(() => one.start(), "already_started", "Cannot start: process was");
  });

  test(named("daemon can be set until it is started"), async () => {
    const options = { target: math.increment, args: [1], startMethod } as const;
    is(new Process(options).daemon, false);
    const one = new Process({ ...options, daemon: true });
    is(one.daemon, true);
    one.daemon = false;
    is(one.daemon, false);
    one.daemon = true;
    throws(() => one.daemon = 1 as never, TypeError, "found number");
    one.start();
    refused(() => one.daemon = false, "already_started", "Cannot set daemon");
    is(one.daemon, true);
    await one;
    is(one.exitCode, 0);
  });

  test(named("join() before the start is refused"), async () => {
    const one = new Process({ target: math.increment, args: [1], startMethod });
    await refusedLater(
      one.join(),
      "not_started",
      "Cannot join: must start process before joining it",
    );
    isUnstarted(one);
    one.start();
    await one.join();
    is(one.exitCode, 0);
  });

  test(named("an aborted join() leaves the process running"), async () => {
    await using meeting = await Meeting.open();
    const one = new Process({
      target: meetings.pass,
      args: [meeting.path, "in"],
      startMethod,
    });
    one.start();
    const control = new AbortController();
    const { signal } = control;
    const joined = one.join({ signal });
    const reason = new Error("no longer");
    await meeting.arrived("in");
    control.abort(reason);
    is(await rejects(joined), reason);
    is(await rejects(one.join({ signal })), reason);
    is(one.alive, true);
    meeting.release("in");
    await one.join({ signal: new AbortController().signal });
    is(one.exitCode, 0);
  });

  test(
    named("close() is refused while it runs, and ends all else"),
    async () => {
      await using meeting = await Meeting.open();
      const one = new Worker({
        target: meetings.pass,
        args: [meeting.path, "in"],
        name: "one",
        startMethod,
      });
      one.start();
      refused(() => one.close(), "not_finished", "process is still running");
      meeting.release("in");
      await one;
      one.close();
      one.close();
      for (
        const name of [
          "exitCode",
          "alive",
          "pid",
          "threadId",
          "result",
        ] as const
      ) {
        refused(() => one[name], "closed", `Cannot read ${name}: process is`);
      }
      for (const verb of ["start", "terminate", "kill"] as const) {
        refused(
          () => one[verb](),
          "closed",
          `Cannot ${verb}: process is closed`,
        );
      }
      refused(() => one.daemon = true, "closed", "Cannot set daemon");
      await refusedLater(
        one.join(),
        "closed",
        "Cannot join: process is closed",
      );
      await refusedLater(one, "closed", "process is closed");
      is(one.name, "one");
      is(one.daemon, false);
      await one[Symbol.asyncDispose]();
    },
  );

  test(
    named("close() before the start keeps it from being started"),
    async () => {
      const one = new Process({
        target: math.increment,
        args: [1],
        startMethod,
      });
      one.close();
      await refusedLater(one, "closed", "Cannot start: process is closed");
    },
  );

  test(named("ten at once keep their own outcomes"), async () => {
    const all = Array.from({ length: 10 }, (_, n) =>
      new Process({
        target: n % 2 === 0 ? math.increment : failing.throwsRange,
        args: [n],
        startMethod,
      }));
    const outcomes = await Promise.allSettled(all);
    outcomes.forEach((outcome, n) => {
      if (n % 2 === 0) return is(outcome.status, "fulfilled");
      match((outcome as PromiseRejectedResult).reason.message, `: ${n}`);
    });
    is(all.map((one) => one.exitCode).join(), "0,1,0,1,0,1,0,1,0,1");
  });

  test(named("the start method of the program when it was made"), async () => {
    setStartMethod(startMethod);
    const one = new Worker({ target: location.where });
    setStartMethod(null);
    is((await one).pid === process.pid, startMethod === "thread");
  });
}
