/** Bad input: the exact error, before any work. */
import { CodecError, Process, UnsupportedError, Worker } from "../../../mod.ts";
import {
  type ErrorClass,
  is,
  match,
  not,
  rejects,
  throws,
} from "../../support/assert.ts";
import { startMethods } from "../../support/start_methods.ts";
import { suite } from "../../support/suite.ts";
import { dying, initialized, math } from "./jobs.ts";
import { isUnstarted } from "./state.ts";

const test = suite("Process options");

for (const startMethod of startMethods) {
  const named = (text: string) => `${startMethod}: ${text}`;

  test(
    named("arguments that do not travel are refused at the start"),
    async () => {
      const args = [() => 1] as never;
      for (
        const one of [
          new Process({ target: math.echo, args, startMethod }),
          new Process({
            target: math.increment,
            args: [1],
            initializer: initialized.initialize,
            initArgs: args,
            startMethod,
          }),
        ]
      ) {
        throws(() => one.start(), CodecError, "functions do not travel");
        isUnstarted(one);
        await rejects(one, CodecError, "functions do not travel");
        isUnstarted(one);
      }
    },
  );
}

test("default names count up, of processes and workers together", () => {
  const target = dying.hangs;
  const number = (one: Process<unknown>, kind: string): number => {
    match(one.name, new RegExp(`^${kind}-\\d+$`));
    return Number(one.name.split("-")[1]);
  };
  const first = number(new Process({ target }), "Process");
  new Process({ target, name: "does not count" });
  is(number(new Worker({ target }), "Worker"), first + 1);
  is(number(new Process({ target }), "Process"), first + 2);
});

const wrong: [Record<string, unknown>, ErrorClass<Error>, string][] = [
  [
    { target: () => 1 },
    TypeError,
    "Cannot run a bare function: a worker needs to know where target lives",
  ],
  [{}, TypeError, "Cannot run a task: expected a handle from tasks()"],
  [{ target: "size" }, TypeError, "found string"],
  [
    { kwargs: {} },
    TypeError,
    "Cannot create a process: there is no option kwargs, the options are target, args, name, daemon, startMethod",
  ],
  [{ group: null }, TypeError, "there is no option group"],
  [{ args: "abc" }, TypeError, "args must be an array, found string"],
  [{ args: null }, TypeError, "args must be an array, found null"],
  [{ name: 5 }, TypeError, "name must be a string, found number"],
  [{ daemon: "yes" }, TypeError, "daemon must be a boolean, found string"],
  [{ daemon: null }, TypeError, "daemon must be a boolean, found null"],
  [{ initializer: () => 1 }, TypeError, "Cannot initialize workers with"],
  [{ initArgs: 5 }, TypeError, "initArgs must be an array, found number"],
  [{ preload: ["./jobs.ts"] }, TypeError, 'expected a URL, found "./jobs.ts"'],
  [{ importTimeout: 0 }, RangeError, "importTimeout must be an integer from 1"],
  [{ startMethod: "fork" }, UnsupportedError, 'there is no "fork"'],
  [{ startMethod: "foo" }, RangeError, 'startMethod must be "thread"'],
];

for (const [options, Class, text] of wrong) {
  const shown = Object.entries(options).map(([k, v]) => `${k}: ${String(v)}`)
    .join();
  test(`new Process({ ${shown} }) throws ${Class.name}`, () => {
    const target = "target" in options || shown === ""
      ? {}
      : { target: dying.hangs };
    for (const Kind of [Process, Worker]) {
      const error = throws(
        () => new Kind({ ...target, ...options } as never),
        Class,
        text,
      );
      is(error.constructor, Class);
      match(error.message, /^Cannot /);
      not.match(error.message, /\.$/);
    }
  });
}

test("options that are no object are refused", () => {
  for (const [value, found] of [[null, "null"], [5, "number"]] as const) {
    throws(
      () => new Process(value as never),
      TypeError,
      `Cannot create a process: options must be an object, found ${found}`,
    );
  }
});
